/** The vector that a query is searched by. */
import type { Embedder } from './embedding/embedder.js';

/**
 * The vector of length 1 between those of the text, as far as the model reads it, and of its first line. People
 * say there what a long text is about; of a text of one line it is the vector itself.
 *
 * @returns null for a text without a character to read
 * @throws EmbeddingError when the vectors cannot be had
 */
export async function queryVector(embedder: Embedder, text: string): Promise<Float32Array | null> {
  const whole = text.trim();
  if (whole === '') return null;
  const [line = ''] = whole.split('\n', 1);
  const first = line.trim();
  // One at a time: run together, the short text would be padded to the length of the long one.
  const vectors = await Promise.all(
    (first === whole ? [whole] : [whole, first]).map((each) => embedder.embed([each])),
  );
  return between(vectors.flat());
}

/** @param vectors of length 1 */
function between(vectors: readonly Float32Array[]): Float32Array | null {
  const [vector, ...others] = vectors;
  if (vector === undefined || others.length === 0) return vector ?? null;
  const sum = vector.map((value, at) => others.reduce((total, other) => total + (other[at] ?? 0), value));
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
  // Opposite vectors have nothing between them.
  return length > 0 ? sum.map((value) => value / length) : vector;
}
