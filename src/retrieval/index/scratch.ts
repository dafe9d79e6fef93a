/** Memory of a search, shared by all indexes of the process: searches are synchronous, so one runs at a time. */

class Scratch {
  /** By slot; 0 between searches. */
  scores = new Float64Array(0);
  /** Slots whose score was set. */
  touched = new Uint32Array(0);
  /** What each list of postings counts in the query, by its number; 0 between searches. */
  weights = new Float64Array(0);
  /** Bits of the lists that have a weight; 0 between searches. */
  asked = new Uint32Array(0);
  /** Bitsets of slots. */
  allowed = new Uint32Array(0);
  also = new Uint32Array(0);

  /** Makes room for so many slots and lists. */
  reserve(slots: number, lists: number): void {
    if (this.weights.length < lists) {
      this.weights = new Float64Array(Math.ceil(lists * 1.25));
      this.asked = new Uint32Array((this.weights.length >>> 5) + 1);
    }
    if (this.scores.length >= slots) return;
    const capacity = Math.ceil(slots * 1.25);
    this.scores = new Float64Array(capacity);
    this.touched = new Uint32Array(capacity);
    this.allowed = new Uint32Array((capacity >>> 5) + 1);
    this.also = new Uint32Array((capacity >>> 5) + 1);
  }
}

export const scratch = new Scratch();
