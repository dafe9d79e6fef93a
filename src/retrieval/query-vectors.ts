/** Vectors of queries, for as long as a look-up can wait for them. */
import type { Embedder } from './embedding/embedder.js';
import { queryVector } from './query-vector.js';

/** Milliseconds after which an embedder that could not be opened is tried again. */
const RETRY_MS = 60_000;

export class QueryVectors {
  private opening: Promise<Embedder | null> | null = null;
  private failedAt = Number.NEGATIVE_INFINITY;
  private isFailing = false;

  /**
   * @param openEmbedder called when vectors are first needed
   * @param failed told of the first failure of a row of them
   */
  constructor(
    private readonly openEmbedder: () => Promise<Embedder | null>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Begins to open the embedder. */
  open(): void {
    void this.opened();
  }

  /** The embedder; null where there is none, or it cannot be opened now. */
  opened(): Promise<Embedder | null> {
    if (this.opening !== null) return this.opening;
    if (performance.now() - this.failedAt < RETRY_MS) return Promise.resolve(null);
    this.opening = this.openEmbedder().catch((error: unknown) => {
      this.opening = null;
      this.failedAt = performance.now();
      this.fail(error);
      return null;
    });
    return this.opening;
  }

  /** The vector of a query; null where there is none within the time. What comes later serves the next. */
  async vectorOf(text: string, withinMs: number): Promise<Float32Array | null> {
    const vector = this.compute(text);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), Math.max(0, withinMs));
    });
    try {
      return await Promise.race([vector, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async compute(text: string): Promise<Float32Array | null> {
    const embedder = await this.opened();
    if (embedder === null || text.trim() === '') return null;
    try {
      const vector = await queryVector(embedder, text);
      this.isFailing = false;
      return vector;
    } catch (error) {
      this.fail(error);
      return null;
    }
  }

  private fail(error: unknown): void {
    if (!this.isFailing) this.failed(error);
    this.isFailing = true;
  }
}
