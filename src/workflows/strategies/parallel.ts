import { patched } from '@temporalio/workflow';
import type { Json } from '../../shared/agent-contract.js';
import { moreTrusted, overrules } from '../../shared/outcome.js';
import type { Attempt, Outcome, Plan } from '../../shared/task.js';
import { callAgent } from '../call-agent.js';
import type { TaskRun } from '../task-run.js';
import { allEnded } from './all-ended.js';
import { outcomeOf, type PlanOutcome } from './plan-outcome.js';

/**
 * Independent agents at once. Their outputs are merged by agent type; the plan succeeds when all of them do,
 * and its outcome is known when all of theirs are. Of changes to workspaces, which may contradict each other,
 * one wins: that of the first agent, in the plan's order, whose success is the surest.
 */
export async function parallel(run: TaskRun, plan: Plan): Promise<PlanOutcome> {
  const atOnce = plan.agents.length;
  const attempts = await allEnded(plan.agents.map((agent) => callAgent(run, agent, { atOnce })));
  for (const attempt of attempts) attempt.decisive = true;
  const failures = attempts.filter(({ success }) => success === false);
  const outcome = outcomeOfAll(attempts);
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

/** The most trusted "no"; without any, the least trusted of the others, since all of them have to hold. */
function outcomeOfAll(attempts: readonly Attempt[]): Outcome {
  const of = (which: boolean | null): Outcome[] =>
    attempts.filter(({ success }) => success === which).map(outcomeOf);
  const weaker = (one: Outcome, other: Outcome): Outcome => (overrules(one, other) ? one : other);
  const [failure, ...failures] = of(false);
  const [unknown] = of(null);
  const [success, ...successes] = of(true);
  const outcome: Outcome =
    failure !== undefined
      ? failures.reduce(moreTrusted, failure)
      : (unknown ?? (success === undefined ? nobody : successes.reduce(weaker, success)));
  const earlier = outcomeBefore(attempts);
  const same = outcome.source === earlier.source && (outcome.precedence ?? 0) === 0;
  return same || patched('journeyman: parts keep their trust') ? outcome : earlier;
}

const nobody: Outcome = { success: null, source: 'agent' };

/** As it was for tasks that began on an earlier version. */
function outcomeBefore(attempts: readonly Attempt[]): Outcome {
  const known = attempts.every(({ success }) => success !== null);
  const verified = attempts.every(({ source }) => source === 'verifier');
  return {
    success: attempts.some(({ success }) => success === false) ? false : known ? true : null,
    source: verified ? 'verifier' : 'agent',
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
