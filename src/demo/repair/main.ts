/**
 * A repair agent as a program: `node main.js --method <lint-fix|codemod|mutate|bisect> [--budget <runs>]`.
 * Reads an AgentTask from standard input and prints an AgentReport to standard output.
 * Exit code 2 when the arguments or the task are wrong.
 */
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { agentTaskSchema } from '../../shared/agent-contract.js';
import { isRepairMethod, repair, repairMethods } from './repair.js';

class UsageError extends Error {}

async function main(): Promise<void> {
  const { method, budget } = readArguments();
  const task = readTask(await text(process.stdin));
  const report = await repair(method, task, budget);
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function readArguments() {
  const { values } = parseArgs({
    options: { method: { type: 'string' }, budget: { type: 'string' } },
  });
  const allowed = repairMethods.join(', ');
  if (!isRepairMethod(values.method)) {
    throw new UsageError(`--method: '${values.method ?? ''}' is not a method; allowed are ${allowed}`);
  }
  const budget = values.budget === undefined ? undefined : Number(values.budget);
  if (budget !== undefined && (!Number.isInteger(budget) || budget < 1)) {
    throw new UsageError(`--budget: '${values.budget}' is not a number of test runs, 1 or more`);
  }
  return { method: values.method, budget };
}

function readTask(input: string) {
  let json: unknown;
  try {
    json = JSON.parse(input);
  } catch (error) {
    throw new UsageError(`standard input: no JSON: ${messageOf(error)}`);
  }
  const parsed = agentTaskSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UsageError(
      `standard input: ${issue?.path.join('.') || 'task'}: ${issue?.message ?? 'invalid'}`,
    );
  }
  if (parsed.data.workspace === undefined) {
    throw new UsageError('standard input: workspace: missing; a repair agent needs a directory');
  }
  return parsed.data;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Leaving by process.exit stops the suite that runs and removes the scratch copy. A signal that comes again
// meanwhile must find its handler still there, or it ends the process in the middle of that.
process.on('SIGTERM', () => process.exit(143));
process.on('SIGINT', () => process.exit(130));

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  const words = !usage && error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  process.stderr.write(`${words}\n`);
  process.exitCode = usage ? 2 : 1;
}
