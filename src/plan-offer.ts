/** The declared agents and plans as selection and workflows see them. */
import { AgentRegistry } from './agents/registry.js';
import type { Config } from './config.js';
import { isHosted } from './shared/agent-declaration.js';
import type { PlanOffer } from './strategy/plans.js';

/** Turns a configuration into what can be chosen from. */
export function planOffer(config: Pick<Config, 'agents' | 'plans' | 'selection'>): PlanOffer {
  const registry = new AgentRegistry(config);
  return {
    agents: config.agents.map((agent) => ({
      type: agent.type,
      capabilities: agent.capabilities,
      ...(isHosted(agent) && agent.verify !== undefined ? { verified: true } : {}),
      taskQueue: registry.taskQueueOf(agent.type),
      hosted: isHosted(agent),
      idempotent: agent.idempotent,
      startToCloseSeconds: agent.limits.startToCloseSeconds,
      scheduleToStartSeconds: agent.limits.scheduleToStartSeconds,
      heartbeatSeconds: agent.limits.heartbeatSeconds,
      ...(isHosted(agent) && agent.limits.maxConcurrentTotal !== undefined
        ? { slotSeconds: agent.limits.scheduleToStartSeconds }
        : {}),
      ...(agent.kind === 'workflow'
        ? { workflow: { type: agent.workflowType, args: agent.args, result: agent.result } }
        : {}),
    })),
    plans: config.plans,
    selection: config.selection,
  };
}
