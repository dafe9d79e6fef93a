/** What is said of a result before it counts: by verifiers that are agents, and by a person. Workflow code only. */
import {
  type ActivityOptions,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  patched,
  proxyActivities,
} from '@temporalio/workflow';
import type { WorkspaceActivities } from '../shared/activities.js';
import type { ApprovalOutcome, ApprovalRequest } from '../shared/approval.js';
import { moreTrusted } from '../shared/outcome.js';
import { MAX_REASON_CHARS } from '../shared/sizes.js';
import type { Attempt, Outcome, PlannedAgent, ShownResult } from '../shared/task.js';
import type { Verifier, Word } from '../shared/verdict.js';
import { type CallOptions, isolationOf, precedenceOf } from './agent-task.js';
import { callAgent } from './call-agent.js';
import { CapReached } from './caps.js';
import { messageOf } from './failure-message.js';
import { fitShown } from './fit-result.js';
import type { PlanOutcome } from './strategies/plan-outcome.js';
import type { TaskRun } from './task-run.js';

const applying: ActivityOptions = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '20 seconds',
  // For a store that is away: whatever else is wrong, the activity itself gives up soon.
  scheduleToCloseTimeout: '10 minutes',
  retry: { maximumInterval: '20 seconds' },
};

/** Whether the plan may run. @returns how the task ends when it may not */
export async function permission(run: TaskRun): Promise<PlanOutcome | null> {
  for (const request of requested(run, 'before')) {
    const answer = await ask(run, request, null);
    if (!answer.approved) {
      const outcome: Outcome = { success: false, source: sourceOf(answer) };
      run.words.push({ ...outcome, by: answer.by, reason: rejected(answer) });
      return { outcome, output: null, reason: rejected(answer) };
    }
  }
  return null;
}

/** Lets all who have a say speak, notes every word, and puts an accepted change into its source. */
export async function judgeResult(run: TaskRun, ended: PlanOutcome): Promise<PlanOutcome> {
  const decisive = run.attempts.filter((attempt) => attempt.decisive);
  run.words.push(...decisive.flatMap(wordsOn), ...(ended.words ?? []));
  let judged = ended;
  // What no agent delivered cannot be judged.
  if (decisive.some(({ source }) => source !== 'system')) {
    for (const word of await askVerifiers(run, decisive, ended)) judged = taking(run, judged, word);
    if (judged.outcome.success !== false)
      for (const request of requested(run, 'after')) {
        // The first rejection stands, whoever else was to be asked.
        if (isRejected(run) && patched('journeyman: the first rejection stands')) break;
        judged = await review(run, judged, request);
      }
  }
  await apply(run, judged);
  return judged;
}

/** What was said of one attempt: by its agent, and by the programs that judged it. */
function wordsOn({ agentType, claimed, reason, words = [] }: Attempt): Word[] {
  if (claimed === undefined) return words;
  const own: Word = { success: claimed, source: 'agent', by: agentType };
  return [words.length === 0 && reason !== undefined ? { ...own, reason } : own, ...words];
}

function taking(run: TaskRun, known: PlanOutcome, word: Word): PlanOutcome {
  run.words.push(word);
  const { by, reason, ...said } = word;
  const outcome: Outcome = moreTrusted(known.outcome, said);
  if (outcome === known.outcome) return known;
  const { reason: _, ...rest } = known;
  return outcome.success === false
    ? { ...rest, outcome, reason: reason ?? `${by} says that it failed` }
    : { ...rest, outcome };
}

async function askVerifiers(run: TaskRun, decisive: readonly Attempt[], ended: PlanOutcome): Promise<Word[]> {
  const { verifiers = [] } = run.input;
  const words: Word[] = [];
  const change = ended.winner?.change;
  const options: CallOptions = {
    role: 'verifier',
    earlier: decisive,
    ...(change === undefined ? {} : { changes: [change] }),
  };
  for (const [index, verifier] of verifiers.entries()) {
    const agent = run.verifiers.find(({ type }) => type === agentOf(verifier));
    if (agent === undefined) continue;
    const { success, reason } = await verdictOf(run, agent, options);
    words.push({
      success,
      source: 'verifier',
      by: verifier.name,
      precedence: precedenceOf(verifiers, index),
      ...(reason === undefined ? {} : { reason: reason.slice(0, MAX_REASON_CHARS) }),
    });
  }
  return words;
}

/** What a verifier says of the work; nothing, when it breaks down or may not spend anything any more. */
async function verdictOf(
  run: TaskRun,
  agent: PlannedAgent,
  options: CallOptions,
): Promise<{ success: boolean | null; reason: string | undefined }> {
  try {
    const { success, report, reason = report.errors[0] } = await callAgent(run, agent, options);
    return { success: success === false ? null : report.success, reason };
  } catch (error) {
    if (!(error instanceof CapReached)) throw error;
    return { success: null, reason: error.message };
  }
}

const agentOf = (verifier: Verifier): string | undefined =>
  'agent' in verifier ? verifier.agent : undefined;

/** A person looks at the result. Silence is no word on it, though it may keep it from being accepted. */
async function review(run: TaskRun, known: PlanOutcome, request: ApprovalRequest): Promise<PlanOutcome> {
  const answer = await ask(run, request, known);
  if (answer.byDeadline) return answer.approved ? known : { ...known, reason: rejected(answer) };
  return taking(run, known, {
    success: answer.approved,
    source: 'human',
    by: answer.by,
    ...(answer.approved ? {} : { reason: rejected(answer) }),
  });
}

const isRejected = ({ approvals }: TaskRun): boolean => approvals.given.some(({ approved }) => !approved);

const requested = (run: TaskRun, when: ApprovalRequest['when']): ApprovalRequest[] =>
  [run.choice?.plan.approval, run.input.approval].filter(
    (request): request is ApprovalRequest => request?.when === when,
  );

async function ask(
  run: TaskRun,
  request: ApprovalRequest,
  result: PlanOutcome | null,
): Promise<ApprovalOutcome> {
  run.waitForPerson(true);
  try {
    return await run.approvals.ask(request, result === null ? undefined : shownOf(result));
  } finally {
    run.waitForPerson(false);
  }
}

/** What a person sees of a result that is to be decided on. */
function shownOf({ outcome, output, winner }: PlanOutcome): ShownResult {
  const change = winner?.change;
  return fitShown({ success: outcome.success, output, ...(change === undefined ? {} : { change }) });
}

const sourceOf = ({ byDeadline }: ApprovalOutcome): Outcome['source'] => (byDeadline ? 'system' : 'human');

const rejected = ({ by, byDeadline, comment }: ApprovalOutcome): string =>
  byDeadline ? 'not approved in time' : `rejected by ${by}${comment === undefined ? '' : `: ${comment}`}`;

/**
 * Puts the winner's change into the source, when it was asked for and the result is known to be good. Whoever
 * cancels the task meanwhile waits until it is known what became of the change.
 *
 * @throws CancelledFailure when the task was cancelled
 */
async function apply(run: TaskRun, { outcome, winner }: PlanOutcome): Promise<void> {
  const workspace = isolationOf(run.input);
  const change = winner?.change;
  if (workspace?.apply !== 'success' || change === undefined) return;
  const refused = run.approvals.given.find(({ approved }) => !approved);
  if (refused !== undefined) run.applied = { applied: false, reason: rejected(refused) };
  else if (outcome.success !== true)
    run.applied = { applied: false, reason: 'the result is not known to be good' };
  else {
    run.winner = winner;
    const waits = patched('journeyman: a change goes in or not');
    const { applyChange } = proxyActivities<WorkspaceActivities>({
      ...applying,
      ...(waits ? { cancellationType: 'WAIT_CANCELLATION_COMPLETED' } : {}),
    });
    try {
      run.applied = await applyChange({ tenant: run.input.tenant, source: workspace.source, change });
    } catch (error) {
      run.applied = { applied: false, reason: messageOf(error).slice(0, MAX_REASON_CHARS) };
      if (waits && isCancellation(error)) throw error;
    }
    if (waits && CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled');
  }
}
