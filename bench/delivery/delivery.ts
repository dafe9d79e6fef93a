/**
 * Whether each subscriber of a channel gets each of its items, once it was acknowledged not again, in order, and how
 * soon: through the product's own live delivery, on a mongod of its own, while the processes of the subscribers are
 * killed and started again at random. Beside it, subscribers that poll.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from 'simple-statistics';
import { seededUniform } from '../../src/evidence/random.js';
import { knowledgeIndexes, subscriptions } from '../../src/knowledge/collections.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { openRetrieval } from '../../src/retrieval/retrieval.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { defaultKnowledgeSettings } from '../../src/shared/knowledge-settings.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore } from '../../src/store/store.js';
import type { BenchReport, BenchWithOptions } from '../bench.js';
import { onOwnServers } from '../own-servers.js';
import { tell } from '../tell.js';
import { compileSubscriber } from './compile-subscriber.js';
import { judge, type Verdict } from './judge.js';
import { type Sharing, shareSteadily } from './share-steadily.js';
import { type SubscriberProcess, withSubscribers } from './subscriber-processes.js';

interface Scenario {
  subscribers: number;
  items: number;
  agents: number;
  rate: number;
  channels: number;
  processes: number;
  /** Seconds between two kills at the mean; 0: none. */
  killEvery: number;
}

const defaults: Scenario = {
  ...{ subscribers: 1_000, items: 10_000, agents: 50, rate: 100 },
  ...{ channels: 10, processes: 4, killEvery: 10 },
};

const optionNames = {
  subscribers: 'subscribers',
  items: 'items',
  agents: 'agents',
  rate: 'rate',
  channels: 'channels',
  processes: 'processes',
  'kill-every': 'killEvery',
} as const satisfies Record<string, keyof Scenario>;

const whatItTakes: Record<keyof Scenario, { means: string; least: number; most: number }> = {
  subscribers: { means: 'subscribers of all channels', least: 1, most: 60_000 },
  items: { means: 'items shared', least: 10, most: 1_000_000 },
  agents: { means: 'agents that share', least: 1, most: 10_000 },
  rate: { means: 'items a second', least: 1, most: 10_000 },
  channels: { means: 'channels; each subscriber has one, each item goes to one', least: 1, most: 1_000 },
  processes: { means: 'processes of subscribers', least: 1, most: 64 },
  killEvery: { means: 'seconds from one kill to the next at the mean, 0 for none', least: 0, most: 3_600 },
};

const textOfOption = (field: keyof Scenario): string => {
  const { means, least, most } = whatItTakes[field];
  return `${means}: a whole number from ${least} to ${most}, default ${defaults[field]}`;
};

/** Milliseconds from one question to the next of those who poll. */
const POLL_MS = 100;
/** Of the items, how many are shared to those who poll. */
const POLLED_SHARE = 0.1;
const DRAIN_DEADLINE_MS = 180_000;
/** Items that are shared before, where nobody listens. */
const WARM_UP_ITEMS = 300;
const WARM_UP_CHANNEL = 'warm-up';
const DATABASE = 'delivery';

export const delivery: BenchWithOptions = {
  options: Object.fromEntries(
    Object.entries(optionNames).map(([name, field]) => [name, textOfOption(field)]),
  ),
  async run(values) {
    const scenario = { ...defaults };
    for (const [name, field] of Object.entries(optionNames)) {
      const given = values.get(name);
      if (given === undefined) continue;
      const { least, most } = whatItTakes[field];
      const value = Number(given);
      if (!Number.isInteger(value) || value < least || value > most)
        throw new InvalidInputError(`--${name}`, given, textOfOption(field));
      scenario[field] = value;
    }
    const live = await measure(scenario, null);
    tell('Now subscribers that poll');
    const polled = {
      ...scenario,
      items: Math.max(10, Math.round(scenario.items * POLLED_SHARE)),
      killEvery: 0,
    };
    return report(scenario, live, await measure(polled, POLL_MS));
  },
};

interface Measured {
  verdict: Verdict;
  sharing: Sharing;
  processes: readonly SubscriberProcess[];
}

/** @param pollMs null: by live delivery */
async function measure(scenario: Scenario, pollMs: number | null): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'journeyman-delivery-'));
  try {
    return await onOwnServers(({ mongo }) => run(scenario, pollMs, mongo.uri, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  scenario: Scenario,
  pollMs: number | null,
  uri: string,
  folder: string,
): Promise<Measured> {
  const tenant = 'bench';
  const store = openStore({ uri, database: DATABASE, deadlineMs: 30_000 });
  const closeSearch = openRetrieval(store, {
    kind: 'memory',
    // Items are told apart by their words: a model would take processor time that agents have elsewhere.
    embedder: () => Promise.resolve(null),
    memoryBytes: 2 ** 30,
  });
  try {
    await ensureIndexes(store, [...storeIndexes, ...knowledgeIndexes]);
    const hub = new KnowledgeHub(store, tenant, undefined, {
      settings: { ...defaultKnowledgeSettings, sharesPerMinute: 1_000_000 },
    });
    const channels = Array.from({ length: scenario.channels }, (_, at) => `channel-${at + 1}`);
    for (const name of channels) await hub.createChannel({ name });
    const agents = Array.from({ length: scenario.subscribers }, (_, at) => `subscriber ${at + 1}`);
    const channelOf = (subscriber: number): number => subscriber % channels.length;
    await Promise.all(
      agents.map((agent, number) => hub.subscribeToChannel(agent, channels[channelOf(number)] ?? '')),
    );
    tell(`${agents.length} agents have subscribed`);
    // Who shares has been at it for a while.
    await hub.createChannel({ name: WARM_UP_CHANNEL });
    const warmUp = { ...scenario, items: WARM_UP_ITEMS, channels: [WARM_UP_CHANNEL] };
    await shareSteadily(hub, warmUp, seededUniform('warm-up'));
    const jobs = Array.from({ length: scenario.processes }, (_, at) => ({
      ...{ uri, database: DATABASE, tenant, agents, pollMs },
      subscribers: agents.flatMap((_, number) => (number % scenario.processes === at ? [number] : [])),
      log: join(folder, `process-${at}`),
    }));
    let sharing: Sharing | null = null;
    const program = await compileSubscriber(await mkdtemp(join(folder, 'program-')));
    const killEveryMs = scenario.killEvery === 0 ? null : scenario.killEvery * 1_000;
    const kills = seededUniform('kills');
    const processes = await withSubscribers(program, jobs, killEveryMs, kills, async (calm) => {
      sharing = await shareSteadily(hub, { ...scenario, channels }, seededUniform('items'));
      await calm();
      await drained(async () => {
        const behind = channels.map((channel, at) =>
          subscriptions(store).countDocuments({
            tenant,
            channel,
            acknowledged: { $lt: (sharing?.calls[at]?.length ?? 1) - 1 },
          }),
        );
        return (await Promise.all(behind)).reduce((sum, count) => sum + count, 0);
      });
    });
    if (sharing === null) throw new Error('nothing was shared');
    const { calls } = sharing as Sharing;
    return { verdict: judge(processes, calls, channelOf), sharing, processes };
  } finally {
    closeSearch();
    await store.close();
  }
}

/** Waits until nobody is behind, or for long enough. */
async function drained(behind: () => Promise<number>): Promise<void> {
  const end = performance.now() + DRAIN_DEADLINE_MS;
  for (;;) {
    const left = await behind();
    if (left === 0) return;
    if (performance.now() > end) {
      tell(`${left} subscribers are still behind`);
      return;
    }
    await sleep(500);
  }
}

function report(scenario: Scenario, live: Measured, polled: Measured): BenchReport {
  const { verdict, sharing, processes } = live;
  const { latency, expected, delivered, lost, duplicated, redelivered, outOfOrder } = verdict;
  const p95Ms = latency.quantile(0.95);
  const pollingP95Ms = polled.verdict.latency.quantile(0.95);
  const kills = processes.reduce((sum, { downs }) => sum + downs.length, 0);
  const downSeconds = processes.reduce(
    (sum, { downs }) => sum + downs.reduce((all, { from, until }) => all + (until - from) / 1_000, 0),
    0,
  );
  const figures = {
    ...scenario,
    ...{ expected, delivered, lost, duplicated, redelivered, outOfOrder, p95Ms },
    ...{ p50Ms: latency.quantile(0.5), p99Ms: latency.quantile(0.99), maxMs: latency.quantile(1) },
    afterReturnP95Ms: verdict.afterReturn.quantile(0.95),
    shared: sharing.callMs.length,
    retriedShares: sharing.retried,
    failedShares: sharing.failed,
    shareP95Ms: quantile(sharing.callMs, 0.95),
    itemsPerSecond: sharing.callMs.length / sharing.seconds,
    kills,
    downSeconds,
    downSubscriberSeconds: verdict.downSubscriberSeconds,
    polling: {
      everyMs: POLL_MS,
      p95Ms: pollingP95Ms,
      delivered: polled.verdict.delivered,
      lost: polled.verdict.lost,
      shareP95Ms: quantile(polled.sharing.callMs, 0.95),
    },
    ratio: p95Ms / pollingP95Ms,
  };
  return {
    figures,
    text: [
      `${scenario.subscribers} subscribers in ${scenario.processes} processes, ${scenario.channels} channels; ${figures.shared} items at ${figures.itemsPerSecond.toFixed(0)} a second`,
      `Delivered ${delivered} of ${expected}: lost ${lost}, again after acknowledgement ${duplicated}, out of order ${outOfOrder}; again before acknowledgement ${redelivered}`,
      `Call of share to delivery: p50 ${figures.p50Ms} ms, p95 ${p95Ms} ms, p99 ${figures.p99Ms} ms, max ${figures.maxMs} ms`,
      `The call itself: p95 ${figures.shareP95Ms.toFixed(0)} ms; from its return to delivery: p95 ${figures.afterReturnP95Ms} ms`,
      `${kills} kills; processes were down for ${downSeconds.toFixed(1)} s in all, which the times leave out`,
      `Subscribers that ask every ${POLL_MS} ms: p95 ${pollingP95Ms} ms (ours / theirs ${figures.ratio.toFixed(3)})`,
    ].join('\n'),
  };
}
