/** `journeyman evaluate`: proof on recorded outcomes. */
import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { connectStore } from '../connections.js';
import { type EvaluatedReplay, evaluateReplay } from '../evaluate/evaluate-replay.js';
import { replayThroughCore } from '../evaluate/replay-core.js';
import { type ReplayFile, readReplayFile } from '../evaluate/replay-file.js';
import { setUpSearchAttributes, setUpStore } from '../setup.js';
import { parseLargeCount, parseLimit } from './arguments.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { evaluateAdviceCommand } from './evaluate-advice.js';
import { evaluateKnowledgeCommand } from './evaluate-knowledge.js';
import { evaluatePatternsCommand } from './evaluate-patterns.js';
import { evaluateRetrievalCommand } from './evaluate-retrieval.js';
import { startServers } from './local-servers.js';
import { printJson, printLine, printStep } from './print.js';
import { REPLAY_HELP } from './replay-help.js';
import { replayTable } from './replay-table.js';
import { openTemporal } from './servers.js';
import { INTERRUPTED, onStopSignal } from './stop-signals.js';

interface ReplayOptions {
  through: 'core' | 'workflow';
  seeds?: number;
  limit?: number;
  costWeight: number;
  budget?: number;
  shuffle: boolean;
  tenant?: string;
}

const DEFAULT_SEEDS = { core: 5, workflow: 1 } as const;

/** Makes the command with its subcommands. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure on recorded outcomes')
    .addHelpText(
      'after',
      '\nExamples:\n  journeyman evaluate replay outcomes.jsonl --seeds 20\n  journeyman evaluate retrieval questions.jsonl\n  journeyman evaluate patterns --train runs.jsonl\n  journeyman evaluate knowledge runs.jsonl\n  journeyman evaluate advice outcomes.jsonl',
    )
    .addCommand(addCommonOptions(replayCommand()))
    .addCommand(addCommonOptions(evaluateRetrievalCommand()))
    .addCommand(addCommonOptions(evaluatePatternsCommand()))
    .addCommand(addCommonOptions(evaluateKnowledgeCommand()))
    .addCommand(addCommonOptions(evaluateAdviceCommand()));
}

function replayCommand(): Command {
  return new Command('replay')
    .description('replay recorded outcomes of agents on tasks through selection and recording')
    .argument(
      '<file>',
      'JSON lines: first {"agents":[...]}, then a task a line with its reward of every agent',
    )
    .addOption(
      new Option(
        '--through <path>',
        'core: the components alone; workflow: the real workflow, worker and MongoDB',
      )
        .choices(['core', 'workflow'])
        .default('core'),
    )
    .option(
      '--seeds <n>',
      `how often; each names the agents anew (default: ${DEFAULT_SEEDS.core}; ${DEFAULT_SEEDS.workflow} through workflow)`,
      parseLimit,
    )
    .option('--limit <n>', 'only the first tasks of the file', parseLargeCount)
    .option('--shuffle', 'give each seed an order of the tasks of its own', false)
    .option('--budget <usd>', 'USD a task that may be spent on average', parseBudget)
    .option('--cost-weight <reward>', 'reward that one USD weighs (see below)', parseWeight, 0)
    .addHelpText('after', REPLAY_HELP)
    .action(async (file: string, options: ReplayOptions, command: Command) => {
      const replay = await readReplayFile(file, {
        costRequired: options.costWeight > 0 || options.budget !== undefined,
        ...(options.limit === undefined ? {} : { limit: options.limit }),
      });
      const { json } = await commandContext(command);
      const evaluated =
        options.through === 'core'
          ? await throughCore(replay, options)
          : await throughWorkflow(replay, options, command);
      if (evaluated === null) process.exitCode = INTERRUPTED;
      else if (json) printJson(evaluated.evaluation);
      else printLine(replayTable(evaluated));
    });
}

/** Steps of progress that are told. */
const TOLD = 20;

function throughCore(replay: ReplayFile, options: ReplayOptions): Promise<EvaluatedReplay> {
  const seeds = options.seeds ?? DEFAULT_SEEDS.core;
  const every = Math.ceil(seeds / TOLD);
  return evaluateReplay(replay, {
    ...evaluationOptions(options, seeds),
    run: (seed, ordered) => {
      if (seed % every === 0 || seed === seeds) printStep(`Seed ${seed} of ${seeds}`);
      return replayThroughCore(ordered, seed, selectionOptions(options));
    },
  });
}

const evaluationOptions = ({ costWeight, budget, shuffle }: ReplayOptions, seeds: number) => ({
  seeds,
  costWeight,
  shuffle,
  ...(budget === undefined ? {} : { budget }),
});

const selectionOptions = ({ costWeight, budget }: ReplayOptions) => ({
  rewardPerUsd: costWeight,
  ...(budget === undefined ? {} : { budget }),
});

/** @returns null when it was interrupted */
async function throughWorkflow(
  replay: ReplayFile,
  options: ReplayOptions,
  command: Command,
): Promise<EvaluatedReplay | null> {
  const seeds = options.seeds ?? DEFAULT_SEEDS.workflow;
  const given = command.optsWithGlobals<{ tenant?: string }>().tenant;
  const name = given ?? `replay-${randomBytes(4).toString('hex')}`;
  const context = await commandContext(command);
  // Loaded when it is needed: no other command should wait for it.
  const [{ connectTemporalWorker }, { replayThroughWorkflow }, { installRuntime }] = await Promise.all([
    import('../worker-connection.js'),
    import('../evaluate/replay-workflow.js'),
    import('./install-runtime.js'),
  ]);
  installRuntime();
  const interrupt = new AbortController();
  const release = onStopSignal(() => interrupt.abort());
  const { servers, context: located } = await startServers(context, { onStep: printStep });
  const closing: (() => unknown)[] = [() => servers.stop(), release];
  try {
    const client = await openTemporal(located.config);
    closing.unshift(() => client.connection.close());
    const worker = await connectTemporalWorker(located.config);
    closing.unshift(() => worker.connection.close());
    const store = connectStore(located.config);
    closing.unshift(() => store.close());
    await setUpStore(store);
    // Servers of somebody else's were set up by whoever runs them.
    if (!servers.attached) await setUpSearchAttributes(client.connection, client.options.namespace);
    const evaluated = await evaluateReplay(replay, {
      ...evaluationOptions(options, seeds),
      run: (seed, ordered) => {
        const tenant = seeds === 1 ? name : `${name}-${seed}`;
        printStep(`Seed ${seed} of ${seeds}, tenant ${tenant}`);
        const tenth = Math.ceil(replay.tasks.length / 10);
        const onTask = (done: number): void => {
          if (done % tenth === 0 || done === replay.tasks.length)
            printStep(`  ${done} of ${replay.tasks.length} tasks`);
        };
        const { signal } = interrupt;
        return replayThroughWorkflow(
          ordered,
          { client, worker, store },
          { tenant, seed, signal, onTask, ...selectionOptions(options) },
        );
      },
    });
    for (const tenant of evaluated.tenants)
      printStep(
        `Kept: "journeyman tasks --tenant ${tenant}" lists the tasks${servers.attached ? '' : ', while "journeyman up" runs'}`,
      );
    return evaluated;
  } catch (error) {
    if (interrupt.signal.aborted) return null;
    throw error;
  } finally {
    for (const close of closing) await close();
  }
}

function parseBudget(text: string): number {
  const usd = Number(text);
  if (text.trim() === '' || !Number.isFinite(usd) || usd <= 0)
    throw new InvalidArgumentError('Allowed is a number of USD above 0.');
  return usd;
}

function parseWeight(text: string): number {
  const weight = Number(text);
  if (text.trim() === '' || !Number.isFinite(weight) || weight < 0)
    throw new InvalidArgumentError('Allowed is a number from 0.');
  return weight;
}
