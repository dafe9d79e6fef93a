/** What a call has spent, over all its attempts, held against its caps. */
import type { AgentReport, Caps, Spending } from '../shared/agent-contract.js';
import { MAX_ITERATIONS, MAX_TOKENS, MAX_USD } from '../shared/figure-limits.js';

const nothingSpent: Spending = { cost: 0, tokens: { input: 0, output: 0 }, iterations: 0 };

/** What is no number counts as nothing. */
const within = (value: number, max: number): number => (value > 0 ? Math.min(max, value) : 0);
const whole = (value: number, max: number): number => Math.round(within(value, max));

/** A number of USD as a report may have it. Pure. */
export const boundCost = (cost: number): number => within(cost, MAX_USD);

/** Tokens as a report may have them. Pure. */
export const boundTokens = ({ input, output }: Spending['tokens']): Spending['tokens'] => ({
  input: whole(input, MAX_TOKENS),
  output: whole(output, MAX_TOKENS),
});

/** Iterations as a report may have them. Pure. */
export const boundIterations = (iterations: number): number => whole(iterations, MAX_ITERATIONS);

/** Spending as a report or heartbeat may have it. Pure. */
export const boundSpending = ({ cost, tokens, iterations }: Spending): Spending => ({
  cost: boundCost(cost),
  tokens: boundTokens(tokens),
  iterations: boundIterations(iterations),
});

/** Adds up spending. Pure. */
const addSpending = (one: Spending, other: Spending): Spending => ({
  cost: one.cost + other.cost,
  tokens: {
    input: one.tokens.input + other.tokens.input,
    output: one.tokens.output + other.tokens.output,
  },
  iterations: one.iterations + other.iterations,
});

/** Keeps count for one call. */
export class SpendingMeter {
  #current = nothingSpent;

  /**
   * @param carried what earlier attempts of the call spent before a crash cut them off
   * @param caps what the call may spend over all its attempts
   */
  constructor(
    private readonly carried: Spending = nothingSpent,
    private readonly caps: Caps = {},
  ) {}

  /** Since the call was first tried. */
  get total(): Spending {
    return boundSpending(addSpending(this.carried, this.#current));
  }

  /** Notes what this attempt has spent in all. @returns which cap is passed, in a sentence; null when none */
  note(current: Spending): string | null {
    this.#current = boundSpending(current);
    const { cost, tokens } = this.total;
    const { usd, tokens: most } = this.caps;
    if (usd !== undefined && cost > usd)
      return `spent $${cost.toFixed(4)}, more than the $${usd} that were left`;
    const used = tokens.input + tokens.output;
    if (most !== undefined && used > most) return `used ${used} tokens, more than the ${most} that were left`;
    return null;
  }

  /**
   * A report with the whole call's spending. Figures that the report does not name are those noted so far.
   *
   * @param fallbackCost USD, where nothing is known of what this attempt cost
   */
  complete(report: AgentReport, fallbackCost: number | undefined): AgentReport {
    const { cost, tokens, iterations } = this.carried;
    const noted = this.#current;
    const ownCost = report.cost ?? (noted.cost > 0 ? noted.cost : fallbackCost);
    const ownTokens =
      report.tokens ?? (noted.tokens.input + noted.tokens.output > 0 ? noted.tokens : undefined);
    const totalCost = ownCost === undefined && cost === 0 ? undefined : (ownCost ?? 0) + cost;
    const anyTokens = ownTokens !== undefined || tokens.input + tokens.output > 0;
    return {
      ...report,
      iterations: boundIterations(Math.max(report.iterations, noted.iterations) + iterations),
      ...(totalCost === undefined ? {} : { cost: boundCost(totalCost) }),
      ...(anyTokens
        ? {
            tokens: boundTokens({
              input: (ownTokens?.input ?? 0) + tokens.input,
              output: (ownTokens?.output ?? 0) + tokens.output,
            }),
          }
        : {}),
    };
  }
}
