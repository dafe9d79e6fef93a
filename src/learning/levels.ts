/** How the chance of a false assertion is shared out among the groups of a tenant. Pure. */
import { LEVEL, shareOfLevel } from './inference/judge.js';
import type { ObservationGroup } from './observations.js';
import { type ObservedKind, observedKinds } from './observations-of.js';

/** What is judged in the groups of a kind: who succeeds, and by each of three measures who is quicker. */
const shares: Record<ObservedKind, { success: number; pace: number }> = {
  action: { success: 0.4, pace: 0.05 },
  recovery: { success: 0.3, pace: 0 },
  plan: { success: 0.1, pace: 0.15 },
};

/** Levels of one group. */
export interface Levels {
  success: number;
  /** Of each measure. */
  pace: number;
}

const PACE_MEASURES = 3;

/**
 * The level at which each group is judged; all of them together come to {@link LEVEL} at most, whatever is judged and
 * however many groups there are, so that a lesson which luck made is rare in the whole tenant. Within a kind a group
 * gets the share of the rows seen that are its own (a Bonferroni correction whose weights depend on how much was
 * seen, never on how it went). What a group may spend at each of its looks, `judge` budgets itself.
 *
 * @returns by group `_id`
 */
export function levelsOf(
  groups: readonly Pick<ObservationGroup, '_id' | 'kind' | 'seen'>[],
): ReadonlyMap<string, Levels> {
  const levels = new Map<string, Levels>();
  for (const kind of observedKinds) {
    const ofKind = groups.filter((group) => group.kind === kind);
    const all = ofKind.reduce((sum, { seen }) => sum + seen, 0);
    for (const { _id, seen } of ofKind) {
      const part = LEVEL * shareOfLevel(seen, all);
      levels.set(_id, {
        success: part * shares[kind].success,
        pace: (part * shares[kind].pace) / PACE_MEASURES,
      });
    }
  }
  return levels;
}
