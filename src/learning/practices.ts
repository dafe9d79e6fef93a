/** Best practices: what is better in every category and with every agent that was observed. Pure. */

import { normalTail, twoSided } from '../evidence/normal.js';
import { groupBy } from '../shared/group-by.js';
import type { LearningDraft } from './drafts.js';
import { lessonActionOf, parseFeature } from './feature.js';
import type { PatternCounts, Verdict } from './inference/verdict.js';
import { type Learning, learningId, weightOf } from './learning.js';
import type { SteadyFeature } from './observations.js';
import { practiceWording } from './wording.js';
import { deedOf } from './wording-feature.js';

/** Fewest categories. */
const MIN_CATEGORIES = 2;
/** Chance of such differing effects among equal ones below which they are not taken for one effect. */
const DIFFERING = 0.05;
/** Below it, what was taken for one effect no longer is. */
const SURELY_DIFFERING = 0.01;
/** Corrected p-value, and tasks, that very high confidence takes. */
const SURE = 0.001;
const MIN_TASKS = 20;
/** Even where all went one way, an effect is not known to a hundredth. */
const LEAST_ERROR = 0.02;

/** What is steady in one category, with the learning that says so. */
export interface SteadyLearning extends SteadyFeature {
  learning: Learning;
}

/**
 * The best practices among what is steady.
 *
 * @param known keys of the features of practices in use
 */
export function practiceDrafts(
  steady: readonly SteadyLearning[],
  known: ReadonlySet<string>,
): LearningDraft[] {
  const byFeature = groupBy(steady, ({ feature }) => feature);
  return [...byFeature].flatMap(([feature, members]) => {
    const limit = known.has(feature) ? SURELY_DIFFERING : DIFFERING;
    const draft = members.length < MIN_CATEGORIES ? null : practiceOf(feature, members, limit);
    return draft === null ? [] : [draft];
  });
}

function practiceOf(key: string, members: readonly SteadyLearning[], limit: number): LearningDraft | null {
  const feature = parseFeature(key);
  const pooled = pool(members.flatMap(({ cells }) => cells));
  const tasks = members.reduce((sum, { learning }) => sum + learning.tasks, 0);
  // It claims to hold in each of its categories, so it is as sure as the least sure of them.
  const pValue = Math.max(twoSided(pooled.effect / pooled.error), ...members.map((member) => member.pValue));
  if (deedOf(feature) === null || pooled.homogeneity < limit || pooled.effect <= 0) return null;
  if (pValue >= SURE || tasks < MIN_TASKS) return null;
  const groups = members.map(({ learning }) => learning.pattern.group ?? '').sort();
  const verdict: Verdict = {
    feature: key,
    aliases: [],
    counts: sumCounts(members.map(({ learning }) => learning.counts)),
    tasks,
    effect: pooled.effect,
    interval: [pooled.effect - 1.96 * pooled.error, pooled.effect + 1.96 * pooled.error],
    verb: 'prefer',
    state: 'asserted',
    confidence: 'VERY_HIGH',
    pValue,
    compared: 'trials',
  };
  const { verb, counts, confidence, effect, interval } = verdict;
  return {
    id: learningId('BEST_PRACTICE', verb, null, key),
    type: 'BEST_PRACTICE',
    ...practiceWording(feature, groups, verdict),
    ...{ verb, counts, stated: counts, confidence, pValue, tasks, effect, interval },
    state: 'asserted',
    compared: 'trials',
    pace: null,
    category: null,
    signature: null,
    action: lessonActionOf(verb, feature),
    retiredBecause: null,
    supersededBy: null,
    pattern: { kind: 'action', group: null, action: key },
    groups,
    aliases: [],
    weight: weightOf({ verb, confidence, counts, pValue }),
    seen: {
      first: new Date(Math.min(...members.map(({ learning }) => learning.firstSeen.getTime()))),
      last: new Date(Math.max(...members.map(({ learning }) => learning.lastSeen.getTime()))),
      agentTypes: [...new Set(members.flatMap(({ learning }) => learning.agentTypes))].sort(),
    },
  };
}

/**
 * One effect from several, each weighted by its precision, and how likely they differ so much by chance.
 *
 * @see W. G. Cochran, "The combination of estimates from different experiments", Biometrics 10 (1954); the tail of
 *   chi-square by E. B. Wilson and M. M. Hilferty, PNAS 17 (1931)
 */
export function pool(cells: readonly { effect: number; error: number }[]): {
  effect: number;
  error: number;
  homogeneity: number;
} {
  const weighted = cells.map(({ effect, error }) => ({
    effect,
    weight: 1 / Math.max(LEAST_ERROR, error) ** 2,
  }));
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return { effect: 0, error: 1, homogeneity: 1 };
  const effect = weighted.reduce((sum, cell) => sum + cell.weight * cell.effect, 0) / total;
  const q = weighted.reduce((sum, cell) => sum + cell.weight * (cell.effect - effect) ** 2, 0);
  const freedom = cells.length - 1;
  if (freedom === 0) return { effect, error: Math.sqrt(1 / total), homogeneity: 1 };
  const spread = 2 / (9 * freedom);
  const z = (Math.cbrt(q / freedom) - (1 - spread)) / Math.sqrt(spread);
  return { effect, error: Math.sqrt(1 / total), homogeneity: normalTail(z) };
}

function sumCounts(all: readonly PatternCounts[]): PatternCounts {
  const sum = (name: keyof PatternCounts): number => all.reduce((total, counts) => total + counts[name], 0);
  return {
    n: sum('n'),
    successes: sum('successes'),
    withoutN: sum('withoutN'),
    withoutSuccesses: sum('withoutSuccesses'),
  };
}
