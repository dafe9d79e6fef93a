/** Agents that are programs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandAgent } from '../config.js';
import type { AgentReport, AgentTask, Json } from '../shared/agent-contract.js';
import { AgentFailure } from './agent-failure.js';
import type { AgentKind, KindRun } from './agent-kind.js';
import { clip } from './clip.js';
import { processEnvironment } from './process-environment.js';
import { readPrinted } from './read-report.js';
import { OUTPUT_LIMIT_BYTES, type ProcessEnd, runProcess } from './run-process.js';

/** Linux refuses single variables over 128 KiB. */
const MAX_VARIABLE_BYTES = 100_000;
const ERROR_TAIL_CHARS = 4_000;

/**
 * Runs the declared program: the task is on its stdin, in the file named by JOURNEYMAN_TASK_FILE and, when
 * small, in JOURNEYMAN_TASK. It answers on stdout, with an AgentReport or plain text.
 */
export function commandAgent(declaration: CommandAgent): AgentKind {
  return async (task, run) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-task-'));
    try {
      const json = JSON.stringify(task);
      const file = path.join(folder, 'task.json');
      await writeFile(file, json, { mode: 0o600 });
      const end = await runProcess({
        command: declaration.command,
        cwd: task.workspace ?? declaration.cwd ?? process.cwd(),
        env: { ...processEnvironment(declaration), ...taskVariables(task, json, file, run.attempt) },
        stdin: json,
        signal: run.signal,
        graceMs: run.graceMs,
        onOutput: run.onBytes,
      });
      return reportOf(end, run);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

function taskVariables(task: AgentTask, json: string, file: string, attempt: number): Record<string, string> {
  return {
    JOURNEYMAN_TASK_FILE: file,
    JOURNEYMAN_TASK_ID: task.taskId,
    JOURNEYMAN_EXECUTION_ID: task.executionId,
    JOURNEYMAN_IDEMPOTENCY_KEY: task.idempotencyKey,
    JOURNEYMAN_ATTEMPT: String(attempt),
    // A variable ends at the first NUL; JSON has none, for it escapes them.
    ...(Buffer.byteLength(json) <= MAX_VARIABLE_BYTES ? { JOURNEYMAN_TASK: json } : {}),
  };
}

function reportOf(end: ProcessEnd, run: KindRun): AgentReport {
  const complaints = clip(end.stderr.text().trim(), ERROR_TAIL_CHARS);
  const errors = complaints === '' ? [] : [complaints];
  const broken = brokenOff(end, run);
  if (broken !== null) throw new AgentFailure(broken, errors, printedSoFar(end));

  const exit = `exited with code ${end.exitCode}`;
  let printed: ReturnType<typeof readPrinted>;
  try {
    printed = readPrinted(end.stdout.text(), end.stdout.complete);
  } catch (failure) {
    if (!(failure instanceof AgentFailure)) throw failure;
    const all = end.exitCode === 0 ? failure.errors : [...failure.errors, exit];
    throw new AgentFailure(failure.message, [...all, ...errors], failure.output);
  }
  if ('report' in printed) {
    if (end.exitCode === 0 || printed.report.success === false) return printed.report;
    const contradiction = `${exit}, whatever its report says`;
    return {
      ...printed.report,
      success: false,
      errors: [contradiction, ...printed.report.errors, ...errors],
    };
  }
  return {
    success: end.exitCode === 0 ? null : false,
    output: printed.output,
    actions: [],
    results: [],
    iterations: 1,
    errors: end.exitCode === 0 ? [] : [exit, ...errors],
    discoveries: [],
    applied: [],
  };
}

/** Why the program did not end by itself, in one line; null when it did. */
function brokenOff(end: ProcessEnd, run: KindRun): string | null {
  if (end.stopped === 'output-limit') {
    return `output limit: stopped after it printed more than ${OUTPUT_LIMIT_BYTES / 1024 / 1024} MiB`;
  }
  if (end.stopped === 'aborted') {
    const why: unknown = run.signal.reason;
    return why instanceof Error ? why.message : 'cancelled';
  }
  return end.signal === null ? null : `killed by ${end.signal}`;
}

function printedSoFar({ stdout }: ProcessEnd): Json {
  return clip(stdout.text().trim(), ERROR_TAIL_CHARS);
}
