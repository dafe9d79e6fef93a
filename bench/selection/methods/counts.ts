/** Successes and failures by key, and rewards as successes. */
import { beta, type Uniform } from '../../../src/evidence/random.js';
import { argmax } from '../draws.js';

/** Parameters of a Beta belief. */
export interface Counts {
  a: number;
  b: number;
}

/** Beta(1, 1) beliefs by key, made when first asked for. */
export class Beliefs {
  private readonly counts = new Map<string, Counts>();

  of(key: string): Counts {
    const known = this.counts.get(key);
    if (known !== undefined) return known;
    const made = { a: 1, b: 1 };
    this.counts.set(key, made);
    return made;
  }

  /** The agent of the highest draw, one from each agent's belief. */
  drawBest(offered: readonly number[], uniform: Uniform): number {
    const draws = offered.map((agent) => {
      const { a, b } = this.of(`${agent}`);
      return beta(a, b, uniform);
    });
    return offered[argmax(draws, uniform)] ?? 0;
  }

  all(): Iterable<Counts> {
    return this.counts.values();
  }
}

/**
 * Success with the reward's probability, so that methods for yes and no work with grades
 * (Agrawal and Goyal, COLT 2012).
 */
export const asSuccess = (reward: number, uniform: Uniform): boolean =>
  reward >= 1 || (reward > 0 && uniform() < reward);

/** Number of trials and sum of rewards, by agent. */
export class Means {
  private readonly trials: Float64Array;
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;

  constructor(agents: number) {
    this.trials = new Float64Array(agents);
    this.sums = new Float64Array(agents);
    this.squares = new Float64Array(agents);
  }

  add(agent: number, reward: number): void {
    this.trials[agent] = this.count(agent) + 1;
    this.sums[agent] = (this.sums[agent] ?? 0) + reward;
    this.squares[agent] = (this.squares[agent] ?? 0) + reward ** 2;
  }

  count(agent: number): number {
    return this.trials[agent] ?? 0;
  }

  /** Its mean reward; `untried` without a trial. */
  mean(agent: number, untried: number): number {
    return this.count(agent) === 0 ? untried : (this.sums[agent] ?? 0) / this.count(agent);
  }

  /** Variance of its rewards about their mean; 0 without a trial. */
  variance(agent: number): number {
    if (this.count(agent) === 0) return 0;
    return Math.max(0, (this.squares[agent] ?? 0) / this.count(agent) - this.mean(agent, 0) ** 2);
  }
}
