/** How runs would have gone by task, agent and length alone. Pure. */
import type { Comparison, MatchedSet } from './matched-sets.js';
import { type SuccessLaw, successLaw } from './success-law.js';
import { inverse, times } from './symmetric.js';

/** A set with both outcomes: only these tell. */
export interface TellingSet extends MatchedSet {
  successes: number;
  odds: readonly number[];
  law: SuccessLaw;
}

export interface NullModel {
  comparison: Comparison;
  /** By position of a run: its set if that tells. */
  setOf: readonly (TellingSet | undefined)[];
  sets: readonly TellingSet[];
  /** Chance of success of each run, given how many of its set succeeded; of sets that do not tell, what it was. */
  chances: Float64Array;
  /** By run: covariance of its success with the score of each coefficient. */
  leanings: readonly Float64Array[];
  /** Covariance of the estimated coefficients. */
  covariance: Float64Array;
}

/** Keeps coefficients finite where outcomes are separated; of the weight of a fifth of a run's information. */
const RIDGE = 0.05;
const STEPS = 12;
/** A coefficient's largest change in one step. */
const LONGEST_STEP = 2;

/**
 * Conditional logistic regression of success on the columns, given how many of each set succeeded: what is common to
 * a set drops out, its difficulty included.
 *
 * @param columns one value a run of the comparison each
 */
export function fitNullModel(comparison: Comparison, columns: readonly Float64Array[]): NullModel {
  const { runs, sets } = comparison;
  const telling = sets.flatMap((set) => {
    let successes = 0;
    for (let run = set.start; run < set.end; run += 1) successes += Number(runs[run]?.success);
    return successes === 0 || successes === set.end - set.start ? [] : [{ ...set, successes }];
  });
  const values = new Float64Array(runs.length * columns.length);
  for (const [index, column] of columns.entries())
    for (let run = 0; run < runs.length; run += 1) values[run * columns.length + index] = column[run] ?? 0;
  const coefficients = new Float64Array(columns.length);
  for (let step = 0; ; step += 1) {
    const fit = passOver(telling, values, coefficients, comparison);
    const change = times(fit.covariance, fit.gradient);
    const largest = change.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    if (largest < 1e-6 || step === STEPS) return modelOf(comparison, fit);
    const scale = Math.min(1, LONGEST_STEP / largest);
    for (const [index, each] of change.entries())
      coefficients[index] = (coefficients[index] ?? 0) + scale * each;
  }
}

interface Pass {
  sets: TellingSet[];
  /** Those of one run after those of the other. */
  leanings: Float64Array;
  gradient: Float64Array;
  covariance: Float64Array;
}

function passOver(
  sets: readonly (MatchedSet & { successes: number })[],
  values: Float64Array,
  coefficients: Float64Array,
  { runs }: Comparison,
): Pass {
  const size = coefficients.length;
  const gradient = coefficients.map((each) => -RIDGE * each);
  const information = new Float64Array(size * size);
  for (let index = 0; index < size; index += 1) information[index * size + index] = RIDGE;
  const leanings = new Float64Array(values.length);
  // Plain loops: a group is passed over hundreds of times.
  const fitted = sets.map((set) => {
    const count = set.end - set.start;
    const odds: number[] = [];
    let middle = 0;
    for (let t = 0; t < count; t += 1) {
      const row = (set.start + t) * size;
      let score = 0;
      for (let index = 0; index < size; index += 1)
        score += (values[row + index] ?? 0) * (coefficients[index] ?? 0);
      odds.push(score);
      middle += score;
    }
    middle /= count;
    for (let t = 0; t < count; t += 1) odds[t] = Math.exp((odds[t] ?? 0) - middle);
    const law = successLaw(odds, set.successes);
    for (let t = 0; t < count; t += 1) {
      const row = (set.start + t) * size;
      for (let u = 0; u < count; u += 1) {
        const covariance = law.covariances[t * count + u] ?? 0;
        const other = (set.start + u) * size;
        for (let index = 0; index < size; index += 1)
          leanings[row + index] = (leanings[row + index] ?? 0) + covariance * (values[other + index] ?? 0);
      }
      const surprise = Number(runs[set.start + t]?.success) - (law.chances[t] ?? 0);
      for (let index = 0; index < size; index += 1) {
        const value = values[row + index] ?? 0;
        gradient[index] = (gradient[index] ?? 0) + value * surprise;
        for (let other = 0; other < size; other += 1)
          information[index * size + other] =
            (information[index * size + other] ?? 0) + value * (leanings[row + other] ?? 0);
      }
    }
    return { ...set, odds, law };
  });
  return { sets: fitted, leanings, gradient, covariance: inverse(information, size) };
}

function modelOf(comparison: Comparison, { sets, leanings: all, gradient, covariance }: Pass): NullModel {
  const size = gradient.length;
  const leanings: Float64Array[] = [];
  const setOf = Array.from<TellingSet | undefined>({ length: comparison.runs.length });
  const chances = Float64Array.from(comparison.runs, (run) => Number(run.success));
  for (const set of sets)
    for (let run = set.start; run < set.end; run += 1) {
      setOf[run] = set;
      leanings[run] = all.subarray(run * size, (run + 1) * size);
      chances[run] = set.law.chances[run - set.start] ?? 0;
    }
  return { comparison, setOf, sets, chances, leanings, covariance };
}
