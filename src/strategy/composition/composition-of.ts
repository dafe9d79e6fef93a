/** What selection asks of a plan of several agents before it has a record of its own. */
import { planKey } from '../../shared/plan-key.js';
import type { PlanRequest } from '../../shared/task.js';
import type { Composition } from '../selection/expectation.js';
import { parsePlanKey } from './parse-plan.js';
import { type Judged, promiseOf } from './promise-of.js';

/** The plan that runs one agent alone, as evidence and belief name it. */
export const singleKey = (agent: string): string => planKey({ strategy: 'single', agents: [agent] });

/**
 * What plans of several agents promise by what is believed of each agent alone and by the handovers between them, as
 * those were last fitted. A plan that cannot be read from its key is one of those that are pooled.
 */
export function compositionOf(judged: Judged): Composition {
  const plans = new Map<string, PlanRequest | null>();
  return (key, category, believed) => {
    const known = plans.get(key);
    const plan = known === undefined ? parsePlanKey(key) : known;
    plans.set(key, plan);
    if (plan === null || plan.strategy === 'single') return null;
    return promiseOf(plan, (agent) => believed(singleKey(agent), category), judged);
  };
}
