/** What each feature does to success, whether or not runs of equal length are compared. Pure. */
import { type Candidate, candidatesOf } from './candidates.js';
import { confounderColumns } from './confounders.js';
import { type Comparison, compareRuns, type Given } from './matched-sets.js';
import { fitNullModel, type NullModel } from './null-model.js';
import type { Observation } from './observation.js';
import { deviateOf, type Score, scoreOf } from './score-test.js';
import { dispersionOf, effectOf } from './spread.js';

/** What else goes with success where a feature is judged: one value a run of the comparison each. */
export type ColumnsOf = (candidate: Candidate) => readonly Float64Array[];

/**
 * The ways in which features are judged. Length may decide what a run shows: long runs show more and fail more, and
 * only at equal lengths does what they show look no worse than it is. Or what a run does may decide its length, as
 * the sum of it: at equal lengths whoever did one thing left out another, and seems to fail for what was done if what
 * was left out helps (length is then a collider). Nothing that is recorded tells which, nor whether an action stands in
 * for another. So what is found must hold in a first way and in one at least of the others. Trials of a task are
 * compared whatever their lengths, then at equal lengths, counted with or without the feature's own action. Between
 * tasks length tells of difficulty: equal lengths come first, then any, or those equal but for the own action.
 *
 * @see S. Greenland, J. Pearl and J. M. Robins, "Causal diagrams for epidemiologic research", Epidemiology 10 (1999)
 */
export interface Ways {
  comparison: Comparison;
  /** Of the first way. */
  model: NullModel;
  /** In {@link model}, by feature. */
  scores: ReadonlyMap<string, Score>;
  dispersion: number;
  /** The other ways, none where length is not given; those that are alike for all features are fitted once. */
  others: readonly ((candidate: Candidate) => NullModel)[];
  /** What a feature must tell more than others beside: the first, and one at least of the rest if there are any. */
  columns: readonly [ColumnsOf, ...ColumnsOf[]];
}

export function waysOf(observations: readonly Observation[], given: readonly Given[]): Ways {
  const comparison = compareRuns(observations, given);
  const { runs, compared } = comparison;
  const timeless = given.filter((each) => each !== 'length');
  const isLengthGiven = given.includes('length');
  const first = confounderColumns(runs, compared === 'trials' ? timeless : given);
  const model = fitNullModel(comparison, first);
  const scores = candidatesOf(runs).map((candidate) => scoreOf(model, candidate));
  const equal = confounderColumns(runs, given);
  const withoutOwnColumns: ColumnsOf = (candidate) => confounderColumns(withoutOwn(runs, candidate), given);
  const common = once(() => {
    if (compared === 'trials') return fitNullModel(comparison, equal);
    const anyLength = compareRuns(runs, timeless);
    return fitNullModel(anyLength, confounderColumns(anyLength.runs, timeless));
  });
  const ownLeftOut = (candidate: Candidate): NullModel => {
    if (compared === 'trials') return fitNullModel(comparison, withoutOwnColumns(candidate));
    const shorter = compareRuns(withoutOwn(runs, candidate), given);
    return fitNullModel(shorter, confounderColumns(shorter.runs, given));
  };
  return {
    comparison,
    model,
    scores: new Map(scores.map((score) => [score.candidate.feature, score])),
    dispersion: dispersionOf(scores),
    others: isLengthGiven ? [common, ownLeftOut] : [],
    columns:
      isLengthGiven && compared === 'trials' ? [() => first, () => equal, withoutOwnColumns] : [() => first],
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The runs as long as they would be without the feature, which takes an action at least. */
function withoutOwn(runs: readonly Observation[], { runs: shown }: Candidate): Observation[] {
  const own = new Set(shown);
  return runs.map((run, position) => (own.has(position) ? { ...run, length: run.length - 1 } : run));
}

/** A feature judged in one way. */
export interface Judged {
  score: Score;
  deviate: number;
}

/** Nearer to 0 than this nothing is asserted, whatever the other ways say: between trials its interval has 0 in it. */
export const STANDS_OUT = 1.95;

/** A feature in the first way. */
export const firstWay = ({ model, dispersion }: Ways, score: Score): Judged => ({
  score,
  deviate: deviateOf(model, score, dispersion),
});

/** A feature in that other way that speaks most for what the first says, if there are others. */
export function otherWay({ comparison, dispersion, others }: Ways, first: Judged): Judged[] {
  const { candidate } = first.score;
  const side = Math.sign(first.deviate);
  let most: Judged | undefined;
  for (const other of others) {
    const model = other(candidate);
    const { runs } = model.comparison;
    const shown =
      model.comparison === comparison
        ? candidate.runs
        : runs.flatMap(({ features }, run) => (features.includes(candidate.feature) ? [run] : []));
    const score = scoreOf(model, { ...candidate, runs: shown });
    const found = { score, deviate: deviateOf(model, score, dispersion) };
    if (most === undefined || found.deviate * side > most.deviate * side) most = found;
    // What is surer here than in the first way decides nothing more.
    if (most.deviate * side >= Math.abs(first.deviate)) break;
  }
  return most === undefined ? [] : [most];
}

/** The deviate nearest to 0, whose p-value is that of no effect in one way or the other; 0 where signs differ. */
export function weakest(deviates: readonly number[]): number {
  const [least, most] = [Math.min(...deviates), Math.max(...deviates)];
  return least > 0 ? least : most < 0 ? most : 0;
}

/** The effect nearest to 0, and an interval that covers those of all ways. */
export function effectAcross(
  judged: readonly Judged[],
  dispersion: number,
): { effect: number; interval: readonly [number, number] } {
  const found = judged.map(({ score }) => effectOf(score, dispersion));
  const [nearest] = found.toSorted((a, b) => Math.abs(a.effect) - Math.abs(b.effect));
  return {
    effect: nearest?.effect ?? 0,
    interval: [
      Math.min(...found.map(({ interval }) => interval[0])),
      Math.max(...found.map(({ interval }) => interval[1])),
    ],
  };
}
