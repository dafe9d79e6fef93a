/** The documents that either search puts forward, with the scores of both. */
import type { BestSlots } from './best-slots.js';
import { scratch } from './scratch.js';

export class Candidates {
  readonly slots: Uint32Array;
  /** BM25 by place. */
  readonly lexical: Float64Array;
  /** Cosines by place; NaN where a document has no vector, or its cosine is not known yet. */
  readonly dense: Float64Array;
  count = 0;

  constructor(capacity: number) {
    this.slots = new Uint32Array(capacity);
    this.lexical = new Float64Array(capacity);
    this.dense = new Float64Array(capacity).fill(Number.NaN);
  }

  /** Before those by meaning. */
  addByWords(best: BestSlots): void {
    for (let at = 0; at < best.size; at++) {
      this.lexical[this.count] = best.scoreAt(at);
      this.slots[this.count++] = best.slotAt(at);
    }
  }

  addByMeaning(best: BestSlots): void {
    const places = scratch.scores;
    const byWords = this.count;
    for (let at = 0; at < byWords; at++) places[this.slots[at] as number] = at + 1;
    for (let at = 0; at < best.size; at++) {
      const slot = best.slotAt(at);
      const place = places[slot] as number;
      if (place > 0) this.dense[place - 1] = best.scoreAt(at);
      else {
        this.dense[this.count] = best.scoreAt(at);
        this.slots[this.count++] = slot;
      }
    }
    for (let at = 0; at < byWords; at++) places[this.slots[at] as number] = 0;
  }
}
