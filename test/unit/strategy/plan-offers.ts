/** Offers and counters made up for tests of selection. */
import type { PlanOffer } from '../../../src/strategy/plans.js';
import type { KeyedCounter } from '../../../src/strategy/tenant-evidence.js';

const agent = (type: string) => ({
  type,
  capabilities: [],
  taskQueue: type,
  hosted: false,
  idempotent: false,
  startToCloseSeconds: 1,
  scheduleToStartSeconds: 1,
  heartbeatSeconds: 1,
});

export const offerOf = (types: readonly string[], more: Partial<PlanOffer> = {}): PlanOffer => ({
  agents: types.map(agent),
  plans: [],
  ...more,
});

/** Executions of an agent alone that ended in one minute, judged by others. */
export function executions(
  agentType: string,
  slot: number,
  given: { n?: number; successes?: number; category?: string; sums?: Record<string, number> } = {},
): KeyedCounter {
  const { n = 0, successes = 0, category = 'c', sums = {} } = given;
  const dimensions = { plan: `single(${agentType})`, category, slot: String(slot) };
  return {
    key: Object.values(dimensions).join('|'),
    projection: 'evidence',
    dimensions,
    sums: { executions: n, reward: successes * 1e6, rewardSquares: successes * 1e6, timed: n, ...sums },
  };
}

/** Claims of an agent that others judged. */
export const claims = (agentType: string, confirmed: number, overruled: number): KeyedCounter => ({
  key: `claims ${agentType}`,
  projection: 'claims',
  dimensions: { agentType },
  sums: { successesConfirmed: confirmed, successesOverruled: overruled },
});
