import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { knowledgeIndexes, subscriptions } from '../../src/knowledge/collections.js';
import { subscribe } from '../../src/knowledge/feed/subscribe.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';
import { waitUntil } from '../workflow/wait-until.js';
import { put, sequencesOf, take, upTo, within } from './knowledge-feed-items.js';
import { ownMongod } from './own-mongod.js';

const database = `feed_absence_${process.pid}`;
let store: Store;
const children: ChildProcess[] = [];

beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database, deadlineMs: 20_000 });
  await ensureIndexes(store, [...storeIndexes, ...knowledgeIndexes]);
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

interface Said {
  what: string;
  channel: string;
  sequence: number;
}

/** A process that listens for `reader`; all that it says comes into `said`. */
function listener(tenant: string, said: Said[]): ChildProcess {
  const script = join(import.meta.dirname, 'knowledge-feed-process.ts');
  const args = ['--import', 'tsx', script, inject('mongoUri'), database, tenant, 'reader'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [what = '', channel = '', sequence = ''] = line.split(' ');
    said.push({ what, channel, sequence: Number(sequence) });
  });
  return child;
}

describe('a process that is killed', () => {
  it('goes on after what it had acknowledged, loses nothing and is handed nothing of that again', async () => {
    const tenant = 'killed';
    const hub = new KnowledgeHub(store, tenant);
    for (const channel of ['code', 'testing']) await hub.subscribeToChannel('reader', channel);
    const total = 300;
    const lives: Said[][] = [];
    const sharing = (async () => {
      for (let shared = 0; shared < total; shared += 10) {
        await put(store, tenant, 'code', 10);
        await put(store, tenant, 'testing', 10);
        await sleep(50);
      }
    })();
    for (const atLeast of [30, 60, 90]) {
      const said: Said[] = [];
      lives.push(said);
      const child = listener(tenant, said);
      await waitUntil('it was handed some', () => said.length >= atLeast, 30_000);
      await kill(child);
    }
    await sharing;
    const last: Said[] = [];
    lives.push(last);
    listener(tenant, last);
    const isLast = ({ what, sequence }: Said) => what === 'got' && sequence === total;
    await waitUntil('it was handed the last of both', () => last.filter(isLast).length === 2, 30_000);

    for (const channel of ['code', 'testing']) {
      const got = new Set<number>();
      let acknowledged = 0;
      for (const life of lives) {
        let before: number | null = null;
        for (const { what, sequence } of life.filter((each) => each.channel === channel)) {
          if (what === 'got') {
            // The first of a life may be later still: it was killed before it could say what it acknowledged.
            expect(sequence).toBeGreaterThan(acknowledged);
            if (before !== null) expect(sequence).toBe(before + 1);
            before = sequence;
            got.add(sequence);
          } else acknowledged = Math.max(acknowledged, sequence);
        }
      }
      expect([...got].sort((a, b) => a - b)).toEqual(upTo(total));
      expect(acknowledged).toBeGreaterThan(0);
    }
  }, 120_000);

  it('shows by handing out again what it was killed before acknowledging', async () => {
    const tenant = 'again';
    await new KnowledgeHub(store, tenant).subscribeToChannel('reader', 'code');
    await put(store, tenant, 'code', 3);
    const said: Said[] = [];
    const child = listener(tenant, said);
    // The third it keeps for itself.
    await waitUntil('it was handed three', () => said.filter(({ what }) => what === 'got').length === 3);
    await waitUntil('two are acknowledged', () =>
      said.some(({ what, sequence }) => what === 'acknowledged' && sequence === 2),
    );
    await kill(child);
    const again: Said[] = [];
    listener(tenant, again);
    await waitUntil('it is handed one', () => again.length > 0);
    expect(again[0]).toEqual({ what: 'got', channel: 'code', sequence: 3 });
  }, 60_000);
});

it('who comes back after thousands of items is handed all of them, channel by channel in order', async () => {
  const tenant = 'away';
  const hub = new KnowledgeHub(store, tenant);
  for (const channel of ['code', 'testing']) await hub.subscribeToChannel('reader', channel);
  const before = hub.subscribe('reader');
  await put(store, tenant, 'code', 1);
  await (await take(before, 1))[0]?.acknowledge();
  await before.close();
  await put(store, tenant, 'code', 4_000);
  await put(store, tenant, 'testing', 2_000);
  const reader = hub.subscribe('reader', { buffer: 50 });
  const taken = await take(reader, 6_000);
  const of = (channel: string) => sequencesOf(taken.filter((each) => each.channel === channel));
  expect(of('code')).toEqual(upTo(4_000, 2));
  expect(of('testing')).toEqual(upTo(2_000));
  // And it is at the end, where new ones come by themselves.
  const next = take(reader, 1);
  await put(store, tenant, 'testing', 1);
  expect((await next)[0]?.id).toBe('testing:2001');
  await taken.at(-1)?.acknowledge();
  await reader.close();
}, 120_000);

it('a slow reader holds no more than it may, and finds the rest in MongoDB later', async () => {
  const tenant = 'slow';
  const buffer = 20;
  const watched = openStore({
    uri: inject('mongoUri'),
    database,
    deadlineMs: 20_000,
    client: { monitorCommands: true },
  });
  let read = 0;
  watched.db.client.on('commandSucceeded', ({ commandName, reply }) => {
    const { cursor } = reply as { cursor?: { ns: string; firstBatch?: unknown[]; nextBatch?: unknown[] } };
    if (cursor?.ns !== `${database}.knowledge`) return;
    expect(commandName === 'find' || commandName === 'getMore').toBe(true);
    read += (cursor.firstBatch ?? cursor.nextBatch ?? []).length;
  });
  try {
    await new KnowledgeHub(store, tenant).subscribeToChannel('reader', 'code');
    const content = 'x'.repeat(50_000);
    await put(store, tenant, 'code', 400, content);
    const reader = subscribe(watched, tenant, 'reader', { buffer });
    // One channel of its own and the one for broadcasts share what it may hold.
    expect(sequencesOf(await take(reader, 3))).toEqual([1, 2, 3]);
    await put(store, tenant, 'code', 400, content);
    await sleep(500);
    expect(read).toBeLessThanOrEqual(buffer);
    const got: number[] = [];
    for await (const { sequence, item } of reader) {
      expect(item.content).toHaveLength(content.length);
      got.push(sequence);
      if (sequence === 800) break;
    }
    expect(got).toEqual(upTo(797, 4));
  } finally {
    await watched.close();
  }
}, 120_000);

it('two thousand subscribers in one process share what is read, and their acknowledgements are written together', async () => {
  const tenant = 'many';
  const count = 2_000;
  const items = 30;
  const hub = new KnowledgeHub(store, tenant);
  await hub.channels();
  await subscriptions(store).insertMany(
    Array.from({ length: count }, (_, at) => ({
      _id: `${tenant}|agent ${at}|code`,
      ...{ tenant, agent: `agent ${at}`, channel: 'code', acknowledged: 0, since: new Date() },
    })),
  );
  const own = openStore({
    uri: inject('mongoUri'),
    database,
    deadlineMs: 20_000,
    client: { monitorCommands: true },
  });
  const commands = { reads: 0, writes: 0 };
  own.db.client.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'find' && command['find'] === 'knowledge') commands.reads += 1;
    if (commandName === 'update') commands.writes += 1;
  });
  const controller = new AbortController();
  const got = Array.from({ length: count }, (): number[] => []);
  const waits: number[] = [];
  const begun = new Map<number, number>();
  try {
    const all = got.map(async (sequences, at) => {
      for await (const delivery of subscribe(own, tenant, `agent ${at}`, { signal: controller.signal })) {
        const { sequence } = delivery;
        sequences.push(sequence);
        waits.push(performance.now() - (begun.get(sequence) ?? Number.NaN));
        void delivery.acknowledge();
      }
    });
    for (let sequence = 1; sequence <= items; sequence++) {
      begun.set(sequence, performance.now());
      await put(store, tenant, 'code', 1);
      await sleep(30);
    }
    await waitUntil('all have all', () => got.every(({ length }) => length === items), 60_000);
    controller.abort();
    await Promise.all(all);
  } finally {
    controller.abort();
    await own.close();
  }
  expect(got.every((sequences) => sequences.join() === upTo(items).join())).toBe(true);
  expect(waits).toHaveLength(count * items);
  expect(await subscriptions(store).countDocuments({ tenant, acknowledged: items })).toBe(count);
  // Of 60,000 deliveries and as many acknowledgements.
  expect(commands.reads).toBeLessThan(10 * items);
  expect(commands.writes).toBeLessThan(1_000);
}, 120_000);

it('where the server tells of no changes, it is asked', async () => {
  const tenant = 'untold';
  const untold: Store = {
    ...store,
    db: new Proxy(store.db, {
      get: (db, name) =>
        name === 'watch'
          ? () => {
              throw new Error('not authorized on this database to execute command');
            }
          : (Reflect.get(db, name, db) as unknown),
    }),
  };
  const hub = new KnowledgeHub(store, tenant);
  await hub.subscribeToChannel('reader', 'code');
  const reader = subscribe(untold, tenant, 'reader');
  const next = take(reader, 2, 20_000);
  await sleep(100);
  await put(store, tenant, 'code', 1);
  await sleep(1_000);
  await hub.subscribeToChannel('reader', 'testing');
  await put(store, tenant, 'testing', 1);
  expect((await next).map(({ id }) => id)).toEqual(['code:1', 'testing:1']);
  await reader.close();
}, 60_000);

describe('MongoDB', () => {
  it('may go and come back: who waits goes on, and acknowledges what it was handed before', async () => {
    const server = await ownMongod();
    const own = openStore({ uri: server.uri, deadlineMs: 2_000 });
    const patient = { uri: server.uri, deadlineMs: 20_000 };
    const tenant = 'gone';
    try {
      const writer = openStore(patient);
      await ensureIndexes(writer, [...storeIndexes, ...knowledgeIndexes]);
      await new KnowledgeHub(writer, tenant).subscribeToChannel('reader', 'code');
      await put(writer, tenant, 'code', 150);
      await writer.close();
      const reader = subscribe(own, tenant, 'reader', { buffer: 100 });
      const first = await take(reader, 20);
      await server.kill();
      const acknowledging = first[9]?.acknowledge();
      // What it has read ahead it hands out; then it waits.
      const rest = take(reader, 140, 60_000);
      await sleep(3_000);
      await server.start();
      const again = openStore(patient);
      await put(again, tenant, 'code', 10);
      expect(sequencesOf(await rest)).toEqual(upTo(140, 21));
      await acknowledging;
      const stored = await subscriptions(again).findOne({ _id: `${tenant}|reader|code` });
      expect(stored?.acknowledged).toBe(10);
      // And it hears of new ones as before.
      const next = take(reader, 1, 20_000);
      await put(again, tenant, 'code', 1);
      expect(sequencesOf(await next)).toEqual([161]);
      await again.close();
      await reader.close();
    } finally {
      await own.close();
      await server.remove();
    }
  }, 120_000);

  it('may be away at the beginning and at the end', async () => {
    const server = await ownMongod();
    const tenant = 'late';
    const before = openStore({ uri: server.uri, deadlineMs: 20_000 });
    await new KnowledgeHub(before, tenant).subscribeToChannel('reader', 'code');
    await put(before, tenant, 'code', 1);
    await before.close();
    await server.kill();
    const own = openStore({ uri: server.uri, deadlineMs: 1_000 });
    try {
      const reader = subscribe(own, tenant, 'reader');
      const next = take(reader, 1, 60_000);
      await sleep(1_500);
      await server.start();
      const [delivery] = await next;
      expect(delivery?.id).toBe('code:1');
      await server.kill();
      const acknowledging = delivery?.acknowledge();
      const waiting = reader[Symbol.asyncIterator]().next();
      await within(8_000, reader.close(), () => 'the end');
      expect(await waiting).toEqual({ done: true, value: undefined });
      await own.close();
      await expect(acknowledging).rejects.toThrow('the items come again');
    } finally {
      await own.close();
      await server.remove();
    }
  }, 120_000);
});
