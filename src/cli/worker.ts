/** `journeyman worker`: runs tasks and the configured agents until it is told to stop. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { connectStore } from '../connections.js';
import { setUpSchedules, setUpStore } from '../setup.js';
import { InvalidInputError } from '../shared/errors.js';
import { type Store, StoreUnavailableError } from '../store/store.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { locateServers, mongoOutOfReach, openTemporal } from './servers.js';
import { onStopSignal } from './stop-signals.js';
import { type Log, openLog } from './worker-log.js';

const STORE_RETRY_MS = 5_000;

export function workerCommand(): Command {
  return addCommonOptions(new Command('worker'))
    .summary('run tasks and the configured agents')
    .description(
      "Polls for tasks and runs the configuration's agents until SIGINT or SIGTERM; what runs then is given " +
        'time to finish. Logs on stderr, as JSON lines where that is no terminal or with --json.\n' +
        'It starts and works while MongoDB is away: tasks then run without what was learned, and their ' +
        'records follow.',
    )
    .option(
      '--metrics <host:port>',
      'serve Prometheus metrics there (default: $JOURNEYMAN_METRICS_ADDRESS, else none)',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman worker --config journeyman.config.json
  journeyman worker --metrics 127.0.0.1:9464`,
    )
    .action(async (options: { metrics?: string }, command: Command) => {
      const context = await locateServers(await commandContext(command));
      const { config, tenant } = context;
      const log = openLog(context.json);
      const metrics = metricsAddress(options.metrics);
      // Loaded when it is needed: no other command should wait for it.
      const [{ connectTemporalWorker }, { createWorker }, { installRuntime }] = await Promise.all([
        import('../worker-connection.js'),
        import('../worker.js'),
        import('./install-runtime.js'),
      ]);
      installRuntime(log, metrics);
      const client = await openTemporal(config);
      const { connection, namespace } = await connectTemporalWorker(config);
      const store = connectStore(config);
      const stopping = new AbortController();
      try {
        const worker = await createWorker({ config, store, connection, namespace });
        const release = onStopSignal(() => {
          log('info', 'Stopping; what runs is given time to finish');
          stopping.abort();
          worker.shutdown();
        });
        const running = worker.run();
        const schedules = setUpSchedules(client, tenant, config.temporal.taskQueue).catch((error: unknown) =>
          log('warn', 'The maintenance schedules could not be created', { error }),
        );
        const { taskQueue } = config.temporal;
        log('info', 'Worker started', {
          namespace,
          taskQueue,
          tenant,
          agents: config.agents.map(({ type }) => type),
          ...(metrics !== undefined && { metrics: `http://${metrics}/metrics` }),
        });
        try {
          await Promise.all([running, schedules, prepareStore(store, config, log, stopping.signal)]);
        } finally {
          stopping.abort();
          release();
        }
        log('info', 'Worker stopped');
      } finally {
        await Promise.all([store.close(), connection.close(), client.connection.close()]);
      }
    });
}

function metricsAddress(option: string | undefined): string | undefined {
  const address = option ?? process.env['JOURNEYMAN_METRICS_ADDRESS'];
  if (address === undefined || address === '') return undefined;
  const port = /^(?:\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(address)?.[1];
  if (port === undefined || Number(port) > 65_535)
    throw new InvalidInputError(
      option === undefined ? 'JOURNEYMAN_METRICS_ADDRESS' : '--metrics',
      address,
      'host:port, e.g. 127.0.0.1:9464',
    );
  return address;
}

/** Creates the indexes, as soon as MongoDB can be reached. */
async function prepareStore(
  store: Store,
  config: Parameters<typeof mongoOutOfReach>[0],
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await setUpStore(store);
      if (attempt > 1) log('info', 'MongoDB is ready now');
      return;
    } catch (error) {
      if (attempt === 1) {
        const away = error instanceof StoreUnavailableError;
        log('warn', away ? mongoOutOfReach(config, error).message : 'The indexes could not be created', {
          error,
        });
      }
      await sleep(STORE_RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}
