import type { Json } from '../../shared/agent-contract.js';
import type { Attempt, Outcome, Plan } from '../../shared/task.js';
import { callAgent } from '../call-agent.js';
import type { TaskRun } from '../task-run.js';
import type { PlanOutcome } from './plan-outcome.js';

/**
 * Independent agents at once. Their outputs are merged by agent type; the plan succeeds when all of them do,
 * and its outcome is known when all of theirs are. Of changes to workspaces, which may contradict each other,
 * one wins: that of the first agent, in the plan's order, whose success is the surest.
 */
export async function parallel(run: TaskRun, plan: Plan): Promise<PlanOutcome> {
  const atOnce = plan.agents.length;
  const attempts = await Promise.all(plan.agents.map((agent) => callAgent(run, agent, { atOnce })));
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
  const winner = surest(attempts);
  return {
    outcome,
    output,
    ...(winner === undefined ? {} : { winner }),
    ...(failures.length === 0 ? {} : { reason }),
  };
}

/** Verified success before an agent's own word, and that before not knowing. */
function surest(attempts: readonly Attempt[]): Attempt | undefined {
  const sureness = ({ success, source }: Attempt): number =>
    success === null ? 0 : source === 'agent' ? 1 : 2;
  return attempts
    .filter(({ success }) => success !== false)
    .reduce<Attempt | undefined>(
      (best, attempt) => (best === undefined || sureness(attempt) > sureness(best) ? attempt : best),
      undefined,
    );
}
