/** What is surely better in a category, and whether it is so with every agent. Pure. */

import { groupBy } from '../shared/group-by.js';
import type { LearningDraft } from './drafts.js';
import { verdictsOn } from './explain.js';
import type { Observation } from './inference/observation.js';
import type { SteadyFeature } from './observations.js';

const MAX_FEATURES = 10;
/** Tasks that tell before an agent's effect is looked at by itself. */
const MIN_TASKS = 3;
const Z_95 = 1.96;

/** Those of a category's success patterns that best practices may be drawn from, with their effects by agent. */
export function steadyAmong(drafts: readonly LearningDraft[], rows: readonly Observation[]): SteadyFeature[] {
  const sure = drafts
    .filter(
      ({ type, state, confidence }) =>
        type === 'SUCCESS_PATTERN' &&
        state === 'asserted' &&
        (confidence === 'HIGH' || confidence === 'VERY_HIGH'),
    )
    .sort((one, other) => one.pValue - other.pValue || (one.id < other.id ? -1 : 1))
    .slice(0, MAX_FEATURES);
  if (sure.length === 0) return [];
  const features = sure.map(({ pattern }) => pattern.action);
  const byAgent = [...groupBy(rows, ({ agent }) => agent)].sort(([one], [other]) => (one < other ? -1 : 1));
  const effects = byAgent.map(([agent, own]) => ({ agent, verdicts: verdictsOn(own, features, {}) }));
  return sure.map(({ pattern: { action: feature }, pValue }) => ({
    feature,
    pValue,
    cells: effects.flatMap(({ agent, verdicts }) => {
      const verdict = verdicts.get(feature);
      if (verdict === undefined || verdict.tasks < MIN_TASKS) return [];
      const [low, high] = verdict.interval;
      return [{ agent, effect: verdict.effect, error: (high - low) / (2 * Z_95) }];
    }),
  }));
}
