/** The last texts that were asked about, with their vectors. */
import type { Embedder } from './embedder.js';

/** Texts remembered: a task's look-ups ask about one text, and tasks are retried and repeated. */
const REMEMBERED = 512;

/**
 * An embedder that computes the vector of one text once where it is asked for again, or asked for twice at the
 * same time. Calls of several texts, which index documents, pass by.
 */
export function rememberTexts(embedder: Embedder, most = REMEMBERED): Embedder {
  const known = new Map<string, Promise<Float32Array[]>>();
  const one = (text: string): Promise<Float32Array[]> => {
    const found = known.get(text);
    known.delete(text);
    const vectors = found ?? embedder.embed([text]);
    known.set(text, vectors);
    if (found === undefined)
      vectors.catch(() => {
        if (known.get(text) === vectors) known.delete(text);
      });
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return vectors;
  };
  return {
    ...embedder,
    embed: (texts) => (texts.length === 1 ? one(texts[0] ?? '') : embedder.embed(texts)),
  };
}
