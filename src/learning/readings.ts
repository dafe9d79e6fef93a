/** What the rows of a group say, one reading a learning that could be drawn from it. Pure. */
import type { LearningType } from '../shared/terms.js';
import { type Feature, parseFeature } from './feature.js';
import { type JudgeOptions, judge, judgePace, type PaceVerdict } from './inference/judge.js';
import { confidenceOf } from './inference/judging.js';
import type { Observation } from './inference/observation.js';
import type { PatternCounts, Verdict } from './inference/verdict.js';
import { learningId } from './learning.js';
import type { Levels } from './levels.js';
import type { PatternGroup } from './observations.js';
import { deedOf } from './wording-feature.js';

/** A verdict read as a learning of one type. */
export interface Reading {
  id: string;
  type: LearningType;
  feature: Feature;
  verdict: Verdict | PaceVerdict;
  level: number;
}

/** A group with all that it is judged by. */
export interface JudgedGroup extends PatternGroup {
  rows: readonly Observation[];
  levels: Levels;
  /** Rows ever seen of it. */
  seen: number;
}

/** In the order in which they stand for a learning. */
const paceMeasures = ['iterations', 'cost', 'durationMs'] as const;

/**
 * All readings of a group, the surest first.
 *
 * @param kept ids of the learnings in use: where nearly the same runs show several features, the one that was chosen
 *   before goes on to stand for them
 */
export function readingsOf(judged: JudgedGroup, kept: ReadonlySet<string>): Reading[] {
  const { kind, rows, levels, seen } = judged;
  const given = givenOf(kind);
  const successes = inPositiveTerms(judge(rows, { level: levels.success, seen, ...given })).map((verdict) =>
    readingOf(judged, asTried(verdict, kind), typeOf, levels.success, kept),
  );
  if (kind === 'recovery') return successes;
  const quicker: Reading[] = [];
  for (const measure of paceMeasures)
    for (const verdict of judgePace(rows, measure, { level: levels.pace, seen, ...given })) {
      const reading = readingOf(judged, verdict, () => 'OPTIMIZATION', levels.pace, kept);
      if (deedOf(reading.feature) === null) continue;
      // What is quicker by one measure mostly is by another: one lesson says so, by the measure that tells.
      const at = quicker.findIndex((known) => isAlike(known.verdict, verdict));
      if (at < 0) quicker.push(reading);
      else if (quicker[at]?.verdict.state === 'candidate' && verdict.state === 'asserted')
        quicker[at] = reading;
    }
  return [...successes, ...quicker];

  function typeOf({ verb }: Verdict): LearningType {
    if (kind === 'recovery') return 'ERROR_RECOVERY';
    if (kind === 'plan') return 'TASK_STRATEGY';
    return verb === 'prefer' ? 'SUCCESS_PATTERN' : 'FAILURE_PATTERN';
  }
}

/** What runs are compared at equal values of, by the kind of group. */
export function givenOf(kind: PatternGroup['kind']): Pick<JudgeOptions, 'given'> {
  // A plan decides on its agents, and so on how long its runs are; how often something was tried after an error
  // follows from whether it helped.
  return kind === 'plan' ? { given: [] } : kind === 'recovery' ? { given: ['agent'] } : {};
}

/**
 * Where all runs without one feature show another, each says of the other what it says of itself, and of one
 * finding only one lesson is made: the one that says what to do.
 */
function inPositiveTerms(verdicts: readonly Verdict[]): Verdict[] {
  const found = new Map<Verdict, Verdict>();
  for (const negative of verdicts) {
    if (negative.state === 'candidate' || negative.verb === 'prefer') continue;
    const positive = verdicts.find(
      (one) => one.state === 'candidate' && !found.has(one) && isOpposite(one, negative),
    );
    if (positive === undefined) continue;
    const { state, confidence, pValue } = negative;
    found.set(positive, { ...positive, state, confidence, pValue });
    found.set(negative, { ...negative, state: 'candidate', confidence: 'LOW', pValue: 1 });
  }
  return verdicts.map((verdict) => found.get(verdict) ?? verdict);
}

function isOpposite(one: Verdict, other: Verdict): boolean {
  const [own, its] = [one.counts, other.counts];
  return (
    Math.abs(one.effect + other.effect) < 1e-9 &&
    own.n === its.withoutN &&
    own.successes === its.withoutSuccesses &&
    own.withoutN === its.n &&
    own.withoutSuccesses === its.successes
  );
}

function isAlike(one: Verdict, other: Verdict): boolean {
  const names = new Set([one.feature, ...one.aliases]);
  return [other.feature, ...other.aliases].some((name) => names.has(name));
}

/**
 * Where no comparison tells anything yet, the counts say what may be worth trying. Where an error was always ended
 * by what was tried, whatever it was, each of it is.
 */
function asTried(verdict: Verdict, kind: PatternGroup['kind']): Verdict {
  const { state, effect, counts } = verdict;
  if (state === 'asserted' || effect !== 0) return verdict;
  const [own, others] = [rateOf(counts), rateWithout(counts)];
  const isWorthTrying = own > others || (kind === 'recovery' && own === 1);
  return { ...verdict, verb: isWorthTrying ? 'prefer' : 'avoid' };
}

const rateOf = ({ n, successes }: PatternCounts): number => (n === 0 ? 0 : successes / n);
const rateWithout = ({ withoutN, withoutSuccesses }: PatternCounts): number =>
  withoutN === 0 ? 0 : withoutSuccesses / withoutN;

function readingOf<V extends Verdict>(
  { kind, group, rows }: JudgedGroup,
  verdict: V,
  typeOf: (verdict: V) => LearningType,
  level: number,
  kept: ReadonlySet<string>,
): Reading {
  const type = typeOf(verdict);
  const idOf = (feature: string): string => learningId(type, verdict.verb, group, feature);
  const alike = [verdict.feature, ...verdict.aliases];
  const head = alike.find((feature) => kept.has(idOf(feature))) ?? mostTelling(alike);
  const feature = parseFeature(head);
  if (head === verdict.feature) return { id: idOf(head), type, feature, verdict, level };
  const runs = 'measure' in verdict ? rows.filter(({ success }) => success) : rows;
  const headed = {
    ...verdict,
    feature: head,
    aliases: alike.filter((each) => each !== head),
    counts: kind === 'plan' ? verdict.counts : countsWith(runs, head),
  };
  return { id: idOf(head), type, feature, verdict: headed, level };
}

/** Of features of nearly the same runs: one that says what to do, and most exactly. */
function mostTelling([leader = '', ...aliases]: readonly string[]): string {
  const first = parseFeature(leader);
  if (first.kind !== 'action' && first.kind !== 'argument') return leader;
  if (first.kind === 'action' && isExact(first)) return leader;
  return (
    aliases.find((alias) => {
      const feature = parseFeature(alias);
      return feature.kind === 'action' && feature.type === first.type && isExact(feature);
    }) ?? leader
  );
}

const isExact = (feature: Feature): boolean =>
  feature.kind === 'action' && (feature.input !== undefined || feature.command !== undefined);

function countsWith(rows: readonly Observation[], feature: string): PatternCounts {
  const counts: PatternCounts = { n: 0, successes: 0, withoutN: 0, withoutSuccesses: 0 };
  for (const { features, success } of rows) {
    const shows = features.includes(feature);
    counts[shows ? 'n' : 'withoutN'] += 1;
    counts[shows ? 'successes' : 'withoutSuccesses'] += Number(success);
  }
  return counts;
}

/** Whether a verdict is still on the side of its verb, though it may no longer be sure enough to be asserted anew. */
export function leansItsWay({ verdict }: Reading): boolean {
  const [low, high] = verdict.interval;
  if ('measure' in verdict) return high < 1;
  return verdict.verb === 'prefer' ? low > 0 : high < 0;
}

/** The confidence that a reading would have with a p-value a tenth of its own: what is surer falls back to it. */
export function atMostConfidence({ verdict, level }: Reading): Verdict['confidence'] {
  return confidenceOf(verdict.pValue / 10 / level, verdict.tasks, verdict.compared);
}
