/** Runs one call of a declared agent, whatever its kind. */

import type { HostedAgent } from '../config.js';
import {
  type AgentOutcome,
  type AgentReport,
  type AgentTask,
  agentTaskSchema,
} from '../shared/agent-contract.js';
import { blankReport } from '../shared/check-report.js';
import { InvalidInputError } from '../shared/errors.js';
import { problemsOf } from '../shared/problems.js';
import { AgentFailure } from './agent-failure.js';
import type { AgentKind, KindRun } from './agent-kind.js';
import { boundReport } from './bound-report.js';
import { clip, firstLine } from './clip.js';
import { commandAgent } from './command-agent.js';
import { httpAgent } from './http-agent.js';
import { processEnvironment } from './process-environment.js';
import { recordedAgent } from './recorded-agent.js';
import { verifyWork } from './verify-work.js';

/** How a call is tied to whoever makes it. */
export interface AgentRun {
  /** Aborted by cancellation; the runner then ends the agent and throws the abort's reason. */
  signal: AbortSignal;
  /** Called at the start and every few seconds with `{ elapsedSeconds, bytes }`. */
  heartbeat: (details: unknown) => void;
  /** 1 at first. */
  attempt: number;
}

/**
 * Runs an agent. An agent that fails in any way is an outcome with `success: false`, `reason` and `errors`.
 *
 * @throws InvalidInputError when the task does not fit the contract
 * @throws the reason of `run.signal` when the call is cancelled, after the agent was ended
 */
export type AgentRunner = (task: AgentTask, run: AgentRun) => Promise<AgentOutcome>;

/** Makes the runner of an agent that Journeyman's own worker hosts. */
export function createAgentRunner(declaration: HostedAgent): AgentRunner {
  const answer = kindOf(declaration);
  const { limits } = declaration;
  // The deadline lies before Temporal's, so that a timeout is an outcome with what is known of it.
  const allowedMs = limits.startToCloseSeconds * 1_000;
  const marginMs = Math.min(5_000, allowedMs / 4);
  const graceMs = Math.min(2_000, marginMs / 2);

  return async (input, run) => {
    const task = checkTask(input);
    run.signal.throwIfAborted();
    const started = performance.now();
    const elapsedMs = (): number => Math.round(performance.now() - started);
    let bytes = 0;
    const beat = (): void => run.heartbeat({ elapsedSeconds: Math.round(elapsedMs() / 1_000), bytes });
    beat();
    const heart = setInterval(beat, Math.min(limits.heartbeatSeconds / 3, 2) * 1_000);
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(new AgentFailure(`timed out after ${seconds(allowedMs - marginMs)}`)),
      allowedMs - marginMs,
    );
    const kindRun: KindRun = {
      signal: AbortSignal.any([run.signal, deadline.signal]),
      graceMs,
      attempt: run.attempt,
      onBytes: (more) => {
        bytes += more;
      },
    };
    try {
      const outcome = await decide(declaration, task, kindRun, () => answer(task, kindRun));
      run.signal.throwIfAborted();
      const cost = outcome.report.cost ?? declaration.costPerRun;
      const report = boundReport(
        cost === undefined ? outcome.report : { ...outcome.report, cost },
        limits.maxReportBytes,
      );
      return { ...outcome, report, durationMs: elapsedMs() };
    } finally {
      clearInterval(heart);
      clearTimeout(timer);
    }
  };
}

/** The agent's own word, or the verifier's where one is asked. */
async function decide(
  declaration: HostedAgent,
  task: AgentTask,
  run: KindRun,
  answer: () => Promise<AgentReport>,
): Promise<Omit<AgentOutcome, 'durationMs'>> {
  let report: AgentReport;
  try {
    report = await answer();
  } catch (error) {
    return { ...failed(error), source: 'agent' };
  }
  // A split is not yet work done, and a judge's verdict is not the work: the declared check is not for them.
  const judged = task.role !== 'lead-split' && task.role !== 'verifier';
  const command = task.verify ?? (judged ? declaration.verify : undefined);
  if (command === undefined) {
    if (report.success !== false) return { report, source: 'agent' };
    return {
      report,
      source: 'agent',
      reason: firstLine(report.errors[0] ?? '') || 'the agent reports failure',
    };
  }
  const program = declaration.kind === 'command' ? declaration : null;
  const verdict = await verifyWork({
    command,
    cwd: task.workspace ?? program?.cwd ?? process.cwd(),
    env: processEnvironment(program ?? {}),
    run,
  });
  if (verdict.success) return { report: { ...report, success: true }, source: 'verifier' };
  return {
    report: { ...report, success: false, errors: [...report.errors, clip(verdict.error, 10_000)] },
    source: 'verifier',
    reason: verdict.reason,
  };
}

function failed(error: unknown): { report: AgentReport; reason: string } {
  const failure = error instanceof AgentFailure ? error : new AgentFailure(unexpected(error));
  const reason = firstLine(failure.message);
  const report: AgentReport = {
    ...blankReport(false),
    ...(failure.output === undefined ? {} : { output: failure.output }),
    errors: [failure.message, ...failure.errors].map((text) => clip(text, 10_000)),
  };
  return { report, reason };
}

const unexpected = (error: unknown): string =>
  `the agent could not be run: ${error instanceof Error ? error.message : String(error)}`;

const seconds = (ms: number): string => `${Number((ms / 1_000).toFixed(2))} s`;

function checkTask(input: AgentTask): AgentTask {
  const parsed = agentTaskSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [first] = problemsOf(parsed.error, input);
  throw new InvalidInputError(first?.field ?? 'task', first?.value, first?.allowed ?? 'an AgentTask');
}

function kindOf(declaration: HostedAgent): AgentKind {
  if (declaration.kind === 'command') return commandAgent(declaration);
  return declaration.kind === 'http' ? httpAgent(declaration) : recordedAgent(declaration);
}
