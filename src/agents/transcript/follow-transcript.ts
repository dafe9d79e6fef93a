/** Follows a program's transcript while it is printed. */
import type { Spending } from '../../shared/agent-contract.js';
import type { Price } from '../../shared/agent-declaration.js';
import type { KindRun } from '../agent-kind.js';
import { LineSplitter } from './line-splitter.js';
import type { TranscriptParser } from './transcript-parser.js';
import { spendingOf } from './transcript-report.js';

const MAX_SESSION_CHARS = 1_000;

/** Takes what is printed, and tells the run what is new in it. */
export class TranscriptFollower {
  readonly #lines = new LineSplitter((line) => this.#take(line));
  #spent = '';
  #doing: string | undefined;
  #session: string | undefined;

  constructor(
    private readonly parser: TranscriptParser,
    private readonly price: Price | undefined,
    private readonly run: KindRun,
  ) {}

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  /** Takes what was printed last, if it ended without a line end. */
  end(): void {
    this.#lines.end();
  }

  #take(line: string): void {
    if (line.trim() === '') return;
    this.parser.push(line);
    const { state } = this.parser;
    const { session, doing } = state;
    if (isSession(session) && session !== this.#session) this.run.onSession(session);
    if (doing !== undefined && doing !== this.#doing) this.run.onDoing(doing);
    this.#session = session;
    this.#doing = doing;
    const spent = spendingOf(state, this.price);
    if (isNews(spent, this.#spent)) this.run.onSpent(spent);
    this.#spent = JSON.stringify(spent);
  }
}

/** No program names its sessions at such length; each heartbeat carries the name. */
const isSession = (session: string | undefined): session is string =>
  session !== undefined && session !== '' && session.length <= MAX_SESSION_CHARS;

const isNews = (spent: Spending, before: string): boolean =>
  JSON.stringify(spent) !== before && spent.cost + spent.tokens.input + spent.tokens.output > 0;
