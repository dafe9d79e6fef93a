/** Gathers what a transcript tells, in bounded memory. */
import { type Action, type ActionResult, type Json, MAX_ACTIONS } from '../../shared/agent-contract.js';
import { clip, firstLine } from '../clip.js';
import type { Clock, TranscriptState } from './transcript-parser.js';

/** Characters kept of an action's input or result, and of one of its texts. */
const VALUE_CHARS = 8_000;
const TEXT_CHARS = 2_000;
const OUTPUT_CHARS = 64_000;
const MAX_ERRORS = 100;
const NO_RESULT: ActionResult = { success: false, error: 'no result' };

interface Step {
  action: Action;
  result: ActionResult | null;
  /** By the clock. */
  began: number;
}

/** The state of a transcript that its dialect writes. */
export class TranscriptRecord implements TranscriptState {
  /** Too long a run loses its middle. */
  readonly #first: Step[] = [];
  #last: Step[] = [];
  readonly #open = new Map<string, Step>();
  readonly #errors: string[] = [];
  #output: Json | undefined;

  /**
   * @param otherwise the output where the agent never said anything
   * @param clock seconds at which what is told now was printed
   */
  constructor(
    private readonly otherwise?: () => Json,
    private readonly clock: Clock = () => 0,
  ) {}

  failure?: string;
  iterations = 0;
  tokens?: { input: number; output: number; cachedInput?: number };
  cost?: number;
  success: boolean | null = null;
  ended?: boolean;
  session?: string;
  doing?: string;

  get actions(): Action[] {
    return this.#steps().map(({ action }) => action);
  }

  /** An action that was begun and never answered has failed. */
  get results(): ActionResult[] {
    return this.#steps().map(({ result }) => result ?? NO_RESULT);
  }

  get errors(): readonly string[] {
    return this.#errors;
  }

  get output(): Json | undefined {
    return this.#output ?? this.otherwise?.();
  }

  /** Notes an action that begins. @param id by which its result will be known */
  act(id: string, type: string, input: unknown): void {
    const named = type === '' ? 'unknown' : type.slice(0, 200);
    const step: Step = {
      action: { type: named, ...(input === undefined ? {} : { input: boundValue(input as Json) }) },
      result: null,
      began: this.clock(),
    };
    this.#open.set(id, step);
    const half = MAX_ACTIONS / 2;
    if (this.#first.length < half) this.#first.push(step);
    else this.#last.push(step);
    if (this.#last.length >= MAX_ACTIONS) this.#last = this.#last.slice(-half);
    // Actions begun so long ago will not be answered any more.
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_ACTIONS && oldest !== undefined) this.#open.delete(oldest);
    this.does(`${named} ${firstLine(summary(input))}`);
  }

  /** Whether an action is under way. */
  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  /** Notes how an action went; results of unknown actions are ignored. */
  resolve(id: string, success: boolean, output: unknown, error?: string): void {
    const step = this.#open.get(id);
    if (step === undefined) return;
    this.#open.delete(id);
    const line = success
      ? undefined
      : errorLine(error ?? (typeof output === 'string' ? output : '')) || 'failed';
    // What was printed in one piece with its beginning does not tell how long it took.
    const seconds = Math.round((this.clock() - step.began) * 1_000) / 1_000;
    step.result = {
      success,
      ...(output === undefined || output === '' ? {} : { output: boundValue(output as Json) }),
      ...(line === undefined ? {} : { error: line }),
      ...(seconds > 0 ? { seconds } : {}),
    };
    if (line !== undefined) this.wentWrong(line);
  }

  wentWrong(line: string): void {
    if (this.#errors.length < MAX_ERRORS) this.#errors.push(line);
  }

  /** Notes what the agent said; the last stands. */
  say(text: Json): void {
    if (text === '') return;
    this.#output = typeof text === 'string' ? clip(text, OUTPUT_CHARS) : text;
    if (typeof text === 'string') this.does(firstLine(text));
  }

  does(doing: string): void {
    this.doing = doing.trim().slice(0, 200);
  }

  #steps(): Step[] {
    return [...this.#first, ...this.#last.slice(-MAX_ACTIONS / 2)];
  }
}

/** Of an object too large its texts are cut, so that its other fields can still be compared. */
function boundValue(value: Json): Json {
  if (typeof value === 'string') return clip(value, VALUE_CHARS);
  if (JSON.stringify(value).length <= VALUE_CHARS) return value;
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const cut = Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        typeof inner === 'string' ? clip(inner, TEXT_CHARS) : inner,
      ]),
    );
    if (JSON.stringify(cut).length <= VALUE_CHARS) return cut;
  }
  return clip(JSON.stringify(value), VALUE_CHARS);
}

/** What an action is about: the first text of its input. */
function summary(input: unknown): string {
  if (typeof input === 'string') return input;
  if (input === null || typeof input !== 'object') return '';
  const text = Object.values(input).find((value) => typeof value === 'string');
  return typeof text === 'string' ? text : '';
}

/** The line that says what went wrong: the first, or where that says little, the one that says more. */
function errorLine(text: string): string {
  const first = firstLine(text);
  if (first.startsWith('Traceback ')) {
    const end = text.slice(-4_000).trimEnd();
    return firstLine(end.slice(end.lastIndexOf('\n') + 1));
  }
  if (!/^exit code:? \d+$/i.test(first)) return first;
  const more = errorLine(text.slice(text.indexOf(first) + first.length));
  return more === '' ? first : `${first}: ${more}`.slice(0, 300);
}
