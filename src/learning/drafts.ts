/** From a chosen reading to the learning that it supports. Pure. */
import type { Chosen } from './choose-readings.js';
import { lessonActionOf } from './feature.js';
import type { PaceVerdict } from './inference/judge.js';
import type { Verdict } from './inference/verdict.js';
import { type LearningContent, type Pace, weightOf } from './learning.js';
import type { PatternGroup, StoredObservation } from './observations.js';
import { actionWording, paceWording, planWording, recoveryWording, type Wording } from './wording.js';

/** When and by whom a pattern was seen. */
interface Sighting {
  first: Date;
  last: Date;
  agentTypes: string[];
}

/** A learning before it is compared with what is stored. */
export interface LearningDraft extends LearningContent {
  id: string;
  seen: Sighting;
  /** Whether outcomes that it was drawn from before were corrected: its words are renewed then. */
  isAfresh?: boolean;
}

/** The learning of a reading. */
export function draftOf(
  { reading, state, confidence }: Chosen,
  { kind, group }: PatternGroup,
  rows: readonly StoredObservation[],
): LearningDraft {
  const { id, type, feature } = reading;
  const verdict = { ...reading.verdict, state, confidence };
  const { verb, counts, pValue, tasks, compared, aliases } = verdict;
  const isPace = 'measure' in verdict;
  const common = { verb, confidence, counts, pValue };
  return {
    id,
    type,
    ...wordingOf({ kind, group }, reading.feature, verdict),
    ...common,
    stated: counts,
    state,
    category: kind === 'recovery' ? mostFrequentCategory(rows) : group,
    signature: kind === 'recovery' ? group : null,
    action: lessonActionOf(verb, feature),
    retiredBecause: null,
    supersededBy: null,
    tasks,
    compared,
    effect: isPace ? null : verdict.effect,
    interval: isPace ? null : verdict.interval,
    pace: isPace ? paceOf(verdict) : null,
    pattern: { kind, group, action: verdict.feature },
    groups: [group],
    aliases: [...aliases],
    weight: weightOf(common),
    seen: sightingOf(rows, verdict.feature),
  };
}

const paceOf = ({ measure, ratio, interval }: PaceVerdict): Pace => ({ measure, ratio, interval });

function wordingOf(
  { kind, group }: PatternGroup,
  feature: Chosen['reading']['feature'],
  verdict: Verdict | PaceVerdict,
): Wording {
  if ('measure' in verdict) return paceWording(group, feature, verdict);
  if (kind === 'recovery') return recoveryWording(group, feature, verdict);
  return kind === 'plan' ? planWording(group, feature, verdict) : actionWording(group, feature, verdict);
}

function mostFrequentCategory(rows: readonly StoredObservation[]): string | null {
  const times = new Map<string, number>();
  for (const { category } of rows) times.set(category, (times.get(category) ?? 0) + 1);
  const [first] = [...times].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
  return first?.[0] ?? null;
}

/** When and by whom a feature was shown, as far as the rows go back. */
function sightingOf(rows: readonly StoredObservation[], feature: string): Sighting {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const agentTypes = new Set<string>();
  for (const { features, at, agent } of rows) {
    if (!features.includes(feature)) continue;
    first = Math.min(first, at);
    last = Math.max(last, at);
    for (const type of agent.split('+')) agentTypes.add(type);
  }
  return { first: new Date(first), last: new Date(last), agentTypes: [...agentTypes].sort() };
}
