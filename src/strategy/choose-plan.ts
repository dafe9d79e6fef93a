/** The choice of a plan for a task, from what is known of the tenant's plans. Pure. */
import { seededUniform } from '../evidence/random.js';
import { ErrorType, InvalidInputError } from '../shared/errors.js';
import { strategyIdOf } from '../shared/plan-key.js';
import type { PlanPreference } from '../shared/plan-preference.js';
import type { Plan, PlanChoice, PlanRequest, TaskAnalysis } from '../shared/task.js';
import type { LearningMode } from '../shared/terms.js';
import type { CombinedAgents } from './composition/combine-agents.js';
import { agentsOf, candidatePlans, type PlanOffer, resolvedOnce } from './plans.js';
import { preferSuggested } from './prefer-suggested.js';
import { preferDecided, withPreferred } from './preferences.js';
import { reasonOf } from './reason.js';
import type { PlanBelief } from './selection/select-plan.js';
import type { TenantEvidence } from './tenant-evidence.js';

export interface SelectionRequest {
  analysis: TaskAnalysis | null;
  /** Seeds the draw; an execution asks as often as it likes and is answered the same. */
  executionId: string;
  learning: LearningMode;
  agents?: readonly string[];
  plan?: PlanRequest;
  /** USD a task, to be held on average over the tenant's tasks; the configuration's when absent. */
  budget?: number;
  /** Whether a program judges each agent's work, besides those that agents are declared with. */
  verified?: boolean;
}

/** The category that plans are judged in. */
export const categoryOf = ({ analysis }: Pick<SelectionRequest, 'analysis'>): string =>
  analysis?.category ?? 'unknown';

/**
 * The plans that a request may be met by.
 *
 * @throws UnknownAgentError when the request names an agent that is not declared
 * @throws InvalidInputError when there is none
 */
export function plansFor(offer: PlanOffer, { agents }: Pick<SelectionRequest, 'agents'>): Plan[] {
  const plans = candidatePlans(offer, agents);
  if (plans.length === 0)
    throw new InvalidInputError('agents', agents ?? [], `at least one declared agent (${ErrorType.noPlan})`);
  return plans;
}

/**
 * Chooses a plan by what is known, and says why.
 *
 * @param evidence the tenant's
 * @param now epoch milliseconds; agents that nobody answered for lately are left out, unless no plan is left then
 * @param decided what the tenant's people decided on advice, for all categories
 * @throws as {@link plansFor} does
 */
export function choosePlan(
  evidence: TenantEvidence,
  offer: PlanOffer,
  request: SelectionRequest,
  now: number,
  decided: readonly PlanPreference[] = [],
): PlanChoice {
  const category = categoryOf(request);
  const { plans: answered, unavailable } = answering(plansFor(offer, request), (agent) =>
    evidence.isLeftOut(agent, now),
  );
  const preferences = decided.filter((preference) => preference.category === category);
  const available = withPreferred(answered, preferences, offer);
  const { rewardPerUsd = 0, rewardPerHour = 0 } = offer.selection ?? {};
  const held = request.budget ?? offer.selection?.budget;
  const { plans, combined } = consideredPlans(evidence, offer, request, available, held);
  const introduced = plans.map(({ key }) => key).filter((key) => !evidence.knows(key));
  const byKey = new Map(plans.map((plan) => [plan.key, plan]));
  const uniform = seededUniform(`${request.executionId}/plan`);
  const suggested = new Set(request.analysis?.suggestedAgents);
  const budgeted = held === undefined ? {} : { budget: held };
  const learned = preferSuggested(
    evidence.choose(
      {
        category,
        plans: [...byKey.keys()],
        rewardPerUsd,
        rewardPerHour,
        ...budgeted,
      },
      uniform,
      combined,
    ),
    (key) => byKey.get(key)?.agents.every(({ type }) => suggested.has(type)) === true,
    uniform,
  );
  const { selection, preferred } = preferDecided(learned, preferences, uniform);
  const { beliefs, price, explored } = selection;
  const plan = byKey.get(selection.plan);
  const own = beliefs.find((belief) => belief.plan === selection.plan);
  if (plan === undefined || own === undefined)
    throw new Error(`Chose ${selection.plan}, which is no candidate`);
  return {
    strategyId: strategyIdOf(plan.key, category),
    plan,
    confidence: own.mean,
    propensity: own.propensity,
    source: 'posterior',
    reason: reasonOf({
      category,
      plan: plan.key,
      beliefs,
      explored,
      price,
      budget: held,
      introduced,
      unavailable,
      preferred,
    }),
    candidates: beliefs.map(candidateOf),
    learning: request.learning,
    price,
    ...(introduced.length === 0 ? {} : { introduced }),
    ...(unavailable.length === 0 ? {} : { unavailable }),
    ...(explored && preferred === null ? { explored } : {}),
    ...(preferred === null ? {} : { preferred: preferred.id }),
  };
}

/** The available plans and those that are proposed besides, with what their agents promise together. */
function consideredPlans(
  evidence: TenantEvidence,
  offer: PlanOffer,
  request: SelectionRequest,
  available: readonly Plan[],
  budget: number | undefined,
): { plans: readonly Plan[]; combined?: CombinedAgents } {
  const { rewardPerUsd = 0, rewardPerHour = 0, proposals = false } = offer.selection ?? {};
  const agents = available.flatMap(({ strategy, agents }) =>
    strategy === 'single' ? agents.map(({ type }) => type) : [],
  );
  if (!proposals && available.every(({ strategy }) => strategy === 'single')) return { plans: available };
  const judged = offer.agents.filter(({ verified }) => verified === true).map(({ type }) => type);
  const combined = evidence.combine({
    category: categoryOf(request),
    agents,
    verified: request.verified === true || agents.every((type) => judged.includes(type)),
    rewardPerUsd,
    rewardPerHour,
    ...(budget === undefined ? {} : { budget }),
    ...(request.analysis === null
      ? {}
      : { complexity: request.analysis.complexity, suggested: request.analysis.suggestedAgents }),
  });
  const proposed = proposals ? resolvedOnce(combined.proposals, offer.agents) : [];
  const known = new Set(available.map(({ key }) => key));
  return { plans: [...available, ...proposed.filter(({ key }) => !known.has(key))], combined };
}

const candidateOf = ({ plan, propensity, mean, executions, deviation, cost, seconds }: PlanBelief) => ({
  key: plan,
  propensity,
  mean,
  executions,
  deviation,
  cost,
  duration: seconds,
});

/** Plans without those whose agents are left out; all of them where none would be left. */
function answering(plans: readonly Plan[], isLeftOut: (agentType: string) => boolean) {
  const out = new Set([...new Set(plans.flatMap(agentsOf))].filter(isLeftOut));
  const left = plans.filter((plan) => agentsOf(plan).every((type) => !out.has(type)));
  return left.length === 0 ? { plans: [...plans], unavailable: [] } : { plans: left, unavailable: [...out] };
}
