/** Which plans a task could be run by. */
import { UnknownAgentError } from '../shared/errors.js';
import { planKey } from '../shared/plan-key.js';
import type { Plan, PlannedAgent, PlanRequest, TaskAnalysis } from '../shared/task.js';
import type { CapableAgent } from './analyze-task.js';

/** The agents and plans that the configuration offers. */
export interface PlanOffer {
  agents: readonly (PlannedAgent & CapableAgent)[];
  plans: readonly PlanRequest[];
}

/**
 * Turns a request into a plan with all that is needed to call its agents.
 *
 * @throws UnknownAgentError when the configuration does not declare an agent
 */
export function resolvePlan(request: PlanRequest, agents: PlanOffer['agents']): Plan {
  const agentOf = (type: string): PlannedAgent => plannedAgent(type, agents);
  return {
    key: planKey(request),
    strategy: request.strategy,
    agents: request.agents.map(agentOf),
    onFailure: request.onFailure ?? 'next',
    ...(request.verifier === undefined ? {} : { verifier: agentOf(request.verifier) }),
    ...(request.approval === undefined ? {} : { approval: request.approval }),
  };
}

/**
 * What a workflow needs to call an agent.
 *
 * @throws UnknownAgentError when the configuration does not declare it
 */
export function plannedAgent(type: string, agents: PlanOffer['agents']): PlannedAgent {
  const found = agents.find((agent) => agent.type === type);
  if (found === undefined)
    throw new UnknownAgentError(
      type,
      agents.map((agent) => agent.type),
    );
  const { capabilities: _, ...planned } = found;
  return planned;
}

/**
 * The plans to choose among: each eligible agent alone, the configured plans whose agents are all eligible,
 * and for a complex task that needs several capabilities the suggested agents one after another.
 *
 * @param allowed agent types the caller allows; all when absent
 * @throws UnknownAgentError when `allowed` names an agent that is not declared
 */
export function candidatePlans(
  offer: PlanOffer,
  analysis: TaskAnalysis | null,
  allowed?: readonly string[],
): Plan[] {
  const known = offer.agents.map((agent) => agent.type);
  const unknown = allowed?.find((type) => !known.includes(type));
  if (unknown !== undefined) throw new UnknownAgentError(unknown, known);
  const eligible = known.filter((type) => allowed === undefined || allowed.includes(type));
  const requests: PlanRequest[] = [
    ...eligible.map((type): PlanRequest => ({ strategy: 'single', agents: [type] })),
    ...offer.plans.filter((plan) => plan.agents.every((type) => eligible.includes(type))),
  ];
  const suggested = analysis?.suggestedAgents.filter((type) => eligible.includes(type)) ?? [];
  if (suggested.length > 1 && (analysis?.complexity === 'COMPLEX' || analysis?.complexity === 'VERY_COMPLEX'))
    requests.push({ strategy: 'sequential', agents: suggested });
  const plans = new Map(requests.map((request) => [planKey(request), resolvePlan(request, offer.agents)]));
  return [...plans.values()];
}
