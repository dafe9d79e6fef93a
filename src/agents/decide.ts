/** How an agent's work went: its own word, and that of the programs that judge it. */
import type { AgentCall, AgentOutcome } from '../shared/agent-call.js';
import type { AgentReport, AgentTask } from '../shared/agent-contract.js';
import type { HostedAgent } from '../shared/agent-declaration.js';
import { blankReport } from '../shared/check-report.js';
import { moreTrusted } from '../shared/outcome.js';
import { MAX_REASON_CHARS } from '../shared/sizes.js';
import type { Outcome } from '../shared/task.js';
import { type RankedVerifier, soleVerifier } from '../shared/verdict.js';
import { AgentFailure } from './agent-failure.js';
import type { KindRun } from './agent-kind.js';
import { clip, firstLine } from './clip.js';
import { judgeWork } from './judge-work.js';
import { processEnvironment } from './process-environment.js';

/** The task's verifiers, or else its one command, or else the declared one. */
export function verifiersOf(declaration: HostedAgent, task: AgentTask, call: AgentCall): RankedVerifier[] {
  if (call.verifiers !== undefined) return [...call.verifiers];
  // A split is not yet work done, and a judge's verdict is not the work: the declared check is not for them.
  const judged = task.role !== 'lead-split' && task.role !== 'verifier';
  const command = task.verify ?? (judged ? declaration.verify : undefined);
  return command === undefined ? [] : [soleVerifier(command)];
}

/** Gets the agent's report and judges the work. An agent without a report has failed, and is not judged. */
export async function decide(
  declaration: HostedAgent,
  task: AgentTask,
  run: KindRun,
  verifiers: readonly RankedVerifier[],
  answer: () => Promise<AgentReport>,
): Promise<Omit<AgentOutcome, 'durationMs'>> {
  let report: AgentReport;
  try {
    report = await answer();
  } catch (error) {
    // Without its report, the agent has said nothing of its work.
    return { ...failed(error), source: 'system' };
  }
  const claimed = report.success;
  const program = declaration.kind === 'command' ? declaration : null;
  const judgements = await judgeWork(verifiers, {
    cwd: task.workspace ?? program?.cwd ?? process.cwd(),
    env: processEnvironment(program ?? {}),
    run,
  });
  const own: Outcome = { success: claimed, source: 'agent' };
  const outcome = judgements.reduce((known, { word }) => moreTrusted(known, word), own);
  const failing = judgements.filter(({ word }) => word.success !== true);
  const said = judgements.length === 0 ? {} : { words: judgements.map(({ word }) => word) };
  const whole = {
    report: {
      ...report,
      success: outcome.success,
      errors: [
        ...report.errors,
        ...failing.flatMap(({ error }) => (error === undefined ? [] : [clip(error, 10_000)])),
      ],
    },
    source: outcome.source === 'verifier' ? ('verifier' as const) : ('agent' as const),
    claimed,
    ...said,
  };
  if (outcome.success !== false) return whole;
  const reason =
    outcome.source === 'verifier'
      ? failing.find(({ word }) => word.success === false)?.word.reason
      : firstLine(report.errors[0] ?? '');
  return { ...whole, reason: clip(reason || 'the agent reports failure', MAX_REASON_CHARS) };
}

/** What remains of an agent that handed no report back. */
export function failed(error: unknown): { report: AgentReport; reason: string } {
  const failure = error instanceof AgentFailure ? error : new AgentFailure(unexpected(error));
  const { done } = failure;
  const report: AgentReport = {
    ...blankReport(false),
    ...done,
    success: false,
    errors: [failure.message, ...failure.errors, ...(done.errors ?? [])].map((text) => clip(text, 10_000)),
  };
  return { report, reason: firstLine(failure.message) };
}

const unexpected = (error: unknown): string =>
  `the agent could not be run: ${error instanceof Error ? error.message : String(error)}`;
