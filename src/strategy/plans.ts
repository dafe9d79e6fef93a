/** Which plans a task could be run by. */
import { UnknownAgentError } from '../shared/errors.js';
import { planKey } from '../shared/plan-key.js';
import type { Plan, PlannedAgent, PlanRequest } from '../shared/task.js';
import type { CapableAgent } from './analyze-task.js';

/** An agent as the configuration declares it. */
interface OfferedAgent extends PlannedAgent, CapableAgent {
  /** Whether it is declared with a program that judges its work. */
  verified?: boolean;
}

/** What a plan is worth besides success, and what is held. */
interface SelectionWeights {
  /** USD a task, on average over the tenant's tasks; none is held when absent. */
  budget?: number;
  /** Success that one USD, and one hour, are worth. */
  rewardPerUsd: number;
  rewardPerHour: number;
}

/** The agents and plans that the configuration offers, and how they are to be chosen from. */
export interface PlanOffer {
  agents: readonly OfferedAgent[];
  plans: readonly PlanRequest[];
  /** Absent: by success alone, and nothing is proposed besides agents alone and plans. */
  selection?: SelectionWeights & { proposals: boolean };
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
  const { capabilities: _, verified: _verified, ...planned } = found;
  return planned;
}

/**
 * The plans to choose among: each eligible agent alone, and the configured plans whose agents are all eligible.
 *
 * @param allowed agent types the caller allows; all when absent
 * @throws UnknownAgentError when `allowed` names an agent that is not declared
 */
export function candidatePlans(offer: PlanOffer, allowed?: readonly string[]): Plan[] {
  const known = offer.agents.map((agent) => agent.type);
  const unknown = allowed?.find((type) => !known.includes(type));
  if (unknown !== undefined) throw new UnknownAgentError(unknown, known);
  const eligible = new Set(known.filter((type) => allowed === undefined || allowed.includes(type)));
  return resolvedOnce(
    [
      ...[...eligible].map((type): PlanRequest => ({ strategy: 'single', agents: [type] })),
      ...offer.plans.filter((plan) => plan.agents.every((type) => eligible.has(type))),
    ],
    offer.agents,
  );
}

/** Resolved, each key once: of several with the same key the last. */
export const resolvedOnce = (requests: readonly PlanRequest[], agents: PlanOffer['agents']): Plan[] => [
  ...new Map(requests.map((request) => [planKey(request), resolvePlan(request, agents)])).values(),
];

/** All agents that a plan may call. */
export const agentsOf = ({ agents, verifier }: Plan): string[] =>
  [...agents, ...(verifier === undefined ? [] : [verifier])].map(({ type }) => type);
