/** `journeyman run`: runs one task and shows how it goes. */
import { randomUUID } from 'node:crypto';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { Command, Option } from 'commander';
import { JourneymanClient } from '../client.js';
import { connectStore } from '../connections.js';
import { findTaskInteractions } from '../learning/interactions.js';
import { setUpStore } from '../setup.js';
import { taskWorkflowId } from '../shared/ids.js';
import { createRedactor } from '../shared/redact.js';
import { learningModes, strategies } from '../shared/terms.js';
import { type Store, StoreUnavailableError } from '../store/store.js';
import { type TaskRequest, taskInput } from '../task-request.js';
import { collect, collectPairs, parseLargeCount, parsePositive } from './arguments.js';
import { addCommonOptions, type CommandContext, commandContext } from './common-options.js';
import { startServers } from './local-servers.js';
import { OwnWorker } from './own-worker.js';
import { printStep } from './print.js';
import {
  type LocatedContext,
  locateServers,
  mongoOutOfReach,
  namedServers,
  openTemporal,
} from './servers.js';
import { INTERRUPTED, onStopSignal } from './stop-signals.js';
import { type RunOptions, requestOf } from './task-arguments.js';
import { type FinishedTask, printFinishedTask } from './task-result.js';
import { watchTask } from './watch-task.js';

export function runCommand(): Command {
  return addCommonOptions(new Command('run'))
    .summary('run one task and show how it goes')
    .description(
      'Runs a task with the agents of the configuration. Servers and a worker that do not run yet are started ' +
        'for as long as it takes. Ctrl-C cancels the task. Exit code 0: success or unknown, 1: failed.',
    )
    .argument('<task>', 'what to do, in words')
    .option('--agent <type>', 'only this agent may be chosen; repeat it to allow several', collect)
    .addOption(
      new Option(
        '--strategy <name>',
        'fixes the plan: these agents, in this order; otherwise it is chosen from what was learned',
      ).choices(strategies),
    )
    .option('--verify <command>', 'program whose exit code decides success; no shell is involved')
    .option('--context <key=value>', 'what the agents should know besides; may be repeated', collectPairs)
    .option(
      '--verify-by <agent>',
      'agent that judges the work; repeat it for several, the most trusted first',
      collect,
    )
    .option(
      '--workspace <dir>',
      "folder the agents work in (default: each agent's own; with --isolate this folder)",
    )
    .addOption(
      new Option(
        '--isolate <how>',
        'every attempt works in a folder of its own: a git clone or a copy of the workspace',
      ).choices(['git', 'copy']),
    )
    .option('--apply', "with --isolate: put the winner's change into the workspace when the task succeeds")
    .addOption(
      new Option('--keep <when>', 'with --isolate: keep the folders of attempts (default: never)').choices([
        'never',
        'failed',
        'always',
      ]),
    )
    .option(
      '--max-usd <n>',
      'most that all agents together may cost; over it they are stopped',
      parsePositive,
    )
    .option(
      '--budget <usd>',
      'USD that tasks may cost on average; plans are chosen so that it is held',
      parsePositive,
    )
    .option('--max-tokens <n>', 'most that all agents together may use, input and output', parseLargeCount)
    .option('--max-seconds <n>', 'longest that all agents together may take', parsePositive)
    .addOption(
      new Option(
        '--approve <when>',
        'a person decides before the agents start, or after, on the result; no answer in a day counts as no',
      ).choices(['before', 'after']),
    )
    .option('--task-id <id>', 'the same id never runs twice: its task is found again (default: a new one)')
    .addOption(
      new Option('--learning <mode>', "default: the tenant's, else the configuration's").choices(
        learningModes,
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman run "Fix the failing test in cart.mjs" --verify "node --test" --workspace ./shop
  journeyman run "Add an endpoint for orders" --agent coder --context language=go --context ticket=SHOP-12
  journeyman run "Fix the flaky test" --workspace . --isolate git --apply --max-usd 0.50 --approve after
  journeyman run "Review the release" --strategy sequential --agent coder --agent reviewer
  journeyman run "Nightly build" --task-id build-2026-01-31 --json`,
    )
    .action(async (task: string, options: RunOptions, command: Command) => {
      const context = await commandContext(command);
      const request = requestOf(task, options, context.config);
      const taskId = request.taskId ?? randomUUID();
      // Fails now, before servers are started for a task that cannot be.
      taskInput(context.tenant, taskId, request, createRedactor(context.config.redact));
      process.exitCode = await runTask(context, { ...request, taskId }, request.taskId !== undefined);
    });
}

async function runTask(
  given: CommandContext,
  request: TaskRequest & { taskId: string },
  idGiven: boolean,
): Promise<number> {
  const interrupt = new AbortController();
  const release = onStopSignal(() => interrupt.abort());
  const cleanUp: (() => Promise<void>)[] = [];
  try {
    const named = namedServers(given.config);
    let context: LocatedContext;
    let temporary = false;
    if (named.temporal !== null && named.mongo !== null) context = await locateServers(given);
    else {
      const started = await startServers(given, { onStep: printStep });
      cleanUp.push(() => started.servers.stop());
      context = started.context;
      temporary = !started.servers.attached;
    }
    const { config, tenant } = context;
    const temporal = await openTemporal(config);
    cleanUp.push(() => temporal.connection.close());
    const store = connectStore(config);
    cleanUp.push(() => store.close());
    await setUpStore(store).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) throw error;
      printStep(mongoOutOfReach(config, error).message);
      printStep('The task runs without what was learned; its record follows when MongoDB is back');
    });
    const worker = new OwnWorker(temporal, { config, store });
    cleanUp.push(() => worker.stop());
    await worker.startIfNonePolls();
    if (interrupt.signal.aborted) return INTERRUPTED;
    const client = await JourneymanClient.connect({ tenant, config, temporal, store });
    const before = idGiven ? await standingOf(temporal, store, tenant, request.taskId) : null;
    if (before !== null) printStep(before);
    const handle = await client.startTask(request);
    const finished: FinishedTask = await watchTask(handle, worker, interrupt.signal);
    const deferred = 'result' in finished && finished.result.recording === 'deferred';
    const storeAway = deferred && (await isAway(store));
    printFinishedTask(finished, context, { handle, temporary, storeAway });
    if (interrupt.signal.aborted) return INTERRUPTED;
    return 'result' in finished && finished.result.success !== false ? 0 : 1;
  } finally {
    // What was opened last is closed first.
    for (const close of cleanUp.toReversed()) await close();
    release();
  }
}

/** What a person has to know of a task id that was used before; null where it was not. */
async function standingOf(
  temporal: Client,
  store: Store,
  tenant: string,
  taskId: string,
): Promise<string | null> {
  const known = await temporal.workflow
    .getHandle(taskWorkflowId(tenant, taskId))
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    });
  if (known?.status.name === 'RUNNING') return `The task ${taskId} runs already; this is how it goes`;
  // Temporal forgets after a while.
  const recorded = known === null ? await findTaskInteractions(store, tenant, taskId).catch(() => []) : [];
  if (known === null && recorded.length === 0) return null;
  return `The task ${taskId} ran before, and the same id never runs twice: this is how it went then`;
}

/** Whether MongoDB does not answer. */
async function isAway(store: Store): Promise<boolean> {
  try {
    await store.run(() => store.db.command({ ping: 1 }));
    return false;
  } catch {
    return true;
  }
}
