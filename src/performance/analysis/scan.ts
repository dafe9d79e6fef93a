/** Looks for the day on which a series changed: a stratified CUSUM. Pure. */
import { seededUniform } from '../../evidence/random.js';
import type { Effects } from './day-effects.js';

/** Days with executions, and executions, on either side of a change. */
const LEAST_DAYS = 3;
const LEAST_EXECUTIONS = 5;
/** Shortest stretch that is looked at for itself. */
const LEAST_STRETCH = 12;
/** Worlds without change that are drawn, and those beyond what was found after which it is clear that it is nothing. */
const DRAWS = 499;
const ENOUGH_BEYOND = 10;

/** A place where a series may have changed. */
export interface Split {
  /** First day after the change, by its place. */
  at: number;
  /** How far both sides differ, in proportion to its standard deviation. */
  size: number;
}

/**
 * How far both sides of each day of a stretch differ within strata. What is in no stratum of both sides says nothing,
 * so a changed mix of tasks is no change. What does not depend on the residuals is worked out once.
 */
class Scan {
  /** Of each cell, its weight as a share of its stratum's in the stretch. */
  private readonly shares: Float64Array;
  /** Of each day, the standard deviation of what lies up to it; 0 where no change may follow it. */
  private readonly deviations: Float64Array;
  private readonly sums: Float64Array;

  /** @param from first day of the stretch, and `to` the day after its last */
  constructor(
    private readonly cells: Cells,
    { days, variances }: Effects,
    private readonly from: number,
    private readonly to: number,
  ) {
    const { starts, strata, weights } = cells;
    const [first, end] = [starts[from] as number, starts[to] as number];
    this.shares = new Float64Array(end - first);
    this.deviations = new Float64Array(to - from);
    this.sums = new Float64Array(variances.length);
    const [all, before] = [new Float64Array(variances.length), new Float64Array(variances.length)];
    for (let cell = first; cell < end; cell += 1)
      all[strata[cell] as number] = (all[strata[cell] as number] as number) + (weights[cell] as number);
    const executions = days.slice(from, to).reduce((sum, { n }) => sum + n, 0);
    let [spread, seen] = [0, 0];
    for (let day = from; day < to; day += 1) {
      for (let cell = starts[day] as number; cell < (starts[day + 1] as number); cell += 1) {
        const stratum = strata[cell] as number;
        const [total, had] = [all[stratum] as number, before[stratum] as number];
        const has = had + (weights[cell] as number);
        before[stratum] = has;
        spread += ((variances[stratum] as number) * (has * (total - has) - had * (total - had))) / total;
        this.shares[cell - first] = (weights[cell] as number) / total;
      }
      seen += days[day]?.n ?? 0;
      const enough =
        Math.min(day + 1 - from, to - day - 1) >= LEAST_DAYS &&
        Math.min(seen, executions - seen) >= LEAST_EXECUTIONS;
      this.deviations[day - from] = enough && spread > 1e-9 ? Math.sqrt(spread) : 0;
    }
  }

  /** Every place where the stretch may have changed. @param residuals of all cells */
  each(residuals: Float64Array, visit: (at: number, size: number) => void): void {
    const { starts, strata } = this.cells;
    const { shares, deviations, sums, from, to } = this;
    const [first, end] = [starts[from] as number, starts[to] as number];
    sums.fill(0);
    for (let cell = first; cell < end; cell += 1)
      sums[strata[cell] as number] = (sums[strata[cell] as number] as number) + (residuals[cell] as number);
    let apart = 0;
    for (let day = from; day < to; day += 1) {
      for (let cell = starts[day] as number; cell < (starts[day + 1] as number); cell += 1)
        apart +=
          (residuals[cell] as number) -
          (shares[cell - first] as number) * (sums[strata[cell] as number] as number);
      const deviation = deviations[day - from] as number;
      if (deviation > 0) visit(day + 1, Math.abs(apart) / deviation);
    }
  }
}

/** The cells of all days, one after another. */
interface Cells {
  /** Where each day's begin, and where the last one's end. */
  starts: Int32Array;
  strata: Int32Array;
  weights: Float64Array;
  residuals: Float64Array;
}

function cellsOf({ days }: Effects): Cells {
  const all = days.flatMap(({ cells }) => cells);
  const starts = new Int32Array(days.length + 1);
  for (const [day, { cells }] of days.entries()) starts[day + 1] = (starts[day] ?? 0) + cells.length;
  return {
    starts,
    strata: Int32Array.from(all, ({ stratum }) => stratum),
    weights: Float64Array.from(all, ({ weight }) => weight),
    residuals: Float64Array.from(all, ({ residual }) => residual),
  };
}

/** Every place where a series may have changed, as one stretch. */
export function allSplits(effects: Effects): Split[] {
  const cells = cellsOf(effects);
  const found: Split[] = [];
  new Scan(cells, effects, 0, effects.days.length).each(cells.residuals, (at, size) =>
    found.push({ at, size }),
  );
  return found;
}

/** The stretches looked at: all, its halves and its quarters, overlapping, so that a change and its undoing show. */
function stretches(length: number): [from: number, to: number][] {
  const found: [number, number][] = [[0, length]];
  for (const parts of [2, 4]) {
    const size = Math.ceil(length / parts);
    if (size < LEAST_STRETCH) break;
    for (let from = 0; from + size <= length; from += Math.ceil(size / 2)) found.push([from, from + size]);
  }
  return found;
}

function largest(scans: readonly Scan[], residuals: Float64Array): Split | null {
  const best = { at: 0, size: -1 };
  for (const scan of scans)
    scan.each(residuals, (at, size) => {
      if (size <= best.size) return;
      best.at = at;
      best.size = size;
    });
  return best.size < 0 ? null : best;
}

/**
 * The likeliest place of a change, and the probability of one as large in a steady series: the share of the worlds in
 * which each day's residuals keep their size and get a sign by chance (C. F. J. Wu, "Jackknife, bootstrap and other
 * resampling methods in regression analysis", Annals of Statistics 14, 1986), drawn until it is clear (J. Besag and
 * P. Clifford, "Sequential Monte Carlo p-values", Biometrika 78, 1991). The draws belong to the seed.
 *
 * @returns null where there are too few days or executions for any
 */
export function findSplit(effects: Effects, seed: string): (Split & { p: number }) | null {
  const cells = cellsOf(effects);
  const scans = stretches(effects.days.length).map(([from, to]) => new Scan(cells, effects, from, to));
  const best = largest(scans, cells.residuals);
  if (best === null) return null;
  const uniform = seededUniform(seed);
  const world = new Float64Array(cells.residuals.length);
  let beyond = 0;
  for (let draw = 1; draw <= DRAWS; draw += 1) {
    for (let day = 0; day < effects.days.length; day += 1) {
      const sign = uniform() < 0.5 ? -1 : 1;
      for (let cell = cells.starts[day] as number; cell < (cells.starts[day + 1] as number); cell += 1)
        world[cell] = sign * (cells.residuals[cell] as number);
    }
    if ((largest(scans, world)?.size ?? 0) >= best.size * (1 - 1e-9)) beyond += 1;
    if (beyond === ENOUGH_BEYOND) return { ...best, p: beyond / draw };
  }
  return { ...best, p: (beyond + 1) / (DRAWS + 1) };
}
