import { patched } from '@temporalio/workflow';
import type { Json } from '../../shared/agent-contract.js';
import { canonicalJson } from '../../shared/canonical-json.js';
import { MAX_REASON_CHARS } from '../../shared/sizes.js';
import type { Attempt, Outcome, Plan, PlannedAgent } from '../../shared/task.js';
import type { Word } from '../../shared/verdict.js';
import { callAgent } from '../call-agent.js';
import type { TaskRun } from '../task-run.js';
import { allEnded } from './all-ended.js';
import { decidedBy, failedPlan, type PlanOutcome } from './plan-outcome.js';

/**
 * Several agents do the same task independently. An answer that was verified wins; else the plan's verifier
 * agent decides, by its output `{ "winner": <index or agent type> }`; else the answer that more than half of
 * the agents gave.
 */
export async function consensus(run: TaskRun, plan: Plan): Promise<PlanOutcome> {
  const atOnce = plan.agents.length;
  const attempts = await allEnded(plan.agents.map((agent) => callAgent(run, agent, { atOnce })));
  const verified = attempts.find(({ success, source }) => success === true && source === 'verifier');
  if (verified !== undefined) return decidedBy(verified);
  const standing = attempts.filter(({ success }) => success !== false);
  if (standing.length === 0) return failedPlan('all agents failed');
  if (plan.verifier !== undefined) return judged(run, plan.verifier, attempts, standing);
  const winner = majority(standing, plan.agents.length);
  return winner === undefined
    ? failedPlan(`no answer was given by more than half of the ${plan.agents.length} agents`)
    : decidedBy(winner);
}

/** Lets an agent decide among the answers that nobody found wrong. Its word is a verifier's. */
async function judged(
  run: TaskRun,
  judge: PlannedAgent,
  attempts: readonly Attempt[],
  standing: readonly Attempt[],
): Promise<PlanOutcome> {
  const verdict = await callAgent(run, judge, {
    role: 'verifier',
    earlier: attempts,
    candidates: attempts.flatMap(({ change }) => change ?? []),
  });
  const answer = verdict.report.output ?? null;
  if (!patched('journeyman: judges choose among what stands'))
    return judgedBefore(judge, verdict, namedBy(answer, attempts, attempts));
  const named = namedBy(answer, attempts, standing);
  const { success: said } = verdict.report;
  const why = verdict.reason ?? verdict.report.errors[0];
  const word = (success: boolean | null): Word[] => [
    {
      success,
      source: 'verifier',
      by: judge.type,
      ...(why === undefined ? {} : { reason: why.slice(0, MAX_REASON_CHARS) }),
    },
  ];
  // A verifier's own attempt fails when it gave no verdict.
  if (verdict.success === false)
    return {
      ...failedPlan(`${judge.type} gave no verdict: ${verdict.reason ?? 'it failed'}`),
      words: word(null),
    };
  const accepted = `${judge.type} accepted no answer${why === undefined ? '' : `: ${why}`}`;
  if (said === false)
    return { ...failedPlan(accepted), outcome: { success: false, source: 'verifier' }, words: word(false) };
  if (named === undefined || !standing.includes(named))
    return { ...failedPlan(`${judge.type} named no answer that stands`), words: word(null) };
  const decided = decidedBy(named);
  return said === true
    ? { ...decided, outcome: { success: true, source: 'verifier' }, words: word(true) }
    : { ...decided, words: word(null) };
}

/** As it was for tasks that began on an earlier version. */
function judgedBefore(judge: PlannedAgent, verdict: Attempt, winner: Attempt | undefined): PlanOutcome {
  const accepted = verdict.report.success;
  if (accepted === false || winner === undefined)
    return failedPlan(
      `${judge.type} accepted no answer${verdict.reason === undefined ? '' : `: ${verdict.reason}`}`,
    );
  const decided = decidedBy(winner);
  const outcome: Outcome = { success: accepted ?? winner.success, source: 'verifier' };
  return { ...decided, outcome, words: [{ ...outcome, by: judge.type }] };
}

/** The answer that a judge names, by its place among all, or by an agent among those that stand. */
function namedBy(
  output: Json,
  attempts: readonly Attempt[],
  standing: readonly Attempt[],
): Attempt | undefined {
  const named =
    typeof output === 'object' && output !== null && !Array.isArray(output) ? output['winner'] : output;
  return typeof named === 'number' ? attempts[named] : standing.find(({ agentType }) => agentType === named);
}

/** The first attempt whose answer more than half of all agents gave. */
function majority(standing: readonly Attempt[], agents: number): Attempt | undefined {
  const answers = standing.map(({ report }) => canonicalJson(report.output ?? null));
  return standing.find(
    (_, index) => answers.filter((answer) => answer === answers[index]).length * 2 > agents,
  );
}
