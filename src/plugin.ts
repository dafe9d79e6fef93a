/** `JourneymanPlugin`: adds to a platform's own Temporal worker all that `withLearning` needs. */
import { fileURLToPath } from 'node:url';
import { SimplePlugin } from '@temporalio/plugin';
import type {
  BundleOptions,
  BundlerPlugin,
  NativeConnection,
  NativeConnectionPlugin,
  ReplayWorkerOptions,
  Worker,
  WorkerOptions,
  WorkerPlugin,
} from '@temporalio/worker';
import { coreActivities } from './activities/core-activities.js';
import { lookupActivities } from './activities/lookup-activities.js';
import { sharedAll } from './activities/share-at-once.js';
import { type Config, loadConfig } from './config.js';
import { connectStore } from './connections.js';
import { planOffer } from './plan-offer.js';
import { isHosted, ownQueuesOf, runBeside, warnOfNoHost } from './plugin-host.js';
import { openRetrieval, retrievalOptions } from './retrieval/retrieval.js';
import { searchLog } from './search-log.js';
import type { CoreActivities } from './shared/activities.js';
import { InvalidInputError } from './shared/errors.js';
import { createRedactor } from './shared/redact.js';
import type { Store } from './store/store.js';
import { connectTemporalWorker } from './worker-connection.js';
import type { PreparedByPlugin } from './workflows/with-learning.js';

export interface JourneymanPluginOptions {
  /** The configuration, or its file. Default: `journeyman.config.json` of the current folder, if it is there. */
  config?: Config | string;
  /** Default: the one that the environment or the configuration names, opened and closed with the worker. */
  store?: Store;
  /**
   * Whether Journeyman's own worker (records that had to wait, maintenance, the configured agents) runs beside
   * this one, for as long as it does. Default true.
   */
  host?: boolean;
}

/** What the activities need while a worker runs. */
interface Resources {
  store: Store;
  closeSearch: () => void;
  activities: CoreActivities;
}

const interceptorModule = fileURLToPath(new URL('./workflows/step-interceptors.js', import.meta.url));

/**
 * A plugin for `Worker.create`, `Worker.runReplayHistories` and `bundleWorkflowCode`. A worker whose bundle was
 * made beforehand needs it in both.
 *
 * ```ts
 * import { JourneymanPlugin } from 'journeyman/plugin';
 *
 * const worker = await Worker.create({
 *   taskQueue: 'releases',
 *   workflowsPath,
 *   activities,
 *   plugins: [new JourneymanPlugin({ config: 'journeyman.config.json' })],
 * });
 * ```
 *
 * `Worker.create` rejects when the configuration cannot be used (ConfigError), and when the worker has an
 * activity named like ours or polls one of Journeyman's own queues (InvalidInputError). MongoDB may be away at
 * any time, then too.
 */
export class JourneymanPlugin implements WorkerPlugin, BundlerPlugin, NativeConnectionPlugin {
  readonly name = 'journeyman';
  private readonly additions: SimplePlugin;
  private readonly activities: CoreActivities;
  /** Connections that the platform made, and closes itself. */
  private readonly lent = new WeakSet<NativeConnection>();
  private configLoaded: Promise<Config> | null = null;
  private resources: Promise<Resources> | null = null;
  private running = 0;

  constructor(private readonly settings: JourneymanPluginOptions = {}) {
    this.activities = {
      prepareTask: async (input, executionId): Promise<PreparedByPlugin> => {
        const { temporal } = await this.config();
        const { activities } = await this.open();
        return { ...(await activities.prepareTask(input, executionId)), recorderQueue: temporal.taskQueue };
      },
      recordExecution: async (record) => (await this.open()).activities.recordExecution(record),
    };
    this.additions = new SimplePlugin({
      name: this.name,
      activities: this.activities,
      workerInterceptors: { workflowModules: [interceptorModule] },
    });
  }

  async configureWorker(options: WorkerOptions): Promise<WorkerOptions> {
    if (isHosted(options.taskQueue)) return options;
    const queues = ownQueuesOf(await this.config());
    if (queues.includes(options.taskQueue))
      throw new InvalidInputError(
        'taskQueue',
        options.taskQueue,
        `a queue of the platform's own, not one of Journeyman's (${queues.join(', ')})`,
      );
    const theirs = { ...options.activities } as Record<string, unknown>;
    for (const [name, activity] of Object.entries(this.activities))
      if (theirs[name] !== undefined && theirs[name] !== activity)
        throw new InvalidInputError(
          'activities',
          name,
          `names other than ${Object.keys(this.activities).join(' and ')}, which one JourneymanPlugin adds`,
        );
    // Connects when it is first used; an address that is none is told now.
    await this.open();
    if (options.connection !== undefined) this.lent.add(options.connection);
    return this.additions.configureWorker(options);
  }

  configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    return this.additions.configureReplayWorker(options);
  }

  configureBundler(options: BundleOptions): BundleOptions {
    return this.additions.configureBundler(options);
  }

  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (isHosted(worker.options.taskQueue)) return next(worker);
    this.running += 1;
    try {
      if (this.settings.host === false) await next(worker);
      else await this.runHosted(worker, () => next(worker));
    } finally {
      this.running -= 1;
      if (this.running === 0) await this.close();
    }
  }

  private async runHosted(worker: Worker, run: () => Promise<void>): Promise<void> {
    const config = await this.config();
    const { store } = this.settings;
    const common = { config, namespace: worker.options.namespace, ...(store === undefined ? {} : { store }) };
    if (worker.connection !== undefined && this.lent.has(worker.connection))
      return runBeside({ ...common, connection: worker.connection }, run);
    // One that the worker made for itself is closed by it, and not while others use it.
    const connection = await connectTemporalWorker(config).then(
      (connected) => connected.connection,
      // An address in our configuration may be wrong; that of the platform's worker is not.
      (error: unknown) => warnOfNoHost(error),
    );
    if (connection === undefined) return run();
    try {
      await runBeside({ ...common, connection }, run);
    } finally {
      await connection.close();
    }
  }

  private config(): Promise<Config> {
    const { config } = this.settings;
    this.configLoaded ??=
      config === undefined || typeof config === 'string' ? loadConfig(config) : Promise.resolve(config);
    return this.configLoaded;
  }

  private open(): Promise<Resources> {
    this.resources ??= this.config().then((config) => {
      const store = this.settings.store ?? connectStore(config);
      const deps = {
        store,
        config,
        redactor: createRedactor(config.redact),
        offer: planOffer(config),
        // The search attributes of its workflows are the platform's.
        searchAttributes: () => Promise.resolve([]),
      };
      const closeSearch = openRetrieval(store, retrievalOptions(config.retrieval, searchLog()));
      return { store, closeSearch, activities: coreActivities(deps, lookupActivities(deps)) };
    });
    return this.resources;
  }

  private async close(): Promise<void> {
    const opened = this.resources;
    this.resources = null;
    const resources = await opened;
    if (resources !== null) await sharedAll(resources.store);
    resources?.closeSearch();
    if (this.settings.store === undefined) await resources?.store.close();
  }
}
