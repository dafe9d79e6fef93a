/** Learns from some of the recorded tasks, and tests what was learned on the others. */
import { sum } from 'simple-statistics';
import { wilson } from '../evidence/intervals.js';
import { type Feature, parseFeature } from '../learning/feature.js';
import { fitPredictor } from '../learning/inference/judge.js';
import type { Verdict } from '../learning/inference/verdict.js';
import type { ObservedKind } from '../learning/observations-of.js';
import type { Estimate } from './estimate.js';
import { aucOf, type Scored } from './patterns-auc.js';
import { correctedEstimate } from './patterns-estimate.js';
import type { InteractionsFile } from './patterns-file.js';
import { distinctLessons, type JudgedGroup, judgeGroups, testLesson } from './patterns-lessons.js';
import { fitRidge } from './patterns-ridge.js';
import { groupsOf, type ObservedGroup, only, pooled, type Split, splitByTask } from './patterns-split.js';

/** A lesson that was asserted, and how other runs bore it out. */
export interface EvaluatedLesson
  extends Pick<Verdict, 'verb' | 'effect' | 'interval' | 'counts' | 'compared'> {
  kind: ObservedKind;
  group: string;
  feature: Feature;
  /** Splits in which it was asserted. */
  asserted: number;
  /** Of these, those whose other half had runs to test it on, and those in which it held there. */
  tested: number;
  kept: number;
}

/** What came of learning on some tasks and testing on others. */
interface PatternsMeasured {
  /** Lessons asserted, each as often as there were splits that asserted it. */
  asserted: number;
  /** Share of the asserted and tested lessons whose direction held; null when none was. */
  directionKept: number | null;
  /** How often success is told from failure within a category, by lessons and candidates; null where nothing tells. */
  auc: number | null;
  /** The same of logistic regression on the same features of the same runs. */
  aucReference: number | null;
}

export interface PatternsEvaluation extends PatternsMeasured {
  train: string;
  test: string;
  runs: number;
  tasks: number;
  splits: number;
  /** Lower end of a one-sided 97.5% interval of {@link PatternsMeasured.directionKept}. */
  directionKeptLow: number | null;
  /** Asserted lessons that the other half had runs to test on. */
  tested: number;
  /** Ours less the reference, split by split. */
  aucDifference: Estimate | null;
  categories: Record<
    string,
    { runs: number; tasks: number; auc: number | null; aucReference: number | null }
  >;
  lessons: EvaluatedLesson[];
  /** Learned on the whole first file and tested on the tasks of the second that are not in it; null of one file. */
  transfer: (PatternsMeasured & { tested: number }) | null;
}

export interface EvaluatePatternsOptions {
  splits: number;
  onSplit?: (done: number) => void;
}

/** Half of the tasks each: as many runs to test on as to learn from. */
const TEST_RATIO = 1;

/** @param test the same file as `train`, or another one of the same format */
export function evaluatePatterns(
  train: InteractionsFile,
  test: InteractionsFile,
  { splits, onSplit }: EvaluatePatternsOptions,
): PatternsEvaluation {
  const isOne = train.file === test.file;
  const learned = groupsOf(train);
  const all = isOne ? learned : pooled([learned, groupsOf(test)]);
  const outcomes = Array.from({ length: splits }, (_, index) => {
    const outcome = learnAndTest(splitByTask(all, String(index + 1)));
    onSplit?.(index + 1);
    return outcome;
  });
  const lessons = lessonsOf(outcomes);
  const tested = sum(lessons.map((lesson) => lesson.tested));
  const kept = sum(lessons.map((lesson) => lesson.kept));
  const runs = actionsOf(all);
  return {
    train: train.file,
    test: test.file,
    runs: runs.length,
    tasks: tasksOf(all),
    splits,
    asserted: sum(lessons.map((lesson) => lesson.asserted)),
    tested,
    directionKept: tested === 0 ? null : kept / tested,
    directionKeptLow: tested === 0 ? null : lowerBound(outcomes, lessons.length, kept / tested),
    auc: meanOf(outcomes.map(({ ours }) => aucOf(ours))),
    aucReference: meanOf(outcomes.map(({ reference }) => aucOf(reference))),
    aucDifference: differenceOf(outcomes),
    categories: categoriesOf(all, outcomes),
    lessons,
    transfer: isOne ? null : transferOf(train, test),
  };
}

interface SplitOutcome {
  lessons: {
    judged: Omit<EvaluatedLesson, 'asserted' | 'tested' | 'kept'>;
    key: string;
    kept: boolean | null;
  }[];
  ours: Scored[];
  reference: Scored[];
}

function learnAndTest({ train, test }: Split): SplitOutcome {
  const judged = judgeGroups(train);
  const runsOf = (of: Pick<ObservedGroup, 'kind' | 'group'>) =>
    test.find(({ kind, group }) => kind === of.kind && group === of.group)?.observations ?? [];
  const lessons = distinctLessons(judged).map((lesson) => {
    const { feature, verb, effect, interval, counts, compared } = lesson.verdict;
    return {
      key: JSON.stringify([lesson.kind, lesson.group, feature, verb]),
      kept: testLesson(lesson, runsOf(lesson)).kept,
      judged: {
        kind: lesson.kind,
        group: lesson.group,
        feature: parseFeature(feature),
        ...{ verb, effect, interval, counts, compared },
      },
    };
  });
  const predict = (fit: (group: JudgedGroup) => (features: readonly string[]) => number): Scored[] =>
    judged
      .filter(({ kind }) => kind === 'action')
      .flatMap((group) => {
        const runs = runsOf(group);
        if (runs.length === 0) return [];
        const score = fit(group);
        return runs.map((run) => ({ score: score(run.features), success: run.success, group: group.group }));
      });
  return {
    lessons,
    ours: predict(({ observations, verdicts }) => fitPredictor(observations, verdicts)),
    reference: predict(({ observations }) => fitRidge(observations)),
  };
}

/** Learned on one whole file, tested on what the other has of tasks that are not in it. */
function transferOf(train: InteractionsFile, test: InteractionsFile): PatternsEvaluation['transfer'] {
  const learned = groupsOf(train);
  const known = new Set(actionsOf(learned).map(({ task }) => task));
  const outcome = learnAndTest({
    train: learned,
    test: only(groupsOf(test), ({ task }) => !known.has(task)),
  });
  const tested = outcome.lessons.filter(({ kept }) => kept !== null).length;
  return {
    asserted: outcome.lessons.length,
    tested,
    directionKept: tested === 0 ? null : outcome.lessons.filter(({ kept }) => kept).length / tested,
    auc: aucOf(outcome.ours),
    aucReference: aucOf(outcome.reference),
  };
}

/** Lessons over all splits, those asserted most often first; figures are those of the first split that had it. */
function lessonsOf(outcomes: readonly SplitOutcome[]): EvaluatedLesson[] {
  const lessons = new Map<string, EvaluatedLesson>();
  for (const { key, judged, kept } of outcomes.flatMap((outcome) => outcome.lessons)) {
    const lesson = lessons.get(key) ?? { ...judged, asserted: 0, tested: 0, kept: 0 };
    lesson.asserted += 1;
    lesson.tested += Number(kept !== null);
    lesson.kept += Number(kept === true);
    lessons.set(key, lesson);
  }
  return [...lessons.values()].sort((a, b) => b.asserted - a.asserted);
}

/**
 * Splits share their runs, and the same lesson comes up in many of them: the bound is the lower of that over splits and
 * of Wilson's, where each lesson counts once however many splits asserted it.
 */
function lowerBound(outcomes: readonly SplitOutcome[], distinct: number, share: number): number {
  const shares = outcomes.flatMap(({ lessons }) => {
    const tested = lessons.filter(({ kept }) => kept !== null);
    return tested.length === 0 ? [] : tested.filter(({ kept }) => kept).length / tested.length;
  });
  const { interval } = correctedEstimate(shares, TEST_RATIO);
  const byLesson = wilson(share * distinct, distinct).low;
  return Math.max(0, Math.min(byLesson, interval?.low ?? byLesson));
}

function differenceOf(outcomes: readonly SplitOutcome[]): Estimate | null {
  const differences = outcomes.flatMap(({ ours, reference }) => {
    const [own, other] = [aucOf(ours), aucOf(reference)];
    return own === null || other === null ? [] : own - other;
  });
  return differences.length === 0 ? null : correctedEstimate(differences, TEST_RATIO);
}

function categoriesOf(
  groups: readonly ObservedGroup[],
  outcomes: readonly SplitOutcome[],
): PatternsEvaluation['categories'] {
  const actions = groups.filter(({ kind }) => kind === 'action');
  return Object.fromEntries(
    actions.map(({ group, observations }) => {
      const own = (scored: readonly Scored[]) => aucOf(scored.filter((each) => each.group === group));
      return [
        group,
        {
          runs: observations.length,
          tasks: new Set(observations.map(({ task }) => task)).size,
          auc: meanOf(outcomes.map(({ ours }) => own(ours))),
          aucReference: meanOf(outcomes.map(({ reference }) => own(reference))),
        },
      ];
    }),
  );
}

const actionsOf = (groups: readonly ObservedGroup[]) =>
  groups.filter(({ kind }) => kind === 'action').flatMap(({ observations }) => observations);

const tasksOf = (groups: readonly ObservedGroup[]): number =>
  new Set(actionsOf(groups).map(({ task }) => task)).size;

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? null : sum(known) / known.length;
}
