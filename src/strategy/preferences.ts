/** What people decided on advice, in the choice of plans: chance goes from a plan to the one that does its work otherwise. */
import { planKey } from '../shared/plan-key.js';
import type { PlanPreference } from '../shared/plan-preference.js';
import type { Plan } from '../shared/task.js';
import { parsePlanKey } from './composition/parse-plan.js';
import { type PlanOffer, resolvePlan } from './plans.js';
import type { PlanBelief, Selection } from './selection/select-plan.js';

/**
 * Share of a plan's chance that goes over. The rest stays, so that it can be measured whether the decision helped,
 * and so that no plan is shut out.
 */
export const PREFERRED_SHARE = 0.9;

/** The key of the plan that does the work of another as preferred; null where the preference does not concern it. */
export function preferredKey(key: string, { kind, instead, prefer }: PlanPreference): string | null {
  const plan = parsePlanKey(key);
  if (plan === null) return null;
  if (kind === 'parallel') {
    const [first, then] = plan.agents;
    if (plan.strategy !== 'sequential' || plan.agents.length !== 2 || first !== instead || then !== prefer)
      return null;
    const { onFailure: _, ...rest } = plan;
    return planKey({ ...rest, strategy: 'parallel' });
  }
  if (!plan.agents.includes(instead) || plan.agents.includes(prefer) || plan.verifier === prefer) return null;
  return planKey({ ...plan, agents: plan.agents.map((agent) => (agent === instead ? prefer : agent)) });
}

/**
 * The plans and those that preferences put in their place, each once.
 *
 * @param plans those that a task may be run by: preferred plans are of agents that are among them alone
 */
export function withPreferred(
  plans: readonly Plan[],
  preferences: readonly PlanPreference[],
  offer: PlanOffer,
): Plan[] {
  if (preferences.length === 0) return [...plans];
  const eligible = new Set(
    plans.flatMap(({ strategy, agents }) => (strategy === 'single' ? agents.map(({ type }) => type) : [])),
  );
  const all = new Map(plans.map((plan) => [plan.key, plan]));
  for (const preference of preferences)
    for (const plan of [...all.values()]) {
      const request = parsePlanKey(preferredKey(plan.key, preference) ?? '');
      if (request === null || !request.agents.every((type) => eligible.has(type))) continue;
      const key = planKey(request);
      if (all.has(key)) continue;
      const { approval } = plan;
      all.set(
        key,
        resolvePlan({ ...request, ...(approval === undefined ? {} : { approval }) }, offer.agents),
      );
    }
  return [...all.values()];
}

/**
 * Moves chance to the preferred plans, one preference after another. A choice of a plan that loses chance is drawn
 * again accordingly, so that propensities stay exact.
 *
 * @param uniform draws from [0, 1)
 * @returns the selection, and the preference that changed the draw last, where one did
 */
export function preferDecided(
  selection: Selection,
  preferences: readonly PlanPreference[],
  uniform: () => number,
): { selection: Selection; preferred: PlanPreference | null } {
  const beliefs = new Map<string, PlanBelief>(selection.beliefs.map((belief) => [belief.plan, belief]));
  let { plan } = selection;
  let preferred: PlanPreference | null = null;
  for (const preference of preferences) {
    // All moves of a preference are of the chances before it: what goes over does not go further by it.
    const before = [...beliefs.values()];
    const drawnAgain = uniform() < PREFERRED_SHARE;
    const chosen = plan;
    for (const { plan: key, propensity } of before) {
      const to = preferredKey(key, preference);
      const [from, target] = [beliefs.get(key), beliefs.get(to ?? '')];
      if (from === undefined || target === undefined) continue;
      const moved = PREFERRED_SHARE * propensity;
      beliefs.set(key, { ...from, propensity: from.propensity - moved });
      beliefs.set(target.plan, { ...target, propensity: target.propensity + moved });
      if (chosen !== key || !drawnAgain) continue;
      plan = target.plan;
      preferred = preference;
    }
  }
  const sorted = [...beliefs.values()].sort(
    (one, other) => other.propensity - one.propensity || other.mean - one.mean,
  );
  return { selection: { ...selection, plan, beliefs: sorted }, preferred };
}
