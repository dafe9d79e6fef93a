/** Texts as vectors, whatever computes them. */

/** Turns texts into vectors that lie close together where the texts mean the same. */
export interface Embedder {
  /** Names what computes the vectors, down to the model's version: vectors of different ids are never compared. */
  readonly id: string;
  readonly dimensions: number;
  /**
   * One vector of length 1 for each text, in order. What lies beyond the model's window is not read.
   *
   * @throws EmbeddingError when the vectors cannot be had
   */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  /** Cuts a text into as many pieces as the model needs to read it whole; without it, pieces go by characters. */
  split?(text: string): string[];
}

/** No vectors could be had: the model, the endpoint, or what it answered is at fault. */
export class EmbeddingError extends Error {
  override readonly name = 'EmbeddingError';
}
