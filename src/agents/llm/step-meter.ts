/** Counts what the calls of a model use up. */
import type { Spending } from '../../shared/agent-contract.js';
import type { Price } from '../../shared/agent-declaration.js';
import { costOf, type Usage } from '../price.js';

/** Characters of a token, roughly, in English and in code. */
const CHARS_PER_TOKEN = 4;
const REPORT_EVERY_MS = 1_000;

/**
 * Keeps count over all steps. While an answer comes its tokens are estimated, and the estimate stands when the
 * endpoint never tells them: the stream was cut, or it does not count. Estimates let a cap end an answer early.
 */
export class StepMeter {
  #done: Usage = { input: 0, cached: 0, output: 0 };
  #current: Usage = { input: 0, cached: 0, output: 0 };
  #outputChars = 0;
  #iterations = 0;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly price: Price | undefined,
    private readonly onSpent: (spent: Spending) => void,
  ) {}

  get spent(): Spending {
    const usage = this.#total();
    return {
      cost: this.price === undefined ? 0 : costOf(usage, this.price),
      tokens: { input: usage.input, output: usage.output },
      iterations: this.#iterations,
    };
  }

  /** A step begins; it may take several calls. */
  step(): void {
    this.#iterations += 1;
  }

  /** The endpoint began to answer a request of so many characters. */
  answered(requestChars: number): void {
    this.#current = { input: Math.ceil(requestChars / CHARS_PER_TOKEN), cached: 0, output: 0 };
    this.#outputChars = 0;
  }

  /** More of the answer came. */
  came(chars: number): void {
    this.#outputChars += chars;
    this.#current.output = Math.ceil(this.#outputChars / CHARS_PER_TOKEN);
    if (performance.now() - this.#reportedAt >= REPORT_EVERY_MS) this.#report();
  }

  /** The call is over. @param usage as the endpoint tells it; null when it does not */
  over(usage: Usage | null): void {
    if (usage !== null) this.#current = usage;
    this.#done = this.#total();
    this.#current = { input: 0, cached: 0, output: 0 };
    this.#report();
  }

  #total(): Usage {
    const [one, other] = [this.#done, this.#current];
    return {
      input: one.input + other.input,
      cached: one.cached + other.cached,
      output: one.output + other.output,
    };
  }

  #report(): void {
    this.#reportedAt = performance.now();
    this.onSpent(this.spent);
  }
}
