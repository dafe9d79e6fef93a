import type { Json } from '../../shared/agent-contract.js';
import type { Attempt, Outcome, Plan } from '../../shared/task.js';
import { callAgent } from '../call-agent.js';
import type { TaskRun } from '../task-run.js';
import { decidedBy, failedPlan, type PlanOutcome } from './plan-outcome.js';

/**
 * Several agents do the same task independently. An answer that was verified wins; else the plan's verifier
 * agent decides, by its output `{ "winner": <index or agent type> }`; else the answer that more than half of
 * the agents gave.
 */
export async function consensus(run: TaskRun, plan: Plan): Promise<PlanOutcome> {
  const atOnce = plan.agents.length;
  const attempts = await Promise.all(plan.agents.map((agent) => callAgent(run, agent, { atOnce })));
  const verified = attempts.find(({ success, source }) => success === true && source === 'verifier');
  if (verified !== undefined) return decidedBy(verified);
  const standing = attempts.filter(({ success }) => success !== false);
  if (standing.length === 0) return failedPlan('all agents failed');
  if (plan.verifier !== undefined) {
    const verdict = await callAgent(run, plan.verifier, {
      role: 'verifier',
      earlier: attempts,
      candidates: attempts.flatMap(({ change }) => change ?? []),
    });
    const winner = winnerOf(verdict.report.output ?? null, attempts);
    const accepted = verdict.report.success;
    if (accepted === false || winner === undefined)
      return failedPlan(
        `${plan.verifier.type} accepted no answer${verdict.reason === undefined ? '' : `: ${verdict.reason}`}`,
      );
    const decided = decidedBy(winner);
    const outcome: Outcome = { success: accepted ?? winner.success, source: 'verifier' };
    return { ...decided, outcome, words: [{ ...outcome, by: plan.verifier.type }] };
  }
  const winner = majority(standing, plan.agents.length);
  return winner === undefined
    ? failedPlan(`no answer was given by more than half of the ${plan.agents.length} agents`)
    : decidedBy(winner);
}

function winnerOf(output: Json, attempts: readonly Attempt[]): Attempt | undefined {
  const named =
    typeof output === 'object' && output !== null && !Array.isArray(output) ? output['winner'] : output;
  return typeof named === 'number' ? attempts[named] : attempts.find(({ agentType }) => agentType === named);
}

/** The first attempt whose answer more than half of all agents gave. */
function majority(standing: readonly Attempt[], agents: number): Attempt | undefined {
  const answers = standing.map(({ report }) => canonical(report.output ?? null));
  return standing.find(
    (_, index) => answers.filter((answer) => answer === answers[index]).length * 2 > agents,
  );
}

/** JSON with sorted keys: equal answers give equal texts. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
  return `{${entries.join(',')}}`;
}
