/** What an agent is told, and how its activity is called. Workflow code only. */
import type { ActivityOptions } from '@temporalio/workflow';
import type { AgentCall } from '../shared/agent-call.js';
import type { AgentTask, Caps, Json } from '../shared/agent-contract.js';
import { isJudged } from '../shared/attempt.js';
import type { Attempt, PlannedAgent, TaskInput } from '../shared/task.js';
import type { CommandVerifier, RankedVerifier, Verifier } from '../shared/verdict.js';
import type { WorkspaceChange, WorkspaceRequest } from '../shared/workspace.js';
import type { TaskRun } from './task-run.js';

/** What differs between the calls of one plan. */
export interface CallOptions {
  role?: Attempt['role'];
  /** For role `part`: what is to be done. */
  part?: Json;
  /** Reports of agents that ran before. */
  earlier?: readonly Attempt[];
  /** Changes that the agent goes on from, where each attempt has a workspace of its own. */
  changes?: readonly WorkspaceChange[];
  /** Changes among which the agent decides. */
  candidates?: readonly WorkspaceChange[];
  /** Calls that start at once with this one, itself included: they share what the caps leave. */
  atOnce?: number;
}

/** The options of an agent's activity; public, so that a comparison can use the very same. */
export function agentActivityOptions(agent: PlannedAgent, caps: Caps = {}): ActivityOptions {
  const seconds = agent.startToCloseSeconds + (agent.slotSeconds ?? 0);
  const capSeconds = allowedSeconds(agent, caps);
  return {
    taskQueue: agent.taskQueue,
    // A queue that nobody polls must not hang the task.
    scheduleToStartTimeout: agent.scheduleToStartSeconds * 1_000,
    startToCloseTimeout: Math.ceil(seconds * 1_000),
    // The task's time is for all attempts together, and for the waits between them.
    ...(capSeconds === null ? {} : { scheduleToCloseTimeout: Math.ceil(capSeconds * 1_000) }),
    heartbeatTimeout: agent.heartbeatSeconds * 1_000,
    // Agents have side effects: once started, only those declared idempotent are tried again.
    retry: { maximumAttempts: agent.idempotent ? 3 : 1 },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  };
}

/** Seconds that a call may take of the task's time; null without such a cap. */
export function allowedSeconds(agent: PlannedAgent, { seconds }: Caps): number | null {
  if (seconds === undefined) return null;
  // An agent of our own ends itself at the cap, so that what it did is known; others are cut off there.
  return agent.hosted ? seconds + CAP_MARGIN_SECONDS : seconds;
}

const CAP_MARGIN_SECONDS = 10;

/**
 * The task as the agent sees it.
 *
 * @param idempotencyKey names the call
 */
export function taskFor(
  run: TaskRun,
  agent: PlannedAgent,
  caps: Caps | undefined,
  options: CallOptions,
  idempotencyKey: string,
): AgentTask {
  const { input } = run;
  const role = options.role ?? 'worker';
  return {
    tenant: input.tenant,
    taskId: input.taskId,
    executionId: run.executionId,
    idempotencyKey,
    agentType: agent.type,
    role,
    description: input.description,
    context: input.context,
    ...(options.part === undefined ? {} : { part: options.part }),
    lessons: run.lessons,
    ...(run.analysis?.experience === undefined ? {} : { experience: run.analysis.experience }),
    knowledge: run.knowledge.items,
    news: run.news,
    earlier: (options.earlier ?? []).map(({ agentType, role: earlierRole, report }) => ({
      agentType,
      role: earlierRole,
      report,
    })),
    ...(typeof input.workspace === 'string' ? { workspace: input.workspace } : {}),
    ...(input.verify === undefined || !isJudged(role) ? {} : { verify: input.verify }),
    ...(caps === undefined ? {} : { caps }),
  };
}

/** What a worker of our own is told besides the task; undefined when there is nothing. */
export function callFor({ input }: TaskRun, options: CallOptions): AgentCall | undefined {
  const workspace = isolationOf(input);
  const verifiers = isJudged(options.role ?? 'worker') ? commandVerifiers(input) : undefined;
  if (workspace === undefined && verifiers === undefined) return undefined;
  return {
    ...(workspace === undefined ? {} : { workspace }),
    ...(options.changes === undefined ? {} : { changes: options.changes }),
    ...(options.candidates === undefined ? {} : { candidates: options.candidates }),
    ...(verifiers === undefined ? {} : { verifiers }),
  };
}

/** How each attempt gets a workspace of its own; undefined when the task does not ask for that. */
export const isolationOf = ({ workspace }: TaskInput): WorkspaceRequest | undefined =>
  typeof workspace === 'object' ? workspace : undefined;

const isCommand = (verifier: Verifier): verifier is CommandVerifier => 'command' in verifier;

/** Among a task's verifiers, how much the one at a place weighs: the first the most. */
export const precedenceOf = (verifiers: readonly Verifier[], index: number): number =>
  verifiers.length - index;

/** The programs among a task's verifiers; undefined when the task names none at all. */
export function commandVerifiers({ verifiers }: TaskInput): RankedVerifier[] | undefined {
  return verifiers?.flatMap((verifier, index) =>
    isCommand(verifier) ? [{ ...verifier, precedence: precedenceOf(verifiers, index) }] : [],
  );
}
