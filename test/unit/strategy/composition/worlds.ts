/** Made-up worlds in which tasks are hard for all agents or for none. */
import { seededUniform, type Uniform } from '../../../../src/evidence/random.js';
import type { CounterRow } from '../../../../src/store/counters.js';
import { cumulative } from '../../../../src/strategy/selection/normal.js';

/** A standard normal draw, by Box and Muller's method. */
const normalDraw = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** The difficulty below which a share of tasks lies, by bisection. */
function threshold(mean: number): number {
  let [low, high] = [-8, 8];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (cumulative(middle) < mean) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Draws tasks: whether each agent succeeds, in the order of the means. */
export function drawTasks(means: readonly number[], share: number, count: number, seed: string): boolean[][] {
  const uniform: Uniform = seededUniform(seed);
  const thresholds = means.map(threshold);
  return Array.from({ length: count }, () => {
    const common = Math.sqrt(share) * normalDraw(uniform);
    return thresholds.map((most) => common + Math.sqrt(1 - share) * normalDraw(uniform) < most);
  });
}

/** What comes of trying the agent at `b` where the one at `a` fails, as counters tell it. */
export function handoverRow(
  tasks: readonly boolean[][],
  a: number,
  b: number,
  names: readonly string[],
  usd = 1,
): CounterRow {
  const tried = tasks.filter((task) => task[a] === false);
  return {
    dimensions: { first: names[a] ?? '', then: names[b] ?? '', category: 'x' },
    sums: {
      tries: tried.length,
      successes: tried.filter((task) => task[b] === true).length,
      costed: tried.length,
      costMicroUsd: tried.length * usd * 1e6,
      timed: tried.length,
      ms: tried.length * 60_000,
    },
  };
}
