/** Keeps the beginning and the end of a stream of any length, in memory bounded by bytes, not by pieces. */
export class OutputCapture {
  readonly #max: number;
  #head = Buffer.alloc(0);
  #headBytes = 0;
  /** A ring that is written from its start again when full. */
  #tail = Buffer.alloc(0);
  #tailBytes = 0;

  /** @param keep bytes kept of the beginning, and as many of the end */
  constructor(keep: number) {
    this.#max = keep;
  }

  /** Bytes that came, kept or not. */
  get bytes(): number {
    return this.#headBytes + this.#tailBytes;
  }

  /** Whether all that came was kept. */
  get complete(): boolean {
    return this.#tailBytes <= this.#max;
  }

  push(chunk: Buffer): void {
    const first = chunk.subarray(0, this.#max - this.#headBytes);
    this.#reserve(this.#headBytes + first.length);
    this.#headBytes += first.copy(this.#head, this.#headBytes);
    if (first.length < chunk.length) this.#pushTail(chunk.subarray(first.length));
  }

  /** All that was kept, with a marker where something is missing. */
  text(): string {
    const head = this.#head.subarray(0, this.#headBytes);
    if (this.complete) return Buffer.concat([head, this.#tail.subarray(0, this.#tailBytes)]).toString('utf8');
    const start = this.#tailBytes % this.#max;
    const tail = Buffer.concat([this.#tail.subarray(start), this.#tail.subarray(0, start)]);
    const missing = this.#tailBytes - this.#max;
    // The cuts may go through a character, whose remains decode to replacement characters.
    const before = head.toString('utf8').replace(/\ufffd+$/, '');
    return `${before}\n[... ${missing} bytes cut ...]\n${tail.toString('utf8').replace(/^\ufffd+/, '')}`;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#head.length) return;
    const larger = Buffer.allocUnsafe(Math.min(this.#max, Math.max(bytes, 2 * this.#head.length, 4_096)));
    this.#head.copy(larger, 0, 0, this.#headBytes);
    this.#head = larger;
  }

  #pushTail(chunk: Buffer): void {
    if (this.#tail.length === 0) this.#tail = Buffer.allocUnsafe(this.#max);
    let rest = chunk;
    while (rest.length > 0) {
      const written = rest.copy(this.#tail, this.#tailBytes % this.#max);
      this.#tailBytes += written;
      rest = rest.subarray(written);
    }
  }
}
