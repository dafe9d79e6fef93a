/** Agents that are programs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentReport, AgentTask } from '../shared/agent-contract.js';
import type { CommandAgent } from '../shared/agent-declaration.js';
import { blankReport } from '../shared/check-report.js';
import { AgentFailure } from './agent-failure.js';
import { type AgentKind, type KindRun, withNews } from './agent-kind.js';
import { clip } from './clip.js';
import { type InboxFile, keepInboxFile } from './inbox-file.js';
import { processEnvironment } from './process-environment.js';
import { type HandedOver, handOver } from './prompt/hand-over.js';
import { loadTemplate, renderPrompt } from './prompt/render-prompt.js';
import { readPrinted } from './read-report.js';
import {
  OUTPUT_LIMIT_BYTES,
  type ProcessEnd,
  type ProcessRequest,
  runProcess,
  STREAM_LIMIT_BYTES,
} from './run-process.js';
import { createParser } from './transcript/create-parser.js';
import { TranscriptFollower } from './transcript/follow-transcript.js';
import type { TranscriptState } from './transcript/transcript-parser.js';
import { transcriptReport } from './transcript/transcript-report.js';

/** Linux refuses single variables over 128 KiB. */
const MAX_VARIABLE_BYTES = 100_000;
const ERROR_TAIL_CHARS = 4_000;
/** Said before the prompt of a run that goes on. */
const GO_ON =
  'Your work on this task was cut off by a crash. Look at what is already done, and go on from there.\n\n';
const GO_ON_TOKENS = 30;

/**
 * Runs the declared program: the task is on its stdin, in the file named by JOURNEYMAN_TASK_FILE and, when
 * small, in JOURNEYMAN_TASK. News that comes while it works is in the file named by JOURNEYMAN_INBOX. It answers on stdout, with an AgentReport or plain text.
 *
 * With a `prompt`, it is given that instead of the task's JSON; and with a `transcript`, what it prints is
 * followed while it works. A run that a crash cut off is taken up where the program can do that, and otherwise,
 * or when the program knows nothing of it any more, begun anew.
 */
export function commandAgent(declaration: CommandAgent): AgentKind {
  return async (task, run) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-task-'));
    let inbox: InboxFile | undefined;
    try {
      const json = JSON.stringify(task);
      const file = path.join(folder, 'task.json');
      await writeFile(file, json, { mode: 0o600 });
      // A program does without an inbox rather than not run at all.
      inbox = await keepInboxFile(run.inbox, folder).catch(() => undefined);
      const variables = taskVariables(task, json, { file, inbox: inbox?.path }, run.attempt);
      const launch = async (command: readonly string[], session?: string): Promise<ProcessRequest> => ({
        ...(await input(declaration, command, { task, json, folder }, session)),
        cwd: task.workspace ?? declaration.cwd ?? process.cwd(),
        env: { ...processEnvironment(declaration), ...variables },
        signal: run.signal,
        graceMs: run.graceMs,
        onOutput: run.onBytes,
      });
      const follow = async (request: ProcessRequest): Promise<Finished> =>
        declaration.prompt === undefined && declaration.transcript === undefined
          ? { end: await runProcess(request), state: null }
          : await runFollowed(declaration, request, run);

      const session = run.interrupted?.session;
      if (declaration.resume !== undefined && session !== undefined) {
        const resumed = await follow(await launch(declaration.resume, session));
        if (!knewNothing(resumed)) return reportOf(resumed, declaration, task, run);
      }
      return reportOf(await follow(await launch(declaration.command)), declaration, task, run);
    } finally {
      await inbox?.close();
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** A run that ended; `state` is null where the program answers by a report. */
interface Finished {
  end: ProcessEnd;
  state: TranscriptState | null;
}

/** What the program is told: a prompt, or the task as JSON. */
async function input(
  { prompt }: CommandAgent,
  command: readonly string[],
  { task, json, folder }: { task: AgentTask; json: string; folder: string },
  session: string | undefined,
): Promise<HandedOver> {
  if (prompt === undefined) {
    // Without a prompt, what stands in the command is no template.
    const filled =
      session === undefined
        ? [...command]
        : command.map((part) => part.replaceAll('{{session}}', () => session));
    return { command: filled, stdin: json };
  }
  const template = await loadTemplate(prompt);
  const before = session === undefined ? '' : GO_ON;
  const text = renderPrompt(
    template,
    task,
    prompt.maxTokens - (session === undefined ? 0 : GO_ON_TOKENS),
    true,
  );
  // No argument can hold a NUL.
  return await handOver(command, `${before}${text}`.replaceAll('\0', '\ufffd'), session ?? '', folder);
}

async function runFollowed(
  { transcript = 'text', price }: CommandAgent,
  request: ProcessRequest,
  run: KindRun,
): Promise<Finished> {
  let printedAt = 0;
  const parser = await createParser(transcript, () => printedAt);
  const follower = new TranscriptFollower(parser, price, run);
  const push = (chunk: Buffer): void => {
    printedAt = performance.now() / 1_000;
    follower.push(chunk);
  };
  const end = await runProcess({ ...request, onStdout: push });
  follower.end();
  return { end, state: parser.state };
}

/** Whether a program that should have taken up its work failed before it did anything. */
const knewNothing = ({ end, state }: Finished): boolean =>
  state !== null &&
  end.stopped === null &&
  end.exitCode !== 0 &&
  state.actions.length === 0 &&
  (state.tokens?.output ?? 0) === 0;

function taskVariables(
  task: AgentTask,
  json: string,
  { file, inbox }: { file: string; inbox: string | undefined },
  attempt: number,
): Record<string, string> {
  return {
    JOURNEYMAN_TASK_FILE: file,
    ...(inbox === undefined ? {} : { JOURNEYMAN_INBOX: inbox }),
    JOURNEYMAN_TASK_ID: task.taskId,
    JOURNEYMAN_EXECUTION_ID: task.executionId,
    JOURNEYMAN_IDEMPOTENCY_KEY: task.idempotencyKey,
    JOURNEYMAN_ATTEMPT: String(attempt),
    // A variable ends at the first NUL; JSON has none, for it escapes them.
    ...(Buffer.byteLength(json) <= MAX_VARIABLE_BYTES ? { JOURNEYMAN_TASK: json } : {}),
  };
}

function reportOf(
  { end, state }: Finished,
  declaration: CommandAgent,
  task: AgentTask,
  run: KindRun,
): AgentReport {
  const complaints = clip(end.stderr.text().trim(), ERROR_TAIL_CHARS);
  const errors = complaints === '' ? [] : [complaints];
  const exit = end.exitCode === 0 ? [] : [`exited with code ${end.exitCode}`];
  const broken = brokenOff(end, state, run);
  if (state === null) {
    if (broken !== null) throw new AgentFailure(broken, errors, { output: printedSoFar(end) });
    return printedReport(end, exit, errors);
  }
  const told = withNews(task, run);
  if (broken !== null)
    throw new AgentFailure(broken, errors, transcriptReport(state, told, declaration.price, []));
  const failed = exit.length > 0;
  const report = transcriptReport(state, told, declaration.price, failed ? [...exit, ...errors] : []);
  return failed ? { ...report, success: false } : report;
}

/** What a program without a transcript printed in the end. */
function printedReport(end: ProcessEnd, exit: readonly string[], errors: readonly string[]): AgentReport {
  let printed: ReturnType<typeof readPrinted>;
  try {
    printed = readPrinted(end.stdout.text(), end.stdout.complete);
  } catch (failure) {
    if (!(failure instanceof AgentFailure)) throw failure;
    throw new AgentFailure(failure.message, [...failure.errors, ...exit, ...errors], failure.done);
  }
  if ('report' in printed) {
    const [code] = exit;
    if (code === undefined || printed.report.success === false) return printed.report;
    const contradiction = `${code}, whatever its report says`;
    return {
      ...printed.report,
      success: false,
      errors: [contradiction, ...printed.report.errors, ...errors],
    };
  }
  const failed = exit.length > 0;
  return {
    ...blankReport(failed ? false : null),
    output: printed.output,
    errors: failed ? [...exit, ...errors] : [],
  };
}

/** Why the program did not end as it should, in one line; null when it did. */
function brokenOff(end: ProcessEnd, state: TranscriptState | null, run: KindRun): string | null {
  if (end.stopped === 'output-limit') {
    const limit = state === null ? OUTPUT_LIMIT_BYTES : STREAM_LIMIT_BYTES;
    return `output limit: stopped after it printed more than ${limit / 1024 / 1024} MiB`;
  }
  if (end.stopped === 'aborted') {
    const why: unknown = run.signal.reason;
    return why instanceof Error ? why.message : 'cancelled';
  }
  if (end.signal !== null) return `killed by ${end.signal}`;
  if (end.exitCode === 0 && state?.ended === false)
    return 'its transcript broke off: the program ended without saying how its work went';
  return null;
}

const printedSoFar = ({ stdout }: ProcessEnd): string => clip(stdout.text().trim(), ERROR_TAIL_CHARS);
