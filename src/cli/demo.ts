/** `journeyman demo`: real repair tasks, with learning and without, and what came of it. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { Pair } from '../demo/compare-arms.js';
import { InvalidInputError } from '../shared/errors.js';
import { parsePort } from './arguments.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { demoReport } from './demo-report.js';
import { startServers } from './local-servers.js';
import { printJson, printLine, printStep } from './print.js';
import { INTERRUPTED, onStopSignal } from './stop-signals.js';

interface DemoCommandOptions {
  exit?: boolean;
  tasks: string;
  seed?: string;
  temporalPort: number;
  uiPort: number;
  mongoPort: number;
}

const MIN_TASKS = 2;
const MAX_TASKS = 120;
const MAX_SEED = 2 ** 31;

export function demoCommand(): Command {
  return addCommonOptions(new Command('demo'))
    .summary('run real repair tasks with learning and without')
    .description(
      'Starts local servers and a worker, then has four repair agents (no LLM) mend small JavaScript modules whose ' +
        'tests fail: every task once with learning and once with learning off, side by side. The tests decide ' +
        'success. Then shows what was learned, and whether it helped. Stays up until Ctrl-C, unless --exit is given.',
    )
    .option('--exit', 'end after the summary')
    .option('--tasks <n>', `tasks in each arm, ${MIN_TASKS} to ${MAX_TASKS}`, '66')
    .option('--seed <n>', 'draws the defects and their order (default: a new one each time)')
    .option('--temporal-port <port>', '0 takes a free one', parsePort, 0)
    .option('--ui-port <port>', '0 takes a free one', parsePort, 0)
    .option('--mongo-port <port>', '0 takes a free one', parsePort, 0)
    .addHelpText(
      'after',
      `
Examples:
  journeyman demo
  journeyman demo --exit --seed 7
  journeyman demo --tenant demo-a          runs again with what the tenant learned before`,
    )
    .action(async (options: DemoCommandOptions, command: Command) => {
      const tasks = wholeNumber('--tasks', options.tasks, MIN_TASKS, MAX_TASKS);
      const seed =
        options.seed === undefined
          ? Math.floor(Math.random() * MAX_SEED)
          : wholeNumber('--seed', options.seed, 0, MAX_SEED);
      const context = await commandContext(command);
      // Loaded when it is needed: no other command should wait for it.
      const [{ runDemo }, { installRuntime }] = await Promise.all([
        import('../demo/run-demo.js'),
        import('./install-runtime.js'),
      ]);
      installRuntime();
      const given = command.optsWithGlobals<{ tenant?: string }>().tenant;
      const tenant =
        given ?? `demo-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
      let end: () => void = () => {};
      const ended = new Promise<void>((resolve) => (end = resolve));
      const release = onStopSignal(() => end());
      const { temporalPort, uiPort, mongoPort } = options;
      const { servers } = await startServers(context, { temporalPort, uiPort, mongoPort, onStep: printStep });
      let close: () => Promise<void> = async () => {};
      try {
        if (servers.temporal.uiUrl !== null) printStep(`Temporal UI: ${servers.temporal.uiUrl}`);
        const finished = runDemo({
          servers,
          tenant,
          tasks,
          seed,
          onStep: printStep,
          onPair: (pair, done) => {
            if (done === 1) printHeader();
            printPair(pair, done, tasks);
          },
        });
        const demo = await Promise.race([finished, ended.then(() => null)]);
        if (demo === null) {
          // The tasks that still run end with their servers.
          finished.catch(() => {});
          process.exitCode = INTERRUPTED;
          return;
        }
        const { summary } = demo;
        close = () => demo.close();
        if (context.json) printJson({ seed, ...summary });
        else printLine(demoReport(summary));
        if (options.exit === true) return;
        printLine(`\nThe servers stay up: look around in the Temporal UI, or, in another terminal,\n`);
        printLine(`  npm run -s journeyman -- tasks --tenant ${tenant}`);
        printLine(pc.dim('\nCtrl-C ends.'));
        await ended;
      } finally {
        await close();
        await servers.stop();
        release();
      }
    });
}

function wholeNumber(field: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high)
    throw new InvalidInputError(field, text, `a whole number from ${low} to ${high}`);
  return value;
}

const CATEGORY_WIDTH = 38;
const ARM_WIDTH = 37;

function printHeader(): void {
  const titles = [
    'task'.padEnd(5),
    'kind'.padEnd(CATEGORY_WIDTH),
    'with learning'.padEnd(ARM_WIDTH),
    'learning off',
  ];
  process.stderr.write(`${pc.dim(titles.join('  '))}\n`);
}

const mark = (success: boolean): string => (success ? pc.green('✓') : pc.red('✗'));

function printPair({ category, learning, off }: Pair, done: number, tasks: number): void {
  const count = `${String(done).padStart(String(tasks).length)}/${tasks}`;
  const arm = ({ plan, success, duration }: Pair['learning']): string =>
    `${mark(success)} ${plan.padEnd(ARM_WIDTH - 9)} ${duration.toFixed(1).padStart(4)} s`;
  process.stderr.write(
    `${pc.dim(count)}  ${category.padEnd(CATEGORY_WIDTH)}  ${arm(learning)}  ${arm(off)}\n`,
  );
}
