/**
 * What each day adds to or takes from what its strata lead one to expect. Days count by what they tell: by their
 * executions, but no more than their own chance, which all executions of a day share, allows. Pure.
 */
import { median } from 'simple-statistics';
import { type DayCells, type Followed, isCounted } from './cells.js';

/** A day further from what is expected, in standard deviations, counts as that far: one day is no change. */
const CLIP = 3;
const ROUNDS = 2;
/** Median distance from the middle to standard deviation, of a normal distribution. */
const NORMAL_DEVIATION = 1.4826;

/** A stratum on a day. */
export interface EffectCell {
  stratum: number;
  /** Executions, or fewer. */
  weight: number;
  /** What was found less what the stratum's mean leads one to expect, times the weight. */
  residual: number;
}

export interface DayEffect {
  day: string;
  /** All executions. */
  n: number;
  cells: readonly EffectCell[];
  /** Sum of the residuals, and what its variance is in proportion to. */
  residual: number;
  variance: number;
}

export interface Effects {
  days: readonly DayEffect[];
  /** By stratum: the mean, and the variance of one execution in proportion to that of others. */
  means: Float64Array;
  variances: Float64Array;
  /** Chance that all executions of a day share, in proportion to that of one. */
  shared: number;
}

/** The days of one stretch in which nothing changed, as far as is known. */
export function effectsOf(metric: Followed, days: readonly DayCells[], strata: number): Effects {
  let kept: readonly (readonly { stratum: number; n: number; sum: number; within: number }[])[] = days.map(
    ({ cells }) => cells,
  );
  let shared = 0;
  let shares = days.map(() => 1);
  for (let round = 0; ; round += 1) {
    const means = meansOf(kept, shares, strata);
    const variances = variancesOf(metric, kept, strata, means);
    shared = sharedChance(kept, means, variances);
    shares = kept.map((cells) => shareOf(cells, shared, variances));
    const effects = days.map(({ day }, index) =>
      effectOf(day, kept[index] ?? [], shares[index] ?? 1, means, variances),
    );
    if (round === ROUNDS) return { days: effects, means, variances, shared };
    const scale = scaleOf(effects);
    kept = kept.map((cells, index) => {
      const { residual, variance } = effects[index] ?? { residual: 0, variance: 0 };
      const most = CLIP * scale * Math.sqrt(variance);
      if (Math.abs(residual) <= most) return cells;
      const drawn = most / Math.abs(residual);
      return cells.map((cell) => {
        const expected = cell.n * (means[cell.stratum] ?? 0);
        return { ...cell, sum: expected + (cell.sum - expected) * drawn };
      });
    });
  }
}

type Kept = readonly (readonly { stratum: number; n: number; sum: number; within: number }[])[];

function meansOf(kept: Kept, shares: readonly number[], strata: number): Float64Array {
  const [counts, sums] = [new Float64Array(strata), new Float64Array(strata)];
  for (const [index, cells] of kept.entries())
    for (const { stratum, n, sum } of cells) {
      const share = shares[index] ?? 1;
      counts[stratum] = (counts[stratum] ?? 0) + share * n;
      sums[stratum] = (sums[stratum] ?? 0) + share * sum;
    }
  return sums.map((sum, stratum) => sum / Math.max(counts[stratum] ?? 0, Number.MIN_VALUE));
}

/** Logarithms spread alike everywhere; counts in proportion to their mean, successes as they must. */
function variancesOf(metric: Followed, kept: Kept, strata: number, means: Float64Array): Float64Array {
  if (!isCounted(metric)) return new Float64Array(strata).fill(1);
  const counts = new Float64Array(strata);
  for (const cells of kept) for (const { stratum, n } of cells) counts[stratum] = (counts[stratum] ?? 0) + n;
  return means.map((mean, stratum) => {
    const n = counts[stratum] ?? 0;
    const guarded = (mean * n + 0.5) / (n + 1);
    return metric === 'success' ? Math.max(1e-6, guarded * (1 - guarded)) : guarded;
  });
}

/** How far days differ beyond the chance of each execution, by the method of moments. */
function sharedChance(kept: Kept, means: Float64Array, variances: Float64Array): number {
  let [within, freedom] = [0, 0];
  const totals = kept.map((cells) => {
    let [residual, variance] = [0, 0];
    for (const { stratum, n, sum, within: squares } of cells) {
      const unit = variances[stratum] ?? 1;
      residual += sum - n * (means[stratum] ?? 0);
      variance += n * unit;
      within += squares / unit;
      freedom += n - 1;
    }
    return { residual, variance };
  });
  if (freedom < 1) return 0;
  const spread = Math.max(within / freedom, 1e-9);
  let [excess, weight] = [0, 0];
  for (const { residual, variance } of totals) {
    excess += residual ** 2 / (spread * variance) - 1;
    weight += variance;
  }
  return Math.max(0, excess) / weight;
}

/** How much of a day's executions counts: less, the more chance they share. */
export function shareOf(
  cells: readonly { stratum: number; n: number }[],
  shared: number,
  variances: Float64Array,
): number {
  const variance = cells.reduce((sum, { stratum, n }) => sum + n * (variances[stratum] ?? 1), 0);
  return 1 / (1 + shared * variance);
}

function effectOf(
  day: string,
  cells: Kept[number],
  share: number,
  means: Float64Array,
  variances: Float64Array,
): DayEffect {
  let [n, residual, variance] = [0, 0, 0];
  const own = cells.map((cell): EffectCell => {
    const weight = share * cell.n;
    const apart = share * (cell.sum - cell.n * (means[cell.stratum] ?? 0));
    n += cell.n;
    residual += apart;
    variance += weight * (variances[cell.stratum] ?? 1);
    return { stratum: cell.stratum, weight, residual: apart };
  });
  return { day, n, cells: own, residual, variance };
}

/** Standard deviation of the days' residuals in units of their own, as the days in the middle show it. */
export function scaleOf(effects: readonly DayEffect[]): number {
  const sizes = effects.map(({ residual, variance }) => Math.abs(residual) / Math.sqrt(variance));
  const middle = NORMAL_DEVIATION * median(sizes);
  if (middle > 0) return middle;
  // More than half of the days are exactly as expected, as where failures are rare.
  return Math.sqrt(sizes.reduce((sum, size) => sum + size ** 2, 0) / sizes.length);
}
