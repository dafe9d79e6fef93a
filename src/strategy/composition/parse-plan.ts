/** Plans from their keys, for those that are known by their record alone. */
import { planKey } from '../../shared/plan-key.js';
import type { PlanRequest } from '../../shared/task.js';
import { type Strategy, strategies } from '../../shared/terms.js';

/** Agent types hold none of these. */
const SEPARATORS = /[>+/=]/;

/** The plan that a key names; null when it is not a key. See {@link planKey}. */
export function parsePlanKey(key: string): PlanRequest | null {
  const match = /^([a-z]+)(!?)\(([^()|]+)(?:\|([^()|]+))?\)$/.exec(key);
  const strategy = strategies.find((one): one is Strategy => one === match?.[1]);
  if (match === null || strategy === undefined) return null;
  const [, , stop, agents = '', verifier] = match;
  const plan: PlanRequest = {
    strategy,
    agents: agents.split(SEPARATORS),
    ...(stop === '!' ? { onFailure: 'stop' as const } : {}),
    ...(verifier === undefined ? {} : { verifier }),
  };
  return planKey(plan) === key ? plan : null;
}
