/** What a day is expected to come to, given the days before it. Pure. */
import { quantile } from 'simple-statistics';
import type { Interval } from '../../evidence/intervals.js';
import { Z_95 } from '../../evidence/intervals.js';
import { type DayCells, isCounted, type Series } from './cells.js';
import { placesOf } from './change-points.js';
import { type Effects, effectsOf, scaleOf, shareOf } from './day-effects.js';
import { countLaw, normalLaw, rateLaw } from './day-laws.js';

/** Days and executions of the past before anything is expected. */
const LEAST_DAYS = 7;
const LEAST_PAST = 20;
/** Executions before a day is judged: fewer are no day, but a case. */
const LEAST_EXECUTIONS = 3;
/** Level at which the past is searched for changes. */
const CHANGE_LEVEL = 0.01;

/** A day held against what was to be expected of it, per execution in the unit of the cells. */
export interface Held {
  day: string;
  executions: number;
  observed: number;
  expected: number;
  /** Probability of a day as far from it, either way. */
  p: number;
  /** @param outside share of days that may lie elsewhere */
  plausible: (outside: number) => Interval;
}

/**
 * Holds the days from one on against those before it, as far back as nothing changed: the level and the spread of
 * days as most of them show it, for tasks as they came in that day. Kinds of tasks that are new say nothing.
 */
export function holdDays(series: Series, since: string, seed: string): Held[] {
  const past = { ...series, days: series.days.filter(({ day }) => day < since) };
  if (past.days.length < LEAST_DAYS) return [];
  const changed = placesOf(past, CHANGE_LEVEL, seed).at(-1)?.at ?? 0;
  const steady = past.days.slice(changed);
  const effects = effectsOf(series.metric, steady, series.strata);
  const executions = effects.days.reduce((sum, { n }) => sum + n, 0);
  if (steady.length < LEAST_DAYS || executions < LEAST_PAST) return [];
  const known = new Float64Array(series.strata);
  for (const { cells } of steady)
    for (const { stratum, n } of cells) known[stratum] = (known[stratum] ?? 0) + n;
  const scale = spreadOf(series, effects);
  return series.days
    .filter(({ day }) => day >= since)
    .flatMap((day) => hold(series, day, { effects, known, scale }) ?? []);
}

interface Past {
  effects: Effects;
  /** Executions by stratum. */
  known: Float64Array;
  scale: number;
}

/** Days may spread more widely at the ends than in the middle, and counts hardly less than by chance alone. */
function spreadOf({ metric }: Series, effects: Effects): number {
  const sizes = effects.days.map(({ residual, variance }) => Math.abs(residual) / Math.sqrt(variance));
  const wide = Math.max(scaleOf(effects.days), quantile(sizes, 0.95) / Z_95);
  return metric === 'success' || metric === 'errors' ? Math.max(1, wide) : Math.max(wide, 1e-3);
}

function hold(series: Series, { day, cells: all }: DayCells, { effects, known, scale }: Past): Held | null {
  const cells = all.filter(({ stratum }) => (known[stratum] ?? 0) > 0);
  const executions = cells.reduce((sum, { n }) => sum + n, 0);
  if (executions < LEAST_EXECUTIONS) return null;
  const { means, variances, shared } = effects;
  const counted = isCounted(series.metric);
  let [observed, expected, variance] = [0, 0, 0];
  for (const { stratum, n, sum } of cells) {
    const unit = variances[stratum] ?? 1;
    const before = known[stratum] ?? 1;
    const mean = means[stratum] ?? 0;
    observed += sum;
    // What never happened may still happen.
    expected += n * (counted ? (mean * before + 0.5) / (before + 1) : mean);
    variance += n ** 2 * (unit / before);
  }
  const own = cells.reduce((sum, { stratum, n }) => sum + n * (variances[stratum] ?? 1), 0);
  variance = scale ** 2 * (variance + own / shareOf(cells, shared, variances));
  const freedom = effects.days.length - 1;
  const told = { day, executions, observed: observed / executions, expected: expected / executions };
  const law =
    series.metric === 'success'
      ? rateLaw(executions, expected, variance)
      : counted
        ? countLaw(expected, variance, freedom)
        : normalLaw(expected, variance, freedom);
  return {
    ...told,
    p: law.p(observed),
    plausible: (outside) => {
      const { low, high } = law.plausible(outside);
      return { low: low / executions, high: high / executions };
    },
  };
}
