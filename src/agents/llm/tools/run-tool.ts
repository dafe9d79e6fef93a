/** The tool that runs programs in the workspace. */
import path from 'node:path';
import { z } from 'zod';
import type { KindRun } from '../../agent-kind.js';
import { processEnvironment } from '../../process-environment.js';
import { OUTPUT_LIMIT_BYTES, type ProcessEnd, runProcess } from '../../run-process.js';
import { defineTool, type Tool, ToolError } from './tool.js';

export interface ProgramRules {
  folder: string;
  /** Programs that may be run: names found on the PATH, or paths, word for word. */
  allowed: readonly string[];
  /** Longest run of one. */
  seconds: number;
}

/** `run_program` over a folder. What a program starts ends with it, and with the worker. */
export function runTool({ folder, allowed, seconds }: ProgramRules, run: KindRun): Tool {
  const names = allowed.join(', ');
  return defineTool({
    name: 'run_program',
    description: `Runs a program in the working folder, without a shell, for at most ${seconds} s. Allowed: ${names}.`,
    input: {
      command: z
        .array(z.string().regex(/^[^\0]*$/, 'text without NUL'))
        .min(1)
        .describe('The program and its arguments, e.g. ["ls", "-l"]'),
      stdin: z.string().default('').describe('What it reads as its input'),
    },
    run: async ({ command, stdin }) => {
      const [program = ''] = command;
      if (!allowed.includes(program))
        throw new ToolError(
          `command[0]: ${JSON.stringify(program)} is not allowed; expected one of ${names}`,
        );
      const tooLong = AbortSignal.timeout(seconds * 1_000);
      const end = await runProcess({
        command,
        cwd: folder,
        env: environment(),
        stdin,
        signal: AbortSignal.any([run.signal, tooLong]),
        graceMs: run.graceMs,
        onOutput: run.onBytes,
      });
      const printed = printedBy(end);
      const trouble = run.signal.aborted ? 'stopped before its end' : troubleOf(end, seconds);
      if (trouble !== null) throw new ToolError(`${trouble}\n${printed}`);
      return printed;
    },
  });
}

/** A relative folder on the PATH would let files of the workspace pass for the programs that are allowed. */
function environment(): Record<string, string> {
  const env = processEnvironment({});
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return { ...env, PATH: folders.join(path.delimiter) };
}

function troubleOf({ stopped, signal, exitCode }: ProcessEnd, seconds: number): string | null {
  if (stopped === 'aborted') return `stopped after ${seconds} s`;
  if (stopped === 'output-limit')
    return `stopped after it printed more than ${OUTPUT_LIMIT_BYTES / 1024 / 1024} MiB`;
  if (signal !== null) return `killed by ${signal}`;
  return exitCode === 0 ? null : `exited with code ${exitCode}`;
}

function printedBy({ stdout, stderr }: ProcessEnd): string {
  const out = stdout.text().trimEnd();
  const complaints = stderr.text().trimEnd();
  const text = complaints === '' ? out : `${out}\n[stderr]\n${complaints}`.trimStart();
  return text === '' ? '[it printed nothing]' : text;
}
