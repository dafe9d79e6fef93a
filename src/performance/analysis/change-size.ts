/** How much a series changed from one stretch of days to the next. Pure. */
import type { Interval } from '../../evidence/intervals.js';
import { studentQuantile95 } from '../../evidence/student.js';
import { isCounted, type Series } from './cells.js';
import { type Effects, effectsOf } from './day-effects.js';

export interface ChangeSize {
  /** Success: the rate after less that before. All others: what it takes after as a share of before. */
  value: number;
  /** 95% interval. */
  interval: Interval;
  /** Variance of the days' residuals in units of their own. */
  dispersion: number;
}

/** One stretch, by stratum. */
interface Side {
  weights: Float64Array;
  totals: Float64Array;
  effects: Effects;
}

/**
 * Compares the days from one place to a second with those up to a third, within strata, weighted as Mantel and
 * Haenszel do; the days themselves show how far they vary.
 *
 * @returns null where no stratum has executions on both sides, or a count is 0 on one of them
 */
export function changeSize(series: Series, from: number, at: number, to: number): ChangeSize | null {
  const [before, after] = [sideOf(series, from, at), sideOf(series, at, to)];
  let [weight, above, below, spreadAbove, spreadBelow] = [0, 0, 0, 0, 0];
  for (let stratum = 0; stratum < series.strata; stratum += 1) {
    const [first, second] = [before.weights[stratum] ?? 0, after.weights[stratum] ?? 0];
    if (first === 0 || second === 0) continue;
    const both = first + second;
    weight += (first * second) / both;
    above += ((after.totals[stratum] ?? 0) * first) / both;
    below += ((before.totals[stratum] ?? 0) * second) / both;
    spreadAbove += (first / both) ** 2 * second * (after.effects.variances[stratum] ?? 1);
    spreadBelow += (second / both) ** 2 * first * (before.effects.variances[stratum] ?? 1);
  }
  if (weight === 0) return null;
  const freedom = Math.max(1, to - from - 2);
  const dispersion = Math.max(1e-9, (squaresOf(before.effects) + squaresOf(after.effects)) / freedom);
  const t = studentQuantile95(freedom);
  if (isCounted(series.metric) && series.metric !== 'success') {
    if (above <= 0 || below <= 0) return null;
    const margin = t * Math.sqrt(dispersion * (spreadAbove / above ** 2 + spreadBelow / below ** 2));
    const value = above / below;
    return {
      value,
      interval: { low: value * Math.exp(-margin), high: value * Math.exp(margin) },
      dispersion,
    };
  }
  const difference = (above - below) / weight;
  const margin = (t * Math.sqrt(dispersion * (spreadAbove + spreadBelow))) / weight;
  const [low, high] = [difference - margin, difference + margin];
  return series.metric === 'success'
    ? { value: difference, interval: { low: Math.max(-1, low), high: Math.min(1, high) }, dispersion }
    : { value: Math.exp(difference), interval: { low: Math.exp(low), high: Math.exp(high) }, dispersion };
}

function sideOf(series: Series, from: number, to: number): Side {
  const effects = effectsOf(series.metric, series.days.slice(from, to), series.strata);
  const [weights, totals] = [new Float64Array(series.strata), new Float64Array(series.strata)];
  for (const { cells } of effects.days)
    for (const { stratum, weight, residual } of cells) {
      weights[stratum] = (weights[stratum] ?? 0) + weight;
      totals[stratum] = (totals[stratum] ?? 0) + residual + weight * (effects.means[stratum] ?? 0);
    }
  return { weights, totals, effects };
}

const squaresOf = ({ days }: Effects): number =>
  days.reduce((sum, { residual, variance }) => sum + residual ** 2 / variance, 0);
