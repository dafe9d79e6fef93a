/** Files of recorded data with one JSON value a line: reading and checking them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { InvalidInputError } from '../shared/errors.js';
import { jsonSyntaxError } from '../shared/json-syntax.js';
import { problemsOf } from '../shared/problems.js';

/** A line that is not blank. */
export interface JsonLine {
  text: string;
  /** Begins at 1; blank lines count. */
  number: number;
  /** `<file>:<number>`, for errors. */
  at: string;
}

/** One reading of a file, from its first line on. */
export class JsonLines {
  readonly #file: string;
  readonly #expected: string;
  readonly #lineOf = new Map<string, number>();
  #read = 0;

  /** @param expected what a line has to be, for errors: e.g. `a recorded run` */
  constructor(file: string, expected: string) {
    this.#file = file;
    this.#expected = expected;
  }

  /** `<file>:<number>` of the line behind those read so far. */
  get next(): string {
    return `${this.#file}:${this.#read + 1}`;
  }

  /**
   * The lines that are not blank. What is behind the last one asked for is not checked.
   *
   * @throws InvalidInputError where the file cannot be read
   */
  async *lines(): AsyncGenerator<JsonLine, void, undefined> {
    const input = createReadStream(this.#file, 'utf8');
    try {
      for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
        const at = this.next;
        this.#read += 1;
        if (text.trim() !== '') yield { text, number: this.#read, at };
      }
    } catch (error) {
      if (!isFileError(error)) throw error;
      throw new InvalidInputError('file', this.#file, `a readable file (${error.code})`);
    } finally {
      input.destroy();
    }
  }

  /**
   * Parses and checks a line.
   *
   * @throws InvalidInputError naming file and line, the column or field, its value and what is allowed
   */
  parse<T>(schema: z.ZodType<T>, { text, at }: JsonLine): T {
    const syntax = jsonSyntaxError(text);
    if (syntax !== null)
      throw new InvalidInputError(`${at}: column ${syntax.column}`, syntax.found, syntax.allowed);
    const value: unknown = JSON.parse(text);
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const [problem] = problemsOf(result.error, value);
    throw new InvalidInputError(
      problem === undefined || problem.field === '' ? at : `${at}: ${problem.field}`,
      problem?.value,
      problem?.allowed ?? this.#expected,
    );
  }

  /**
   * Notes the id of a line.
   *
   * @param key what must differ, where ids may repeat in another group
   * @throws InvalidInputError where an earlier line has the same
   */
  noteId(id: string, { number, at }: JsonLine, key = id): void {
    const earlier = this.#lineOf.get(key);
    if (earlier !== undefined)
      throw new InvalidInputError(`${at}: id`, id, `an id of its own; line ${earlier} has it already`);
    this.#lineOf.set(key, number);
  }
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error;
