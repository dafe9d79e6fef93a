/** How far what a plan's agents say of their own work is believed. */
import { meanTrustOf } from '../evidence/claims.js';
import { parsePlanKey } from './composition/parse-plan.js';
import type { PlanTrust } from './evidence-rows.js';

/** Of an agent that nobody has checked. */
const UNCHECKED = meanTrustOf({});

/**
 * The mean of the agents' trust, as the sums do not tell whose word decided. A plan of one agent has that agent's
 * own trust.
 *
 * @param trust by agent type; those that are missing have never been checked
 */
export function planTrust(agents: readonly string[], trust: ReadonlyMap<string, PlanTrust>): PlanTrust {
  const known = agents.length === 0 ? [UNCHECKED] : agents.map((agent) => trust.get(agent) ?? UNCHECKED);
  const mean = (of: (trust: PlanTrust) => number): number =>
    known.reduce((sum, each) => sum + of(each), 0) / known.length;
  return { success: mean(({ success }) => success), failure: mean(({ failure }) => failure) };
}

/** The agents that do a plan's work, told from its key: `sequential!(a>b|judge)` is of `a` and `b`. */
export const agentsOfKey = (key: string): string[] => parsePlanKey(key)?.agents ?? [];
