/** `journeyman up`: keeps Temporal, its UI and MongoDB running on this machine. */
import { Command } from 'commander';
import pc from 'picocolors';
import { connectStore } from '../connections.js';
import type { LocalServerError } from '../embedded/index.js';
import { setUpSearchAttributes, setUpStore } from '../setup.js';
import { parsePort } from './arguments.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { type StartedServers, startServers } from './local-servers.js';
import { printJson, printLine, printStep } from './print.js';
import { hostsOf, openTemporal } from './servers.js';
import { onStopSignal } from './stop-signals.js';

interface UpOptions {
  temporalPort?: number;
  uiPort?: number;
  mongoPort?: number;
}

export function upCommand(): Command {
  return addCommonOptions(new Command('up'))
    .summary('keep Temporal, its UI and MongoDB running here')
    .description(
      'Starts a Temporal server with its UI and a MongoDB replica set of one node, makes them ready for tasks, ' +
        'and keeps them running until Ctrl-C. Their data stays in the data folder.\n' +
        'A server named by TEMPORAL_ADDRESS, JOURNEYMAN_MONGODB_URI or the configuration is used instead.',
    )
    .option('--temporal-port <port>', 'default: 7233; 0 takes a free one', parsePort)
    .option('--ui-port <port>', 'default: 8233; 0 takes a free one', parsePort)
    .option('--mongo-port <port>', 'default: 27017; 0 takes a free one', parsePort)
    .addHelpText(
      'after',
      `
Examples:
  journeyman up
  journeyman up --data ./servers --temporal-port 7300 --ui-port 8300 --mongo-port 27100`,
    )
    .action(async (options: UpOptions, command: Command) => {
      const context = await commandContext(command);
      let end: () => void = () => {};
      let fail: (error: LocalServerError) => void = () => {};
      const ended = new Promise<void>((resolve, reject) => {
        end = resolve;
        fail = reject;
      });
      // A server may end while nobody waits yet.
      ended.catch(() => {});
      const { temporalPort, uiPort, mongoPort } = options;
      const release = onStopSignal(() => end());
      const started = await startServers(context, {
        ...(temporalPort !== undefined && { temporalPort }),
        ...(uiPort !== undefined && { uiPort }),
        ...(mongoPort !== undefined && { mongoPort }),
        onStep: printStep,
        onFailure: (error) => fail(error),
      });
      try {
        await makeReady(started);
        printServers(started);
        if (started.servers.attached) return;
        await ended;
        printStep('Stopping the servers; their data is kept');
      } finally {
        await started.servers.stop();
        release();
      }
    });
}

async function makeReady({ context }: StartedServers): Promise<void> {
  const store = connectStore(context.config);
  const client = await openTemporal(context.config);
  try {
    await setUpStore(store);
    await setUpSearchAttributes(client.connection, client.options.namespace);
  } finally {
    await Promise.all([store.close(), client.connection.close()]);
  }
}

function printServers({ servers, context }: StartedServers): void {
  const { temporal, mongo, attached } = servers;
  const uri = attached ? hostsOf(mongo.uri) : mongo.uri;
  if (context.json) {
    printJson({
      temporal: { ...temporal, uiUrl: context.uiUrl },
      mongo: { uri },
      dataDir: context.dataDir,
      started: !attached,
    });
    return;
  }
  printLine(`${pc.bold('Temporal')}     ${temporal.address} (namespace ${temporal.namespace})`);
  if (context.uiUrl !== null) printLine(`${pc.bold('Temporal UI')}  ${context.uiUrl}`);
  printLine(`${pc.bold('MongoDB')}      ${uri}`);
  printLine(
    attached ? 'Both ran already; nothing was started here.' : `Data in ${context.dataDir}. Ctrl-C stops.`,
  );
}
