/**
 * Agents that fail together: a task is hard for all of them or for none.
 *
 * An agent succeeds when the task's difficulty and its own luck come to less than the agent is able to: with D and E
 * standard normal, sqrt(s) D + sqrt(1 - s) E < ability, where s is the share of the difficulty that all agents have in
 * common (Lord and Novick, Statistical Theories of Mental Test Scores, 1968, chapter 16; of credits that default
 * together Vasicek, Risk 15(12), 2002). s = 0 is independence, s = 1 means that the weaker never succeeds where the
 * stronger failed. Given D the agents are independent, so that every joint probability is an average over D.
 */
import { probit } from 'simple-statistics';
import { cumulative, density } from '../selection/normal.js';

/** A probability at each difficulty. */
export type Curve = Float64Array;

const STEP = 0.3;
const DIFFICULTIES = Float64Array.from({ length: 31 }, (_, index) => (index - 15) * STEP);
const WEIGHTS = normalised(DIFFICULTIES.map(density));

/** Probabilities are told apart to 1 in so many. */
const GRAIN = 400;
/** By share in hundredths, then by probability: a choice asks for the same ones a thousand times. */
type Remembered = Map<number, (Curve | undefined)[]>;
const successes: Remembered = new Map();
/** By tries. */
const failures = new Map<number, Remembered>();

/** Shares are told apart to hundredths; the greatest leaves the agents some luck of their own. */
export const asShare = (share: number): number => Math.round(Math.min(0.95, Math.max(0, share)) * 100) / 100;

/**
 * An agent's probability of success at each difficulty.
 *
 * @param mean over all tasks
 * @param share as {@link asShare} makes it
 */
export const successCurve = (mean: number, share: number): Curve =>
  remembered(successes, mean, share, (grained) => curveOf(grained, share));

function remembered(
  curves: Remembered,
  mean: number,
  share: number,
  make: (grained: number) => Curve,
): Curve {
  const step = Math.min(GRAIN - 1, Math.max(1, Math.round(mean * GRAIN)));
  const hundredths = Math.round(share * 100);
  const known = curves.get(hundredths) ?? [];
  curves.set(hundredths, known);
  return (known[step] ??= make(step / GRAIN));
}

function curveOf(mean: number, share: number): Curve {
  const threshold = quantile(mean);
  const [common, own] = [Math.sqrt(share), Math.sqrt(1 - share)];
  return DIFFICULTIES.map((difficulty) => cumulative((threshold - common * difficulty) / own));
}

/**
 * An agent's probability to fail each of several tries at the same task, at each difficulty. Of what is not common to
 * all agents, half is taken for the agent's own lasting trouble with the task, half for luck.
 */
export const failureCurve = (mean: number, share: number, tries = 1): Curve =>
  remembered(failuresIn(tries), mean, share, (grained) =>
    tries === 1
      ? curveOf(grained, share).map((success) => 1 - success)
      : repeatedFailures(grained, share, tries),
  );

function failuresIn(tries: number): Remembered {
  const known = failures.get(tries) ?? new Map<number, (Curve | undefined)[]>();
  failures.set(tries, known);
  return known;
}

function repeatedFailures(mean: number, share: number, tries: number): Curve {
  const threshold = quantile(mean);
  const rest = Math.sqrt((1 - share) / 2);
  return DIFFICULTIES.map((difficulty) => {
    const left = threshold - Math.sqrt(share) * difficulty;
    return average(DIFFICULTIES.map((trouble) => (1 - cumulative((left - rest * trouble) / rest)) ** tries));
  });
}

/** The average over all difficulties of the product of curves: the probability that all of it happens. */
export function average(...factors: readonly Curve[]): number {
  let sum = 0;
  for (let index = 0; index < WEIGHTS.length; index++) {
    let all = WEIGHTS[index] ?? 0;
    for (let factor = 0; factor < factors.length; factor++) all *= factors[factor]?.[index] ?? 0;
    sum += all;
  }
  return sum;
}

/** Probability that more than half of independent voters are right, at each difficulty. */
export function majorityCurve(voters: readonly Curve[]): Curve {
  return DIFFICULTIES.map((_, index) => {
    let right = [1];
    for (const voter of voters) {
      const p = voter[index] ?? 0;
      right = [...right, 0].map((chance, count) => chance * (1 - p) + (right[count - 1] ?? 0) * p);
    }
    return right.reduce((sum, chance, count) => (count * 2 > voters.length ? sum + chance : sum), 0);
  });
}

/** The normal quantile, made exact by a step of Newton's method. */
function quantile(probability: number): number {
  const rough = probit(probability);
  return rough - (cumulative(rough) - probability) / density(rough);
}

function normalised(values: Float64Array): Float64Array {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}
