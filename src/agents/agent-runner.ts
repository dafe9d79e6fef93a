/** Runs one call of a declared agent, whatever its kind. */
import type { AgentCall, AgentOutcome } from '../shared/agent-call.js';
import {
  type AgentHeartbeat,
  type AgentReport,
  type AgentTask,
  agentTaskSchema,
} from '../shared/agent-contract.js';
import type { HostedAgent } from '../shared/agent-declaration.js';
import { InvalidInputError } from '../shared/errors.js';
import { type CallingWorkflow, closedInbox, type Inbox } from '../shared/inbox.js';
import { problemsOf } from '../shared/problems.js';
import { MAX_LINE_CHARS } from '../shared/sizes.js';
import { AgentFailure } from './agent-failure.js';
import type { AgentKind, KindRun } from './agent-kind.js';
import type { AgentServices } from './agent-services.js';
import { boundReport } from './bound-report.js';
import { commandAgent } from './command-agent.js';
import { decide, failed, verifiersOf } from './decide.js';
import { httpAgent } from './http-agent.js';
import { type Caller, LiveCall } from './live-call.js';
import { llmAgent } from './llm/llm-agent.js';
import { endProcessesIn } from './process-tree.js';
import { recordedAgent } from './recorded-agent.js';
import { SpendingMeter } from './spending-meter.js';
import type { Workspace } from './workspaces/workspaces.js';

/** How a call is tied to whoever makes it. Heartbeats come every few seconds, and whenever more was spent. */
export interface AgentRun extends Caller {
  /** 1 at first. */
  attempt: number;
  /** The last heartbeat of the attempt before, which a crash cut off. */
  interrupted?: AgentHeartbeat;
  /** Who makes the call, where it is a workflow: news comes from there. */
  workflow?: CallingWorkflow;
}

/** The call was cancelled, or its worker shuts down, and the agent ended; what it had done until then is known. */
export class CallCancelled extends Error {
  override readonly name = 'CallCancelled';
  constructor(readonly outcome: AgentOutcome) {
    super('cancelled');
  }
}

/**
 * Runs an agent. An agent that fails in any way is an outcome with `success: false`, `reason` and `errors`; its
 * source is `system` where there is no report of it.
 *
 * @throws InvalidInputError when the task does not fit the contract, or its workspace cannot be made
 * @throws CallCancelled when the call is cancelled, after the agent was ended
 */
export type AgentRunner = (task: AgentTask, run: AgentRun, call?: AgentCall) => Promise<AgentOutcome>;

/** Makes the runner of an agent that Journeyman's own worker hosts. */
export function createAgentRunner(declaration: HostedAgent, services: AgentServices = {}): AgentRunner {
  const answer = kindOf(declaration, services);
  const { limits, costPerRun } = declaration;
  return async (input, run, call = {}) => {
    const task = checkTask(input);
    run.signal.throwIfAborted();
    const meter = new SpendingMeter(run.interrupted?.spent, task.caps);
    const bounded = (report: AgentReport, fallbackCost?: number): AgentReport =>
      boundReport(meter.complete(report, fallbackCost), limits.maxReportBytes);
    /** The outcome of an agent that was never started; what earlier attempts spent counts still. */
    const notBegun = (failure: AgentFailure): AgentOutcome => {
      const { report, reason } = failed(failure);
      return { report: bounded({ ...report, iterations: 0 }), reason, source: 'system', durationMs: 0 };
    };
    const live = new LiveCall(run, meter, Math.min(limits.heartbeatSeconds / 3, 2) * 1_000);
    let workspace: Workspace | undefined;
    let inbox: Inbox | undefined;
    let release = async (): Promise<void> => {};
    try {
      release = await takeSlot(declaration, services, live);
      const began = performance.now();
      const { deadlineMs, graceMs } = timeFor(declaration, task);
      live.endAfter(deadlineMs, `timed out after ${Number((deadlineMs / 1_000).toFixed(2))} s`);
      workspace = await openWorkspace(declaration, services, task, run, call, live);
      const given = workspace === undefined ? task : within(workspace, task);
      inbox =
        run.workflow === undefined || services.inboxes === undefined
          ? closedInbox(task.news)
          : services.inboxes.open(run.workflow, task.news);
      const kindRun: KindRun = {
        signal: live.signal,
        graceMs,
        attempt: run.attempt,
        inbox,
        onBytes: (bytes) => live.said({ bytes }),
        onSpent: (spent) => live.said({ spent }),
        onDoing: (doing) => live.said({ doing: doing.slice(0, MAX_LINE_CHARS) }),
        onSession: (session) => live.said({ session }),
        // Work can be taken up only where its files still are.
        ...(run.interrupted === undefined || workspace?.resumed === false
          ? {}
          : { interrupted: run.interrupted }),
      };
      const verifiers = verifiersOf(declaration, given, call);
      const own = workspace?.folder;
      const decided = await decide(declaration, given, kindRun, verifiers, async () => {
        try {
          return await answer(given, kindRun);
        } finally {
          // Whatever it left running must not change the files that are judged now.
          if (own !== undefined) await endProcessesIn(own, graceMs);
        }
      });
      const change = await workspace?.close(run.signal.aborted ? null : decided.report.success);
      const outcome: AgentOutcome = {
        ...decided,
        report: bounded(decided.report, costPerRun),
        durationMs: Math.round(performance.now() - began),
        ...(change === undefined ? {} : { change }),
      };
      if (run.signal.aborted) throw new CallCancelled(outcome);
      return outcome;
    } catch (error) {
      if (error instanceof CallCancelled) throw error;
      if (run.signal.aborted)
        throw run.interrupted === undefined
          ? run.signal.reason
          : new CallCancelled(notBegun(new AgentFailure('cancelled')));
      if (error instanceof AgentFailure) return notBegun(error);
      throw error;
    } finally {
      live.over();
      inbox?.close();
      await workspace?.close(null);
      await release();
    }
  };
}

/** The deadline lies before Temporal's, so that a timeout is an outcome with what is known of it. */
function timeFor({ limits }: HostedAgent, task: AgentTask): { deadlineMs: number; graceMs: number } {
  const allowedMs = limits.startToCloseSeconds * 1_000;
  const marginMs = Math.min(5_000, allowedMs / 4);
  const capMs = (task.caps?.seconds ?? Number.POSITIVE_INFINITY) * 1_000;
  return { deadlineMs: Math.min(allowedMs - marginMs, capMs), graceMs: Math.min(2_000, marginMs / 2) };
}

/**
 * Waits until the call may run, where calls are limited over all workers.
 *
 * @returns what gives the slot back
 * @throws AgentFailure when none was free in time
 */
async function takeSlot(
  { type, limits }: HostedAgent,
  { slots }: AgentServices,
  live: LiveCall,
): Promise<() => Promise<void>> {
  const { maxConcurrentTotal: limit, scheduleToStartSeconds } = limits;
  if (limit === undefined || slots === undefined) return async () => {};
  const tooLong = AbortSignal.timeout(scheduleToStartSeconds * 1_000);
  try {
    const signal = AbortSignal.any([live.signal, tooLong]);
    const slot = await slots.acquire(type, limit, signal, () => live.said({ doing: 'waits for a slot' }));
    slot.lost.addEventListener('abort', () => live.end('stopped: its slot among all workers was lost'));
    return () => slot.release();
  } catch (error) {
    if (live.signal.aborted || !tooLong.aborted) throw error;
    throw new AgentFailure(
      `none of the ${limit} slots of all workers was free within ${scheduleToStartSeconds} s`,
    );
  }
}

async function openWorkspace(
  declaration: HostedAgent,
  { workspaces }: AgentServices,
  task: AgentTask,
  run: AgentRun,
  call: AgentCall,
  live: LiveCall,
): Promise<Workspace | undefined> {
  if (call.workspace === undefined) return undefined;
  if (workspaces === undefined)
    throw new InvalidInputError('workspace', call.workspace, 'none: this worker makes no workspaces');
  // Where nothing can be taken up, a new attempt starts from a clean folder.
  const resumable =
    declaration.kind === 'command' && declaration.resume !== undefined
      ? run.interrupted?.session !== undefined
      : false;
  const key = (resumable ? run.interrupted?.workspace : undefined) ?? `${task.idempotencyKey}#${run.attempt}`;
  live.said({ doing: 'makes its workspace', workspace: key });
  const { workspace, changes = [], candidates = [] } = call;
  const opened = await workspaces.open(
    { tenant: task.tenant, key, workspace, changes, candidates, resume: resumable },
    live.signal,
  );
  live.said({ workspace: opened.key });
  return opened;
}

const within = ({ folder, notes }: Workspace, task: AgentTask): AgentTask => ({
  ...task,
  workspace: folder,
  ...(notes.length === 0 ? {} : { notes: [...(task.notes ?? []), ...notes] }),
});

function checkTask(input: AgentTask): AgentTask {
  const parsed = agentTaskSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [first] = problemsOf(parsed.error, input);
  throw new InvalidInputError(first?.field ?? 'task', first?.value, first?.allowed ?? 'an AgentTask');
}

function kindOf(declaration: HostedAgent, { inboxServer }: AgentServices): AgentKind {
  if (declaration.kind === 'command') return commandAgent(declaration);
  if (declaration.kind === 'http') return httpAgent(declaration, inboxServer);
  return declaration.kind === 'llm' ? llmAgent(declaration) : recordedAgent(declaration);
}
