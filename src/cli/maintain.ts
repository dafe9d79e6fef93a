/** `journeyman maintain`: runs maintenance now. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, Command } from 'commander';
import pc from 'picocolors';
import { JourneymanClient } from '../client.js';
import { type MaintenanceName, type MaintenanceProgress, maintenanceNames } from '../shared/maintenance.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { openLiveView } from './live-view.js';
import { OwnWorker } from './own-worker.js';
import { printJson, printLine } from './print.js';
import { openTemporal, withStore } from './servers.js';

const POLL_MS = 300;
/** What the server closed is recorded first, so that the others can learn from it. */
const all: readonly MaintenanceName[] = ['executions', 'patterns', 'recommendations', 'knowledge'];

export function maintainCommand(): Command {
  return addCommonOptions(new Command('maintain'))
    .summary('learn from new records now')
    .description(
      'Runs a maintenance workflow now instead of on its schedule, and shows its progress:\n' +
        '  patterns         turns new interactions into learnings\n' +
        '  recommendations  tests what could go better, and measures advice that is followed\n' +
        '  knowledge        shares discoveries, moves knowledge through its states, prunes\n' +
        '  executions       records tasks that were terminated or timed out\n' +
        '  all              these four, executions first',
    )
    .addArgument(new Argument('<what>', 'what to run').choices([...maintenanceNames, 'all']))
    .addHelpText(
      'after',
      `
Examples:
  journeyman maintain patterns
  journeyman maintain all --tenant acme --json`,
    )
    .action(async (what: MaintenanceName | 'all', _options: object, command: Command) => {
      const context = await commandContext(command);
      await withStore(context, async (store, { config }) => {
        const temporal = await openTemporal(config);
        const worker = new OwnWorker(temporal, { config, store, agents: [] });
        try {
          await worker.startIfNonePolls();
          const { tenant } = context;
          const client = await JourneymanClient.connect({ tenant, config, temporal, store });
          const done: Partial<Record<MaintenanceName, MaintenanceProgress>> = {};
          for (const name of what === 'all' ? all : [what]) {
            const progress = await maintain(client, worker, name);
            done[name] = progress;
            if (!context.json) printLine(`${pc.bold(name.padEnd(16))} ${countsOf(progress)}`);
          }
          if (context.json) printJson(done);
        } finally {
          await worker.stop();
          await temporal.connection.close();
        }
      });
    });
}

async function maintain(
  client: JourneymanClient,
  worker: OwnWorker,
  name: MaintenanceName,
): Promise<MaintenanceProgress> {
  const handle = await client.maintain(name);
  const view = openLiveView();
  const ended = new AbortController();
  const poll = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      // A query needs a worker to answer; one that is slow only leaves the view as it was.
      const progress = await handle.progress().catch(() => null);
      if (progress !== null) {
        const line = `${name}: ${progress.done} records in ${progress.batches} batches`;
        view.show([line], progress.batches > 0 ? [line] : []);
      }
      await sleep(POLL_MS, undefined, { signal: ended.signal }).catch(() => {});
    }
  };
  const polling = poll();
  const rescue = worker.startIfNotTaken(handle.workflowId, ended.signal, view.say);
  try {
    const result = handle.result();
    return await Promise.race([result, rescue.then(() => result), worker.failed]);
  } finally {
    ended.abort();
    await Promise.allSettled([polling, rescue]);
    view.close();
  }
}

function countsOf({ done, written }: MaintenanceProgress): string {
  const counts = Object.entries(written).map(([kind, count]) => `${count} ${kind}`);
  return [`${done} records taken in`, ...counts].join(', ');
}
