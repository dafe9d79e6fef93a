import type { Attempt, Plan } from '../../shared/task.js';
import { callAgent } from '../call-agent.js';
import type { TaskRun } from '../task-run.js';
import { decidedBy, failedPlan, type PlanOutcome } from './plan-outcome.js';

/**
 * Agents in order, each seeing the earlier reports. With `onFailure: next` the agents are fallbacks: the
 * first that does not fail ends the plan, and each starts from the untouched source. With `stop` they are
 * stages: all have to run, each goes on from the changes of the one before, and the first that fails ends the
 * plan.
 */
export async function sequential(run: TaskRun, plan: Plan): Promise<PlanOutcome> {
  const earlier: Attempt[] = [];
  for (const agent of plan.agents) {
    const change = plan.onFailure === 'stop' ? earlier.at(-1)?.change : undefined;
    const attempt = await callAgent(run, agent, {
      earlier,
      ...(change === undefined ? {} : { changes: [change] }),
    });
    earlier.push(attempt);
    const failed = attempt.success === false;
    if (plan.onFailure === 'stop' ? failed : !failed) break;
  }
  const last = earlier.at(-1);
  return last === undefined ? failedPlan('the plan names no agent') : decidedBy(last);
}
