/** Judges by how quickly successes came: fewer iterations, less time or cost for the same tasks. Pure. */

import { benjaminiHochberg } from '../../evidence/multiplicity.js';
import { studentQuantile95, studentTwoSided } from '../../evidence/student.js';
import { candidatesOf } from './candidates.js';
import { compareText } from './compare-text.js';
import { BETWEEN_SHARE, confidenceOf, countsOf, type JudgeOptions, LEVEL } from './judging.js';
import { lookShare } from './look-spending.js';
import { type Comparison, compareRuns } from './matched-sets.js';
import { mergeAlike } from './merge-alike.js';
import type { Observation } from './observation.js';
import type { Verdict } from './verdict.js';

type PaceMeasure = 'iterations' | 'durationMs' | 'cost';

/** `effect` is the ratio less 1; `interval` is that of the ratio. */
export interface PaceVerdict extends Verdict {
  measure: PaceMeasure;
  /** What successes with it took, as a share of what others took for the same tasks. */
  ratio: number;
}

/** Markedly less is a fifth less. */
const MARKED = 0.8;
const MIN_TELLING = 3;
/** Iterations are whole: even equal ones stand for values that differ by rounding. */
const ROUNDING_VARIANCE = 1 / 12;

/**
 * Features whose successes took markedly less than the other successes of the same tasks, or where tasks are not
 * repeated of the group: a t-test on logarithms within sets of comparable runs, corrected as in `judge`. Those
 * not markedly quicker are tested too, and left out.
 */
export function judgePace(
  observations: readonly Observation[],
  measure: PaceMeasure,
  options: JudgeOptions = {},
): PaceVerdict[] {
  const measured = observations.filter((run) => run.success && (run[measure] ?? 0) > 0);
  const comparison = compareRuns(measured, options.given ?? []);
  const level = options.level ?? LEVEL;
  const scale =
    lookShare(options.seen ?? observations.length) * (comparison.compared === 'tasks' ? BETWEEN_SHARE : 1);
  const values = Float64Array.from(comparison.runs, (run) => Math.log(run[measure] ?? 1));
  const rounding = measure === 'iterations' ? ROUNDING_VARIANCE : 0;
  const contrasts = candidatesOf(comparison.runs)
    .map((candidate) => ({ candidate, ...contrastOf(comparison, values, candidate.runs, rounding) }))
    .sort((a, b) => b.weight - a.weight || compareText(a.candidate.feature, b.candidate.feature));
  const leaders = mergeAlike(contrasts, ({ candidate }) => candidate, comparison.runs.length).filter(
    ({ leader }) => leader.telling >= MIN_TELLING && leader.freedom > 0,
  );
  const corrected = benjaminiHochberg(leaders.map(({ leader }) => leader.p));
  return leaders
    .map(({ leader, followers }, index): PaceVerdict => {
      const ratio = Math.exp(leader.slope);
      const margin = studentQuantile95(leader.freedom) * leader.error;
      const pValue = Math.min(1, (corrected[index] ?? 1) / scale);
      const asserted = pValue <= level && ratio <= MARKED;
      return {
        feature: leader.candidate.feature,
        aliases: followers.map(({ candidate }) => candidate.feature).sort(compareText),
        counts: countsOf(comparison.runs, leader.candidate.runs),
        tasks: leader.telling,
        effect: ratio - 1,
        interval: [Math.exp(leader.slope - margin), Math.exp(leader.slope + margin)],
        verb: 'prefer',
        state: asserted ? 'asserted' : 'candidate',
        confidence: asserted ? confidenceOf(pValue / level, leader.telling, comparison.compared) : 'LOW',
        pValue,
        compared: comparison.compared,
        measure,
        ratio,
      };
    })
    .filter(({ ratio }) => ratio <= MARKED)
    .sort((a, b) => a.pValue - b.pValue || compareText(a.feature, b.feature));
}

interface Contrast {
  /** Difference of the logarithms, and its standard error. */
  slope: number;
  error: number;
  freedom: number;
  p: number;
  weight: number;
  /** Tasks with values on both sides; of tasks never repeated, all with the feature. */
  telling: number;
}

/** Least squares with a level of its own for each set. */
function contrastOf(
  { runs, sets, compared }: Comparison,
  values: Float64Array,
  shown: readonly number[],
  rounding: number,
): Contrast {
  const own = new Set(shown);
  let [product, weight, squares, freedom, coarse] = [0, 0, 0, -1, 0];
  const tasks = new Set<string>();
  for (const { start, end } of sets) {
    const size = end - start;
    const positions = Array.from({ length: size }, (_, index) => start + index);
    const mean = positions.reduce((sum, run) => sum + (values[run] ?? 0), 0) / size;
    const share = positions.filter((run) => own.has(run)).length / size;
    if (share === 0 || share === 1) continue;
    for (const run of positions) {
      const [x, y] = [Number(own.has(run)) - share, (values[run] ?? 0) - mean];
      product += x * y;
      weight += x * x;
      squares += y * y;
      coarse += rounding / Math.exp(2 * (values[run] ?? 0));
      if (compared === 'trials' || own.has(run)) tasks.add(runs[run]?.task ?? '');
    }
    freedom += size - 1;
  }
  if (weight === 0 || freedom < 1) return { slope: 0, error: 0, freedom: 0, p: 1, weight, telling: 0 };
  const slope = product / weight;
  const variance = Math.max(squares - slope * product, coarse, 1e-12) / freedom;
  const error = Math.sqrt(variance / weight);
  const t = slope / error;
  const p = studentTwoSided(t, freedom);
  return { slope, error, freedom, p, weight, telling: tasks.size };
}
