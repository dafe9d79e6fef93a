/** What the agents' failures have in common, and how each pair differs from that. */
import { gammaln } from 'simple-statistics';
import type { Expectation } from '../selection/expectation.js';
import type { DirectedPair } from './directed-pair.js';
import { settings } from './settings.js';
import { asShare, average, failureCurve } from './shared-difficulty.js';

/** Of an agent alone in a category. */
export type BelievedAgent = (agent: string, category: string) => Expectation;

/** How far an amount of a pair is from that of the second agent alone: a ratio, shrunk to that of all pairs. */
export interface Ratios {
  cost: number;
  seconds: number;
}

export interface PairFit {
  /** Share of the difficulty that agents have in common: mean and standard deviation of what is believed of it. */
  share: number;
  shareDeviation: number;
  /** Observations of a pair of agents that its expectation by the share weighs as: the fewer, the more pairs differ. */
  weight: number;
  /** By pair: successes a try that the share says; null where nothing is believed of the categories it was seen in. */
  rates: Map<string, number | null>;
  ratios: Map<string, Ratios>;
  /** Of all pairs. */
  usual: Ratios;
}

/** Every share is taken for as likely as any other before there is evidence. */
const SHARES = Array.from({ length: 20 }, (_, index) => asShare(index * 0.05));

/** And so is every weight, by orders of magnitude. */
const WEIGHTS = [10, 20, 40, 80, 160, 320];

/** Before there is evidence. */
export function priorFit(): PairFit {
  return {
    ...spreadOf(() => () => 0),
    rates: new Map(),
    ratios: new Map(),
    usual: { cost: 1, seconds: 1 },
  };
}

/**
 * Fits the pairs: the posterior of the common share on a grid under a uniform prior, from how often each agent
 * succeeded where another had failed. A pair's own chance is spread about what the share says by a beta distribution,
 * so that no single pair settles the share for all, and how wide is learned, too (beta-binomial likelihood; empirical
 * Bayes as in Gelman et al., Bayesian Data Analysis, 3rd ed., 2013, chapter 5).
 *
 * @param knows categories that `believed` answers for; what happened in others is left out
 */
export function fitPairs(
  pairs: ReadonlyMap<string, DirectedPair>,
  believed: BelievedAgent,
  knows: (category: string) => boolean,
): PairFit {
  const known = [...pairs].map(([key, pair]) => ({
    key,
    pair,
    rows: pair.categories.filter(({ category }) => knows(category)),
  }));
  const meanOf = (agent: string, category: string): number => believed(agent, category).mean;
  const expectedOf = ({ pair, rows }: (typeof known)[number], share: number): number =>
    rows.reduce(
      (sum, { category, tries }) =>
        sum + tries * afterOne(meanOf(pair.first, category), meanOf(pair.then, category), share),
      0,
    );
  // How the same agent fares again says nothing of what different ones have in common.
  const different = known.filter(({ pair, rows }) => rows.length > 0 && pair.first !== pair.then);
  const spread = spreadOf((share) => {
    const means = different.map((each) => {
      const [n, s] = totals(each.rows);
      return { n, s, mean: expectedOf(each, share) / n };
    });
    return (weight) => means.reduce((sum, { n, s, mean }) => sum + logBetaBinomial(s, n, mean, weight), 0);
  });
  const rates = new Map(
    known.map((each) => {
      const { first, then } = each.pair;
      const [n] = totals(each.rows);
      const expected =
        first === then
          ? each.rows.reduce(
              (sum, { category, tries }) => sum + tries * again(meanOf(then, category), spread.share),
              0,
            )
          : expectedOf(each, spread.share);
      return [each.key, n === 0 ? null : expected / n] as const;
    }),
  );
  return { ...spread, rates, ...ratiosOf([...pairs], believed, knows) };
}

/** Chance of an agent where another had failed, by the share alone. */
function afterOne(first: number, then: number, share: number): number {
  const failed = failureCurve(first, share);
  return 1 - average(failed, failureCurve(then, share)) / average(failed);
}

const again = (mean: number, share: number): number =>
  1 - average(failureCurve(mean, share, 2)) / average(failureCurve(mean, share));

const totals = (rows: readonly { tries: number; successes: number }[]): [number, number] =>
  rows.reduce(([n, s], { tries, successes }) => [n + tries, s + successes], [0, 0]);

/** What is believed of share and weight. @param likelihood its logarithm, of a share and then of a weight */
function spreadOf(
  likelihood: (share: number) => (weight: number) => number,
): Pick<PairFit, 'share' | 'shareDeviation' | 'weight'> {
  const logs = SHARES.flatMap((share) => {
    const of = likelihood(share);
    return WEIGHTS.map((weight) => ({ share, weight, log: of(weight) }));
  });
  const top = Math.max(...logs.map(({ log }) => log));
  const all = logs.map((each) => ({ ...each, chance: Math.exp(each.log - top) }));
  const total = all.reduce((sum, { chance }) => sum + chance, 0);
  const expected = (of: (each: (typeof all)[number]) => number): number =>
    all.reduce((sum, each) => sum + each.chance * of(each), 0) / total;
  const mean = expected(({ share }) => share);
  return {
    share: asShare(mean),
    shareDeviation: Math.sqrt(expected(({ share }) => (share - mean) ** 2)),
    weight: Math.exp(expected(({ weight }) => Math.log(weight))),
  };
}

/** Log-likelihood of s successes in n, up to what does not depend on the mean. */
function logBetaBinomial(s: number, n: number, mean: number, weight: number): number {
  const bounded = Math.min(0.999, Math.max(0.001, mean));
  const [a, b] = [weight * bounded, weight * (1 - bounded)];
  return (
    gammaln(a + s) - gammaln(a) + gammaln(b + n - s) - gammaln(b) + gammaln(weight) - gammaln(weight + n)
  );
}

/** What tries after a failure cost and take beside what the same agent costs and takes alone. */
function ratiosOf(
  pairs: readonly (readonly [string, DirectedPair])[],
  believed: BelievedAgent,
  knows: (category: string) => boolean,
): Pick<PairFit, 'ratios' | 'usual'> {
  const sums = pairs.map(([key, pair]) => {
    const [cost, seconds] = [new RatioSum(), new RatioSum()];
    for (const row of pair.amounts) {
      if (!knows(row.category)) continue;
      const alone = believed(pair.then, row.category);
      cost.add(row.cost, row.costed, alone.cost);
      seconds.add(row.seconds, row.timed, alone.seconds);
    }
    return { key, cost, seconds };
  });
  const usualOf = (amount: 'cost' | 'seconds'): number => {
    const all = new RatioSum();
    for (const each of sums) all.take(each[amount]);
    return all.shrunk(1);
  };
  const usual = { cost: usualOf('cost'), seconds: usualOf('seconds') };
  const ratios = new Map(
    sums.map(({ key, cost, seconds }) => [
      key,
      { cost: cost.shrunk(usual.cost), seconds: seconds.shrunk(usual.seconds) },
    ]),
  );
  return { ratios, usual };
}

class RatioSum {
  private ratio = 0;
  private n = 0;

  /** @param alone what one is expected to come to; without it the ratio is not known */
  add(sum: number, n: number, alone: number): void {
    if (n <= 0 || alone <= 0) return;
    this.ratio += Math.min(settings.amountCap * n, sum / alone);
    this.n += n;
  }

  take({ ratio, n }: RatioSum): void {
    this.ratio += ratio;
    this.n += n;
  }

  shrunk(to: number): number {
    return (settings.amountWeight * to + this.ratio) / (settings.amountWeight + this.n);
  }
}
