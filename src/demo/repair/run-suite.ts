/** Runs a `node:test` suite in a process of its own and tells what failed. */
import { spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { failureReporterUrl, type ReportedFailure } from './failure-reporter.js';
import { symptomOf } from './symptom.js';

/** One failing test, or the reason why the suite could not run at all. */
export interface SuiteFailure {
  /** Name of the test; empty when the suite could not run. */
  readonly test: string;
  /** Line of the test in the suite, from 1; 0 when the suite could not run. */
  readonly line: number;
  /** The symptom in one line, the full message below it. */
  readonly error: string;
  /** The message as the assertion or the engine gave it, in one line. */
  readonly message: string;
}

/** The outcome of one run. */
export interface SuiteRun {
  readonly passed: boolean;
  readonly timedOut: boolean;
  readonly failures: readonly SuiteFailure[];
}

/** Longest a suite may run before it counts as hanging, in milliseconds; a healthy one takes about 70. */
export const SUITE_TIMEOUT_MS = 3_000;

const MAX_OUTPUT = 200_000;

/**
 * Runs one suite with plain `node`, so no process per file beyond the suite's own.
 *
 * @param directory the workspace; the suite runs in it
 * @param suite path of the suite, relative to the directory
 * @throws Error when node itself cannot be started
 */
export async function runSuite(
  directory: string,
  suite: string,
  timeoutMs: number = SUITE_TIMEOUT_MS,
): Promise<SuiteRun> {
  const { code, stdout, stderr, timedOut } = await runNode(
    directory,
    [`--test-reporter=${failureReporterUrl}`, '--test-reporter-destination=stdout', suite],
    timeoutMs,
  );
  if (timedOut) {
    const message = `The suite did not end within ${Math.round(timeoutMs)} ms`;
    return {
      passed: false,
      timedOut,
      failures: [{ test: '', line: 0, error: `TimeoutError: ${message}`, message }],
    };
  }
  // Where the workspace happens to lie is no part of an error.
  const places = [await realpath(directory), directory];
  const relative = (text: string) =>
    places.reduce((rest, place) => rest.replaceAll(`file://${place}/`, '').replaceAll(`${place}/`, ''), text);
  const failures = parseFailures(relative(stdout));
  if (failures.length === 0 && code !== 0) failures.push(loadFailure(relative(stderr)));
  return { passed: code === 0 && failures.length === 0, timedOut, failures };
}

function parseFailures(stdout: string): SuiteFailure[] {
  const failures: SuiteFailure[] = [];
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{"test":')) continue;
    const failure = JSON.parse(line) as ReportedFailure;
    const message = failure.message.replace(/\s+/g, ' ').trim();
    failures.push({
      test: failure.test,
      line: failure.line,
      error: `${symptomOf(failure)}\n${failure.message}`.slice(0, 2_000),
      message: message.slice(0, 400),
    });
  }
  return failures;
}

/** A suite that cannot be loaded reports no test: the engine's message is on standard error. */
function loadFailure(stderr: string): SuiteFailure {
  const match = /^(\w*Error)(?: \[\w+\])?: (.*)$/m.exec(stderr);
  const name = match?.[1] ?? 'Error';
  const message = match?.[2] ?? 'The suite ended without a result';
  const symptom = symptomOf({ test: '', line: 0, name, message });
  return { test: '', line: 0, error: `${symptom}\n${message}`.slice(0, 2_000), message };
}

function runNode(
  directory: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<{ code: number | null; stdout: string; stderr: string; timedOut: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {},
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    // A suite may loop for ever: it must not outlive an agent that is told to stop. It ends before the folder
    // that it works in is removed.
    const stop = () => child.kill('SIGKILL');
    process.prependOnceListener('exit', stop);
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < MAX_OUTPUT) stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < MAX_OUTPUT) stderr += text;
    });
    child.on('error', (error) => {
      process.off('exit', stop);
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      process.off('exit', stop);
      clearTimeout(timer);
      resolve({ code, stdout, stderr, timedOut });
    });
  });
}
