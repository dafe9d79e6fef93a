/** Gives documents in memory their vectors, in the background: those that are stored, and new ones for the rest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { breathing } from './breath.js';
import type { StoredVectors } from './vectors.js';

/** Documents of one tenant and collection that wait for vectors. */
export interface VectorTarget {
  readonly tenant: string;
  /** Undefined where the document is not held any more. */
  textOf(key: string): string | undefined;
  attach(key: string, vectors: readonly Float32Array[]): void;
}

/** Texts looked up at a time, and of these embedded at a time: a look-up's own text waits for no more. */
const READ_AT_ONCE = 128;
const MADE_AT_ONCE = 8;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

export class VectorQueue {
  private readonly waiting = new Map<VectorTarget, Set<string>>();
  private readonly closing = new AbortController();
  private isRunning = false;
  /** Documents that are being given vectors. */
  private inHand = 0;

  /**
   * @param failed told of the first failure of a row of them
   * @param done told when none of a target's documents waits any more
   */
  constructor(
    private readonly vectors: StoredVectors,
    private readonly failed: (error: unknown) => void,
    private readonly done: (target: VectorTarget) => void,
  ) {}

  /** Documents that wait. */
  get size(): number {
    let total = this.inHand;
    for (const keys of this.waiting.values()) total += keys.size;
    return total;
  }

  /** @param keys none: it is only to be told when it is done */
  add(target: VectorTarget, ...keys: string[]): void {
    if (this.closing.signal.aborted) return;
    const waiting = this.waiting.get(target) ?? new Set();
    for (const key of keys) waiting.add(key);
    this.waiting.set(target, waiting);
    if (!this.isRunning) void this.run();
  }

  drop(target: VectorTarget): void {
    this.waiting.delete(target);
  }

  /** Stops for good; what an embedder is at is not waited for. */
  close(): void {
    this.closing.abort();
    this.waiting.clear();
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    this.isRunning = true;
    let wait = FIRST_RETRY_MS;
    // What is added at once is taken at once.
    await sleep(1, undefined, { signal }).catch(() => {});
    for (let next = this.take(); next !== null; next = this.take()) {
      const [target, keys] = next;
      this.inHand = keys.length;
      try {
        if (keys.length > 0) await this.serve(target, keys);
        wait = FIRST_RETRY_MS;
        if (!this.waiting.has(target) && !signal.aborted) this.done(target);
      } catch (error) {
        if (signal.aborted) return;
        if (wait === FIRST_RETRY_MS) this.failed(error);
        const again = this.waiting.get(target) ?? new Set();
        for (const key of keys) again.add(key);
        this.waiting.set(target, again);
        this.inHand = 0;
        await sleep(wait, undefined, { signal }).catch(() => {});
        wait = Math.min(LONGEST_RETRY_MS, wait * 2);
      }
      this.inHand = 0;
    }
    this.isRunning = false;
  }

  /** Some documents of one target; targets take turns. */
  private take(): [VectorTarget, string[]] | null {
    for (const [target, keys] of this.waiting) {
      const taken = [...keys].slice(0, READ_AT_ONCE);
      for (const key of taken) keys.delete(key);
      this.waiting.delete(target);
      if (keys.size > 0) this.waiting.set(target, keys);
      return [target, taken];
    }
    return null;
  }

  private async serve(target: VectorTarget, keys: readonly string[]): Promise<void> {
    const wanted = keys.flatMap((key) => {
      const text = target.textOf(key);
      return text === undefined ? [] : [{ key, text }];
    });
    const stored = await this.vectors.read(
      target.tenant,
      wanted.map(({ text }) => text),
    );
    const breathe = breathing();
    const missing: typeof wanted = [];
    for (const [index, one] of wanted.entries()) {
      const vectors = stored[index];
      if (vectors === undefined) missing.push(one);
      else attach(target, one, vectors);
      await breathe();
    }
    for (let start = 0; start < missing.length && !this.closing.signal.aborted; start += MADE_AT_ONCE) {
      const batch = missing.slice(start, start + MADE_AT_ONCE);
      const made = await this.vectors.make(
        target.tenant,
        batch.map(({ text }) => text),
        this.closing.signal,
      );
      for (const [index, one] of batch.entries()) attach(target, one, made[index] ?? []);
      this.inHand -= batch.length;
    }
  }
}

/** Unless the document says something else by now. */
function attach(
  target: VectorTarget,
  { key, text }: { key: string; text: string },
  vectors: readonly Float32Array[],
): void {
  if (target.textOf(key) === text) target.attach(key, vectors);
}
