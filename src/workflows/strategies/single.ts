import type { Plan } from '../../shared/task.js';
import { callAgent } from '../call-agent.js';
import type { TaskRun } from '../task-run.js';
import { decidedBy, failedPlan, type PlanOutcome } from './plan-outcome.js';

/** One agent does the task. */
export async function single(run: TaskRun, plan: Plan): Promise<PlanOutcome> {
  const [agent] = plan.agents;
  return agent === undefined ? failedPlan('the plan names no agent') : decidedBy(await callAgent(run, agent));
}
