/** Steps are not counted by complexity: what a change of the mix of tasks explains of them is set aside. Pure. */
import { type Cell, cellsOf, type Entry } from './cells.js';
import type { Contrast } from './contrast.js';
import { seconds } from './measures.js';

/** A day's tasks by how long such tasks usually take: mean of logarithms. */
export type Mix = ReadonlyMap<number, number>;

/** How much of the tasks' length a step takes on, before its days tell: half, as likely as not none or all. */
const USUAL_SLOPE = 0.5;
const SLOPE_VARIANCE = 0.25;

/** The mix of some executions by day. */
export function mixOf(entries: readonly Entry[]): Mix {
  const cells = cellsOf(entries, seconds);
  const strata: { n: number; total: number }[] = [];
  for (const { stratum, n, total } of cells) {
    const of = (strata[stratum] ??= { n: 0, total: 0 });
    of.n += n;
    of.total += total;
  }
  const days = new Map<number, { n: number; total: number }>();
  for (const { stratum, day, n } of cells) {
    const usual = strata[stratum];
    if (usual === undefined) continue;
    const of = days.get(day) ?? { n: 0, total: 0 };
    of.n += n;
    of.total += (n * usual.total) / usual.n;
    days.set(day, of);
  }
  return new Map([...days].map(([day, { n, total }]) => [day, total / n]));
}

interface Covaried {
  n: number;
  x: number;
  y: number;
}

/**
 * A difference between two times of a step without what the mix of tasks explains: analysis of covariance over days,
 * whose slope has a prior, and whose uncertainty is the estimate's.
 *
 * @see R. A. Fisher, Statistical Methods for Research Workers (1932), section 49.1
 */
export function besidesMix(
  found: Contrast,
  first: readonly Cell[],
  second: readonly Cell[],
  mix: Mix,
): Contrast {
  const sides = [first, second].map((cells) =>
    cells.flatMap(({ day, n, total }): Covaried[] => {
      const x = mix.get(day);
      return x === undefined ? [] : [{ n, x, y: total / n }];
    }),
  );
  const centred = sides.flatMap((days) => {
    const [x, y] = [meanOf(days, 'x'), meanOf(days, 'y')];
    return days.map((each) => ({ n: each.n, x: each.x - x, y: each.y - y }));
  });
  let [xx, xy, yy] = [0, 0, 0];
  for (const { n, x, y } of centred) {
    xx += n * x * x;
    xy += n * x * y;
    yy += n * y * y;
  }
  if (centred.length < 4 || xx <= 0) return found;
  const noise = Math.max(1e-9, (yy - (xy * xy) / xx) / (centred.length - 3));
  const precision = xx / noise + 1 / SLOPE_VARIANCE;
  const slope = (xy / noise + USUAL_SLOPE / SLOPE_VARIANCE) / precision;
  const shift = meanOf(sides[0] ?? [], 'x') - meanOf(sides[1] ?? [], 'x');
  return {
    ...found,
    estimate: found.estimate - slope * shift,
    error: Math.hypot(found.error, shift / Math.sqrt(precision)),
  };
}

function meanOf(days: readonly Covaried[], name: 'x' | 'y'): number {
  let [n, total] = [0, 0];
  for (const day of days) {
    n += day.n;
    total += day.n * day[name];
  }
  return n === 0 ? 0 : total / n;
}
