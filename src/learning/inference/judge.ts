/** Judges the features of a group: which go with success beyond task, agent, length and chance. Pure. */

import { attainable, benjaminiHochberg } from '../../evidence/multiplicity.js';
import { twoSided } from '../../evidence/normal.js';
import { compareText } from './compare-text.js';
import { besideOthers } from './explained.js';
import { besideHiddenBias, spreadOf } from './hidden-bias.js';
import { BETWEEN_SHARE, confidenceOf, countsOf, type JudgeOptions, LEVEL } from './judging.js';
import { lookShare } from './look-spending.js';
import { givens } from './matched-sets.js';
import { mergeAlike } from './merge-alike.js';
import type { Observation } from './observation.js';
import { leastPossible, type Score } from './score-test.js';
import type { Verdict } from './verdict.js';
import {
  effectAcross,
  firstWay,
  type Judged,
  otherWay,
  STANDS_OUT,
  type Ways,
  waysOf,
  weakest,
} from './ways.js';

export { type JudgeOptions, LEVEL } from './judging.js';
export { judgePace, type PaceVerdict } from './pace.js';
export { fitPredictor } from './predictor.js';
export { shareOfLevel } from './share-of-level.js';

/** Fewest tasks, or sets of tasks, that must tell: what holds in one need not hold in the next. */
const MIN_TELLING = 3;
/** A feature that stands out must tell this much more surely beside the others that do. */
const EXPLAINED_SHARE = 0.2;

/**
 * All candidate features of one group, those most surely told from chance first. Each is tested by the score test
 * of conditional logistic regression within sets of comparable runs, in two ways that differ in what they make of length
 * ({@link Ways}): the weaker of both results counts, and none where they point to different sides. P-values
 * are corrected by Benjamini and Hochberg over features that are not alike, and asserted are those that features
 * asserted before them do not explain. The answer does not depend on the order of the observations.
 */
export function judge(observations: readonly Observation[], options: JudgeOptions = {}): Verdict[] {
  const wanted = options.level ?? LEVEL;
  const ways = waysOf(observations, options.given ?? givens);
  const { comparison, dispersion, model, scores } = ways;
  const { runs, compared } = comparison;
  const ranked = [...scores.values()].sort(
    (a, b) => b.plainVariance - a.plainVariance || simplerFirst(a.candidate.feature, b.candidate.feature),
  );
  const leaders = mergeAlike(ranked, ({ candidate }) => candidate, runs.length);
  const scale = lookShare(options.seen ?? runs.length) * (compared === 'tasks' ? BETWEEN_SHARE : 1);
  const tested = attainable(
    leaders.map(({ leader }) => leastPossible(model, leader, dispersion)),
    wanted * scale,
  );
  const firsts = leaders.map(({ leader }) => firstWay(ways, leader));
  const spread = spreadOf(firsts.map(({ deviate }) => deviate));
  const sureOf = ({ score, deviate }: Judged): number =>
    compared === 'trials' ? deviate : besideHiddenBias(deviate, score, dispersion, spread);
  const judged = leaders.map(({ leader, followers }, index) => {
    const first = firsts[index] ?? { score: leader, deviate: 0 };
    const inWays = Math.abs(sureOf(first)) < STANDS_OUT ? [first] : [first, ...otherWay(ways, first)];
    return {
      score: leader,
      inWays,
      first: sureOf(first),
      deviate: weakest(inWays.map(sureOf)),
      tested: tested[index] === true && leader.clusters.size >= MIN_TELLING,
      aliases: followers.map(({ candidate }) => candidate.feature).sort(compareText),
    };
  });
  const correct = (deviateOf: (each: (typeof judged)[number]) => number): number[] => {
    const corrected = benjaminiHochberg(
      judged.filter((each) => each.tested).map((each) => twoSided(deviateOf(each))),
    );
    let next = 0;
    return judged.map((each) => (each.tested ? Math.min(1, (corrected[next++] ?? 1) / scale) : 1));
  };
  const pValues = correct(({ deviate }) => deviate);
  const firstPValues = correct(({ first }) => first);
  const alone = judged.map((each, index) => ({ ...each, pValue: pValues[index] ?? 1 }));
  // What stands out in the first way alone is not asserted, and still may be what explains another.
  const standing = alone
    .filter((_, index) => (firstPValues[index] ?? 1) <= wanted)
    .sort((a, b) => Math.abs(b.first) - Math.abs(a.first));
  const strongest = standing.map(({ score }) => score);
  const [inFirst, ...inOthers] = ways.columns.map((columnsOf) =>
    besideOthers(ways, columnsOf, strongest, wanted * EXPLAINED_SHARE),
  );
  standing.forEach((each, index) => {
    const least = inOthers.length === 0 ? 0 : Math.min(...inOthers.map((beside) => beside[index] ?? 0));
    const beside = Math.max(inFirst?.[index] ?? 0, least);
    each.pValue = Math.min(1, Math.max(each.pValue, beside / EXPLAINED_SHARE));
  });
  const tasks = new Set(runs.map(({ task }) => task)).size;
  return alone
    .map((each) => verdictOf(ways, tasks, each, wanted))
    .sort((a, b) => a.pValue - b.pValue || compareText(a.feature, b.feature));
}

interface Found {
  score: Score;
  inWays: readonly Judged[];
  deviate: number;
  aliases: string[];
  pValue: number;
}

function verdictOf(
  { comparison, dispersion }: Ways,
  tasks: number,
  { score, inWays, deviate, aliases, pValue }: Found,
  level: number,
): Verdict {
  const { effect, interval } = effectAcross(inWays, dispersion);
  const asserted = pValue <= level && effect * deviate > 0;
  return {
    feature: score.candidate.feature,
    aliases,
    counts: countsOf(comparison.runs, score.candidate.runs),
    tasks: comparison.compared === 'trials' ? score.varies : tasks,
    effect,
    interval,
    verb: effect > 0 ? 'prefer' : 'avoid',
    state: asserted ? 'asserted' : 'candidate',
    confidence: asserted ? confidenceOf(pValue / level, score.clusters.size, comparison.compared) : 'LOW',
    pValue,
    compared: comparison.compared,
  };
}

const simplerFirst = (a: string, b: string): number => a.length - b.length || compareText(a, b);
