/** Other ways to choose on the very belief that selection holds: the same evidence, forgetting and mixed model. */
import { errorFunction } from 'simple-statistics';
import type { Uniform } from '../../../src/evidence/random.js';
import { beliefIn } from '../../../src/strategy/selection/belief.js';
import { argmax } from '../draws.js';
import type { MakeMethod } from '../method.js';
import { choleskyOf, jointDraw } from './cholesky.js';
import { Evidence, planOf } from './evidence.js';

/** What is believed of the agents that are offered, by position. */
interface OfferedBelief {
  mean: number[];
  /** Row by row. */
  covariance: Float64Array;
  /** Variance of one reward. */
  noise: number[];
  /** Tasks seen. */
  tasks: number;
}

/** What the agents are compared by. */
type Rule = (belief: OfferedBelief, uniform: Uniform) => ArrayLike<number>;

/** The highest expectation. */
export const greedy: Rule = ({ mean }) => mean;

/** One draw from the joint belief (Thompson, Biometrika 25, 1933). @param spread 1 for Thompson's own */
export const posteriorDraw =
  (spread = 1): Rule =>
  ({ mean, covariance }, uniform) =>
    jointDraw(mean, choleskyOf(covariance, mean.length), spread, uniform);

/** Tasks ahead that a tenant without history is thought to have. */
const FIRST_HORIZON = 100;

/**
 * The expectation and Brezzi and Lai's approximation of Gittins' bonus (Journal of Economic Dynamics and Control
 * 27(1), 2002), of an agent's distance from the agents' average, for as many tasks as there have been.
 */
export const gittinsLike: Rule = ({ mean, covariance, noise, tasks }) => {
  const n = mean.length;
  const rowMeans = mean.map(
    (_, row) => covariance.subarray(row * n, (row + 1) * n).reduce((a, b) => a + b) / n,
  );
  const overall = rowMeans.reduce((sum, each) => sum + each, 0) / n;
  return mean.map((value, k) => {
    const variance = Math.max(0, (covariance[k * n + k] ?? 0) - 2 * (rowMeans[k] ?? 0) + overall);
    const horizon = FIRST_HORIZON + tasks;
    return value + Math.sqrt(variance) * boundary((variance * horizon) / (noise[k] ?? 0.25));
  });
};

/**
 * The expectation and the knowledge gradient: what trials of an agent are expected to gain for the tasks to come, by
 * the best number of trials (Ryzhov, Powell and Frazier, Operations Research 60(1), 2012; repeated trials: Frazier and
 * Powell, Decision Analysis 7(4), 2010), against the best of the others.
 */
export const knowledgeGradient: Rule = ({ mean, covariance, noise, tasks }) => {
  const n = mean.length;
  const horizon = FIRST_HORIZON + tasks;
  const order = mean.map((_, k) => k).sort((one, other) => (mean[other] ?? 0) - (mean[one] ?? 0));
  return mean.map((value, k) => {
    const rival = order[0] === k ? order[1] : order[0];
    if (rival === undefined) return value;
    const gap = Math.abs(value - (mean[rival] ?? 0));
    const variance = covariance[k * n + k] ?? 0;
    const against = variance - (covariance[k * n + rival] ?? 0);
    let worth = 0;
    for (let trials = 1; trials < horizon; trials *= 2) {
      const spread = against / Math.sqrt(variance + (noise[k] ?? 0.25) / trials);
      if (spread > 1e-9)
        worth = Math.max(worth, (spread * expectedExcess(gap / spread) * (horizon - trials)) / trials);
    }
    return value + worth;
  });
};

/** The expectation of max(0, z - x) with z standard normal. */
const expectedExcess = (x: number): number =>
  Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) - (x / 2) * (1 - errorFunction(x / Math.SQRT2));

/** Brezzi and Lai's psi. */
function boundary(s: number): number {
  if (s <= 0.2) return Math.sqrt(s / 2);
  if (s <= 1) return 0.49 - 0.11 / Math.sqrt(s);
  if (s <= 5) return 0.63 - 0.26 / Math.sqrt(s);
  if (s <= 15) return 0.77 - 0.58 / Math.sqrt(s);
  return Math.sqrt(2 * Math.log(s) - Math.log(Math.log(s)) - Math.log(16 * Math.PI));
}

export const hierarchical =
  (rule: Rule): MakeMethod =>
  (_, uniform) => {
    const evidence = new Evidence();
    let expected = 0.5;
    return {
      choose(asked) {
        const { model } = evidence.modelFor(asked);
        const { effects } = model;
        const belief = beliefIn(effects, asked.category);
        const rows = asked.offered.map((agent) => effects.cells.plans.indexOf(planOf(agent)));
        const mean = rows.map((row) => belief.mean[row] ?? 0.5);
        const covariance = Float64Array.from(
          rows.flatMap((one) => rows.map((other) => belief.covariance(one, other))),
        );
        const noise = rows.map((row) => belief.noise[row] ?? 0.25);
        const values = rule({ mean, covariance, noise, tasks: evidence.table.tasks }, uniform);
        const position = argmax(Array.from(values), uniform);
        expected = Math.min(0.99, Math.max(0.01, mean[position] ?? 0.5));
        return asked.offered[position] ?? 0;
      },
      update(task, agent, outcome) {
        evidence.add(task, agent, outcome, expected);
      },
    };
  };
