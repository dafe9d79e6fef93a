/** Keeps the beginning and the end of a text that comes in lines, in bounded memory. */
import { OutputCapture } from '../output-capture.js';

export class TextTail {
  readonly #kept: OutputCapture;

  /** @param bytes of UTF-8 that are kept, about */
  constructor(bytes: number) {
    this.#kept = new OutputCapture(Math.ceil(bytes / 2));
  }

  push(line: string): void {
    this.#kept.push(Buffer.from(`${line}\n`));
  }

  text(): string {
    return this.#kept.text().trim();
  }
}
