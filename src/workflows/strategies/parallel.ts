import type { Json } from '../../shared/agent-contract.js';
import type { Outcome, Plan } from '../../shared/task.js';
import { callAgent } from '../call-agent.js';
import type { TaskRun } from '../task-run.js';
import type { PlanOutcome } from './plan-outcome.js';

/**
 * Independent agents at once. Their outputs are merged by agent type; the plan succeeds when all of them do,
 * and its outcome is known when all of theirs are.
 */
export async function parallel(run: TaskRun, plan: Plan): Promise<PlanOutcome> {
  const attempts = await Promise.all(plan.agents.map((agent) => callAgent(run, agent)));
  for (const attempt of attempts) attempt.decisive = true;
  const failures = attempts.filter(({ success }) => success === false);
  const known = attempts.every(({ success }) => success !== null);
  const verified = attempts.every(({ source }) => source === 'verifier');
  const outcome: Outcome = {
    success: failures.length > 0 ? false : known ? true : null,
    source: verified ? 'verifier' : 'agent',
  };
  const output: Record<string, Json> = {};
  attempts.forEach(({ agentType, report }, index) => {
    output[agentType in output ? `${agentType}#${index + 1}` : agentType] = report.output ?? null;
  });
  const reason = failures.map((attempt) => `${attempt.agentType}: ${attempt.reason ?? 'failed'}`).join('; ');
  return { outcome, output, ...(failures.length === 0 ? {} : { reason }) };
}
