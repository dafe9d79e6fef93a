/** Cuts a stream of bytes into lines, in bounded memory. */
import { StringDecoder } from 'node:string_decoder';

/** Events may hold whole files, and pictures. */
const LINE_CHARS = 16 * 1024 * 1024;

export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #parts: string[] = [];
  #chars = 0;

  /** @param onLine told every line, without its end; of longer ones than 16 Mi characters, nothing */
  constructor(private readonly onLine: (line: string) => void) {}

  push(chunk: Buffer): void {
    const lines = this.#decoder.write(chunk).split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#keep(line);
      this.#flush();
    }
    this.#keep(rest);
  }

  /** What stands after the last line's end, if anything, is a line too. */
  end(): void {
    this.#keep(this.#decoder.end());
    if (this.#chars > 0) this.#flush();
  }

  #keep(part: string): void {
    this.#chars += part.length;
    if (this.#chars > LINE_CHARS) this.#parts = [];
    else this.#parts.push(part);
  }

  #flush(): void {
    const line = this.#parts.join('');
    const fits = this.#chars <= LINE_CHARS;
    this.#parts = [];
    this.#chars = 0;
    if (fits) this.onLine(line);
  }
}
