/** Reading an export piece by piece: one item at a time, whatever the size of the file and the shape of its text. */
import { createReadStream } from 'node:fs';
import { type ParsedTokenInfo, Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import { InvalidInputError } from '../../shared/errors.js';

/** A piece of an export: a field beside the items, or one of the items. */
export type FilePiece =
  | { kind: 'field'; name: string; value: unknown }
  /** `line` is where it begins, from 1. */
  | { kind: 'item'; line: number; value: unknown };

/** What the file's list of items is called. */
const ITEMS = 'items';

/**
 * The pieces of a file in their order. Memory does not grow with the file: an item is built when its tokens have
 * come, and let go of.
 *
 * @param onBytes is told how many bytes were read so far
 * @throws InvalidInputError naming the file and the line where it is no JSON, or the file when it cannot be read
 */
export async function* readPieces(
  file: string,
  onBytes: (chunk: Buffer) => void = () => {},
): AsyncGenerator<FilePiece> {
  const assembler = new PieceAssembler(file);
  const stream = createReadStream(file, { highWaterMark: 1 << 18 });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      assembler.write(chunk);
      onBytes(chunk);
      yield* assembler.take();
      assembler.check();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new InvalidInputError('file', file, `a readable file (${error.message})`);
  } finally {
    stream.destroy();
  }
  assembler.end();
  assembler.check();
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

const opens = (token: TokenType): boolean =>
  token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET;
const closes = (token: TokenType): boolean =>
  token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET;

/** Puts tokens together: those of each item by a parser of its own, those around the items by one. */
class PieceAssembler {
  private readonly tokenizer = new Tokenizer();
  private readonly around = this.parser('$.*', (name, value) => {
    if (name !== ITEMS || !Array.isArray(value)) this.pieces.push({ kind: 'field', name, value });
  });
  private pieces: FilePiece[] = [];
  /** Brackets that are open around what comes next. */
  private depth = 0;
  /** Of the outermost object: the name whose value comes. */
  private name: unknown = null;
  private list: 'outside' | 'first' | 'item' | 'between' | 'inside' = 'outside';
  private item: TokenParser | null = null;
  private itemLine = 1;
  private chunk: Buffer = Buffer.alloc(0);
  private chunkBegin = 0;
  /** Up to where lines were counted, and the line there. */
  private counted = 0;
  private line = 1;
  private lineBegin = 0;
  private failure: InvalidInputError | null = null;

  constructor(private readonly file: string) {
    this.tokenizer.onToken = (token) => {
      if (this.failure === null) this.assemble(token);
    };
    this.tokenizer.onError = (error) => this.fail(error.message);
  }

  write(chunk: Buffer): void {
    this.chunk = chunk;
    if (this.failure === null) this.tokenizer.write(chunk);
    this.countTo(this.chunkBegin + chunk.length);
    this.chunkBegin += chunk.length;
  }

  end(): void {
    if (!this.around.isEnded) this.fail('the end of the file');
  }

  /** @throws InvalidInputError when what was written so far is no JSON, or no object */
  check(): void {
    if (this.failure !== null) throw this.failure;
  }

  /** What was found since the last call. */
  take(): FilePiece[] {
    const found = this.pieces;
    this.pieces = [];
    return found;
  }

  private parser(path: string, found: (name: string, value: unknown) => void): TokenParser {
    const parser = new TokenParser({ paths: [path], keepStack: false });
    parser.onValue = ({ key, value }) => found(String(key), value);
    parser.onError = (error) => this.fail(error.message);
    return parser;
  }

  private assemble(token: ParsedTokenInfo): void {
    this.countTo(token.offset);
    if (this.list === 'outside') this.takeAround(token);
    else if (this.list === 'inside') this.takeInside(token);
    else this.takeBetween(token);
  }

  private takeAround(token: ParsedTokenInfo): void {
    if (this.depth === 0 && token.token !== TokenType.LEFT_BRACE && !closes(token.token))
      return this.fail(String(token.value), 'an object');
    if (this.depth === 1 && token.token === TokenType.STRING) this.name ??= token.value;
    if (this.depth === 1 && token.token === TokenType.COMMA) this.name = null;
    const begins = this.depth === 1 && this.name === ITEMS && token.token === TokenType.LEFT_BRACKET;
    if (opens(token.token)) this.depth += 1;
    else if (closes(token.token)) this.depth -= 1;
    this.around.write(token);
    if (!begins) return;
    this.list = 'first';
    this.pieces.push({ kind: 'field', name: ITEMS, value: [] });
  }

  /** Before an item, or after one. */
  private takeBetween(token: ParsedTokenInfo): void {
    const ends = token.token === TokenType.RIGHT_BRACKET && this.list !== 'item';
    if (ends) {
      this.list = 'outside';
      this.depth -= 1;
      this.around.write(token);
    } else if (this.list === 'between') {
      if (token.token === TokenType.COMMA) this.list = 'item';
      else this.fail(String(token.value), '"," or "]"');
    } else {
      this.itemLine = this.line;
      this.item = this.parser('$', (_name, value) => {
        this.pieces.push({ kind: 'item', line: this.itemLine, value });
        this.list = 'between';
      });
      this.list = 'inside';
      this.takeInside(token);
    }
  }

  private takeInside(token: ParsedTokenInfo): void {
    this.item?.write(token);
  }

  private countTo(offset: number): void {
    for (;;) {
      const at = this.chunk.indexOf(0x0a, Math.max(0, this.counted - this.chunkBegin));
      if (at === -1 || this.chunkBegin + at >= offset) break;
      this.line += 1;
      this.counted = this.chunkBegin + at + 1;
      this.lineBegin = this.counted;
    }
    this.counted = Math.max(this.counted, offset);
  }

  private fail(message: string, allowed = 'JSON'): void {
    // The library's messages name a position and a state of its own; where that is and what stands there is of use.
    const position = /absolute position "(\d+)"/.exec(message)?.[1];
    if (position !== undefined) this.countTo(Number(position));
    const found = /^Unexpected (?:\w+ \()?"?(.*?)"?\)?(?: (?:at|in) .*)?$/s.exec(message)?.[1] ?? message;
    const place = `${this.file}:${this.line}:${this.counted - this.lineBegin + 1}`;
    this.failure ??= new InvalidInputError(place, found, allowed);
  }
}
