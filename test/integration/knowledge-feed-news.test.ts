import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { itemKey, knowledgeIndexes, knowledgeItems } from '../../src/knowledge/collections.js';
import type { Delivery, Subscription } from '../../src/knowledge/feed/subscribe.js';
import { shareSchema } from '../../src/knowledge/inputs.js';
import { type Draft, draftOf, insertItems } from '../../src/knowledge/insert-items.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';
import { makeChannel, put, sequencesOf, take, upTo } from './knowledge-feed-items.js';

const connection = { uri: inject('mongoUri'), database: `feed_news_${process.pid}`, deadlineMs: 20_000 };
let store: Store;
let elsewhere: Store;
/** Reads of items by those who listen. */
let reads = 0;
let tenants = 0;
let tenant: string;
let hub: KnowledgeHub;

beforeAll(async () => {
  store = openStore({ ...connection, client: { monitorCommands: true } });
  store.db.client.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'find' && command['find'] === 'knowledge') reads += 1;
  });
  elsewhere = openStore(connection);
  await ensureIndexes(store, [...storeIndexes, ...knowledgeIndexes]);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
  await elsewhere.close();
});
beforeEach(() => {
  tenant = `t${++tenants}`;
  hub = new KnowledgeHub(store, tenant);
});

const draftIn = (channel: string, id: string): Draft =>
  draftOf(
    shareSchema.parse({ id, sourceAgent: 'writer', type: 'TECHNIQUE', title: id, content: 'short', channel }),
  );

/** One who waits at the ends of its channels, and what it is handed next. */
async function atTheEnd(count: number): Promise<{ reader: Subscription; next: Promise<Delivery[]> }> {
  const reader = hub.subscribe('reader');
  const next = take(reader, count);
  next.catch(() => {});
  // It has read how far its channels go, and that they hold nothing.
  await sleep(500);
  return { reader, next };
}

it('what came to many channels at once is read in one call', async () => {
  const channels = upTo(10).map((at) => `channel-${at}`);
  for (const channel of channels) {
    await makeChannel(store, tenant, channel);
    await hub.subscribeToChannel('reader', channel);
  }
  const { reader, next } = await atTheEnd(20);
  reads = 0;
  const drafts = [...channels, ...channels].map((channel, at) => draftIn(channel, `item-${at}`));
  await elsewhere.transaction((session) => insertItems(elsewhere, tenant, drafts, session));
  const taken = await next;
  for (const channel of channels)
    expect(sequencesOf(taken.filter((each) => each.channel === channel))).toEqual([1, 2]);
  // One, unless the change stream tells of them in two parts.
  expect(reads).toBeLessThanOrEqual(2);
  await reader.close();
});

it('what is gone when it is read is passed over', async () => {
  await hub.subscribeToChannel('reader', 'code');
  const { reader, next } = await atTheEnd(2);
  await elsewhere.transaction(async (session) => {
    const drafts = ['first', 'gone', 'third'].map((id) => draftIn('code', id));
    await insertItems(elsewhere, tenant, drafts, session);
    await knowledgeItems(elsewhere).deleteOne({ _id: itemKey(tenant, 'gone'), tenant }, { session });
  });
  expect(sequencesOf(await next)).toEqual([1, 3]);
  await put(elsewhere, tenant, 'code', 1);
  expect(sequencesOf(await take(reader, 1))).toEqual([4]);
  await reader.close();
});

it('more than one read takes comes all the same, in order', async () => {
  await hub.subscribeToChannel('reader', 'code');
  const { reader, next } = await atTheEnd(460);
  await put(elsewhere, tenant, 'code', 450);
  await put(elsewhere, tenant, 'code', 10);
  expect(sequencesOf(await next)).toEqual(upTo(460));
  await reader.close();
});
