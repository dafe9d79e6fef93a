import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { knowledgeIndexes, knowledgeItems, subscriptions } from '../../src/knowledge/collections.js';
import type { SubscribeOptions, Subscription } from '../../src/knowledge/feed/subscribe.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { moveItem } from '../../src/knowledge/lifecycle/transitions.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store, StoreUnavailableError } from '../../src/store/store.js';
import { waitUntil } from '../workflow/wait-until.js';
import { makeChannel, put, sequencesOf, take, upTo, within } from './knowledge-feed-items.js';

const connection = () => ({ uri: inject('mongoUri'), database: `feed_${process.pid}`, deadlineMs: 20_000 });
let store: Store;
/** A connection of its own, as another process has. */
let elsewhere: Store;
let tenants = 0;
let tenant: string;
let hub: KnowledgeHub;
let open: Subscription[] = [];

beforeAll(async () => {
  store = openStore(connection());
  elsewhere = openStore(connection());
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
afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
});

function listen(agent: string, options?: SubscribeOptions, by = hub): Subscription {
  const subscription = by.subscribe(agent, options);
  open.push(subscription);
  return subscription;
}

/** What the store says that an agent acknowledged. */
async function acknowledged(agent: string, channel: string): Promise<number | undefined> {
  const found = await subscriptions(store).findOne({ _id: `${tenant}|${agent}|${channel}`, tenant });
  return found?.acknowledged;
}

async function archive(...ids: string[]): Promise<void> {
  await knowledgeItems(elsewhere).updateMany({ tenant, id: { $in: ids } }, { $set: { state: 'ARCHIVED' } });
}

/** Asserts that nothing more comes for a while. */
async function expectSilence(subscription: Subscription, ms = 300): Promise<void> {
  const next = subscription[Symbol.asyncIterator]().next();
  const first = await Promise.race([next, sleep(ms, 'silence')]);
  expect(first).toBe('silence');
}

describe('a subscription', () => {
  it('hands out items as they are shared, in order, with a stable id', async () => {
    await hub.subscribeToChannel('reader', 'code');
    const reader = listen('reader');
    const first = take(reader, 3);
    const [item] = await put(elsewhere, tenant, 'code', 1);
    await put(elsewhere, tenant, 'code', 2);
    const taken = await first;
    expect(taken.map(({ id }) => id)).toEqual(['code:1', 'code:2', 'code:3']);
    expect(taken[0]).toMatchObject({ channel: 'code', sequence: 1 });
    expect(taken[0]?.item).toMatchObject({ id: item?.id, title: 'item 1', content: 'short', sequence: 1 });
    expect(taken[0]?.item).not.toHaveProperty('tenant');
    expect(taken[0]?.item).not.toHaveProperty('text');
    // Shared by all who listen here: nobody may change it.
    expect(Object.isFrozen(taken[0]?.item) && Object.isFrozen(taken[0]?.item.tags)).toBe(true);
    await expectSilence(reader);
  });

  it('is offered by the base as well', async () => {
    await hub.subscribeToChannel('reader', 'code');
    await put(elsewhere, tenant, 'code', 1);
    const subscription = new KnowledgeBase(store, tenant).subscribe('reader');
    open.push(subscription);
    expect((await take(subscription, 1))[0]?.id).toBe('code:1');
  });

  it('goes on after the last acknowledged item; what was not acknowledged comes again', async () => {
    await hub.subscribeToChannel('reader', 'code');
    await put(elsewhere, tenant, 'code', 5);
    const before = listen('reader');
    const taken = await take(before, 4);
    await taken[1]?.acknowledge();
    expect(await acknowledged('reader', 'code')).toBe(2);
    await before.close();
    const after = listen('reader', {}, new KnowledgeHub(elsewhere, tenant));
    const again = await take(after, 3);
    expect(sequencesOf(again)).toEqual([3, 4, 5]);
    expect(again[0]?.id).toBe(taken[2]?.id);
  });

  it('never acknowledges backwards, and acknowledges what comes before with it', async () => {
    await hub.subscribeToChannel('reader', 'code');
    await put(elsewhere, tenant, 'code', 3);
    const [first, , third] = await take(listen('reader'), 3);
    await third?.acknowledge();
    await first?.acknowledge();
    expect(await acknowledged('reader', 'code')).toBe(3);
  });

  it('flushes acknowledgements that nobody waited for when it is closed', async () => {
    await hub.subscribeToChannel('reader', 'code');
    await put(elsewhere, tenant, 'code', 2);
    const subscription = listen('reader');
    for (const delivery of await take(subscription, 2)) void delivery.acknowledge();
    await subscription.close();
    expect(await acknowledged('reader', 'code')).toBe(2);
  });

  it('takes channels in turn', async () => {
    await makeChannel(store, tenant, 'quiet');
    for (const channel of ['code', 'testing', 'quiet']) await hub.subscribeToChannel('reader', channel);
    await put(elsewhere, tenant, 'code', 300);
    await put(elsewhere, tenant, 'testing', 300);
    await put(elsewhere, tenant, 'quiet', 1);
    const taken = await take(listen('reader', { buffer: 40 }), 601);
    // Which channel's first page comes first is not promised.
    const early = taken.slice(0, 200);
    expect(early.some(({ channel }) => channel === 'quiet')).toBe(true);
    const ofCode = early.filter(({ channel }) => channel === 'code').length;
    expect(ofCode).toBeGreaterThan(60);
    expect(ofCode).toBeLessThan(140);
    for (const channel of ['code', 'testing'])
      expect(sequencesOf(taken.filter((each) => each.channel === channel))).toEqual(upTo(300));
  });

  it('covers only the channels that are asked for', async () => {
    for (const channel of ['code', 'testing']) await hub.subscribeToChannel('reader', channel);
    await put(elsewhere, tenant, 'code', 1);
    await put(elsewhere, tenant, 'testing', 2);
    const reader = listen('reader', { channels: ['testing'] });
    expect((await take(reader, 2)).map(({ id }) => id)).toEqual(['testing:1', 'testing:2']);
    await expectSilence(reader);
  });

  it('covers channels that the agent subscribes to meanwhile, and no more those that it leaves', async () => {
    const reader = listen('reader');
    const first = take(reader, 1);
    // It waits with no channel at all.
    await sleep(100);
    const away = new KnowledgeHub(elsewhere, tenant);
    await away.subscribeToChannel('reader', 'code');
    await put(elsewhere, tenant, 'code', 1);
    expect((await first)[0]?.id).toBe('code:1');
    const second = take(reader, 1);
    await sleep(50);
    await away.subscribeToChannel('reader', 'testing');
    await put(elsewhere, tenant, 'testing', 1);
    expect((await second)[0]?.id).toBe('testing:1');
    const third = take(reader, 1);
    await put(elsewhere, tenant, 'general', 1);
    expect((await third)[0]?.id).toBe('general:1');

    expect(await hub.unsubscribeFromChannel('reader', 'code')).toBe(true);
    expect(await hub.unsubscribeFromChannel('reader', 'code')).toBe(false);
    await put(elsewhere, tenant, 'code', 1);
    expect(await away.unsubscribeFromChannel('reader', 'testing')).toBe(true);
    await expectSilence(reader);
    await put(elsewhere, tenant, 'testing', 1);
    await expectSilence(listen('reader', { channels: ['code', 'testing'] }));
    // Who comes back starts with the next item.
    await away.subscribeToChannel('reader', 'code');
    const back = listen('reader', { channels: ['code'] });
    const next = take(back, 1);
    await put(elsewhere, tenant, 'code', 1);
    expect((await next)[0]?.id).toBe('code:3');
  });

  it('of one agent twice: each is handed what the agent has not acknowledged', async () => {
    await hub.subscribeToChannel('reader', 'code');
    await put(elsewhere, tenant, 'code', 4);
    const [one, other] = [listen('reader'), listen('reader')];
    const [first] = await take(one, 1);
    expect(sequencesOf(await take(other, 1))).toEqual([1]);
    const [second, third] = await take(one, 2);
    await third?.acknowledge();
    expect([first?.id, second?.id]).toEqual(['code:1', 'code:2']);
    // What was acknowledged through the one is passed over by the other.
    expect(sequencesOf(await take(other, 1))).toEqual([4]);
    expect(sequencesOf(await take(one, 1))).toEqual([4]);
  });

  it('reaches no other tenant', async () => {
    const other = new KnowledgeHub(store, `${tenant}-other`);
    await hub.subscribeToChannel('reader', 'code');
    await other.subscribeToChannel('reader', 'code');
    const [mine, theirs] = [listen('reader'), listen('reader', {}, other)];
    const [mineNext, theirsNext] = [take(mine, 2), take(theirs, 1)];
    const [secret] = await put(elsewhere, `${tenant}-other`, 'code', 1);
    const items = await put(elsewhere, tenant, 'code', 2);
    const taken = await mineNext;
    expect(taken.map(({ item }) => item.id)).toEqual(items.map(({ id }) => id));
    const [theirTaken] = await theirsNext;
    expect(theirTaken?.item.id).toBe(secret?.id);
    await taken[1]?.acknowledge();
    const untouched = await subscriptions(store).findOne({ _id: `${tenant}-other|reader|code` });
    expect(untouched?.acknowledged).toBe(0);
    await expectSilence(mine);
  });

  it('keeps agents apart whose names hold the separator', async () => {
    await hub.subscribeToChannel('a|code', 'testing');
    await hub.subscribeToChannel('a', 'code');
    const reader = listen('a|code');
    const next = take(reader, 1);
    await put(elsewhere, tenant, 'code', 1);
    await put(elsewhere, tenant, 'testing', 1);
    const [delivery] = await next;
    expect(delivery?.id).toBe('testing:1');
    await delivery?.acknowledge();
    expect(await acknowledged('a|code', 'testing')).toBe(1);
    expect(await acknowledged('a', 'code')).toBe(0);
  });

  it.each([
    [['', {}], 'agent'],
    [['reader', { buffer: 0 }], 'options: buffer'],
    [['reader', { channels: [{ $ne: null }] }], 'options: channels[0]'],
    [['reader', { colour: 'red' }], 'options: colour'],
  ])('refuses %j, naming the field', ([agent, options], field) => {
    const refused = (): unknown => hub.subscribe(agent as string, options as SubscribeOptions);
    expect(refused).toThrow(InvalidInputError);
    expect(refused).toThrow(expect.objectContaining({ field }));
  });
});

describe('items that are no longer in force', () => {
  it('are passed over, also where they are the last, and acknowledged with what comes before', async () => {
    await hub.subscribeToChannel('reader', 'code');
    const items = await put(elsewhere, tenant, 'code', 6);
    const [, second, third, , fifth, sixth] = items.map(({ id }) => id);
    await archive(second ?? '');
    await knowledgeItems(elsewhere).updateOne({ tenant, id: third ?? '' }, { $set: { mergedInto: 'k_x' } });
    await knowledgeItems(elsewhere).updateOne({ tenant, id: fifth ?? '' }, { $set: { retractedBy: 'r_x' } });
    await knowledgeItems(elsewhere).deleteOne({ tenant, id: sixth ?? '' });
    const reader = listen('reader');
    const taken = await take(reader, 2);
    expect(sequencesOf(taken)).toEqual([1, 4]);
    await expectSilence(reader, 100);
    await taken[1]?.acknowledge();
    expect(await acknowledged('reader', 'code')).toBe(6);
  });

  it('are passed over when they go while the reader is on its way to them', async () => {
    await hub.subscribeToChannel('reader', 'code');
    const items = await put(elsewhere, tenant, 'code', 5);
    const reader = listen('reader');
    await take(reader, 1);
    // All five are read ahead by now; the change stream tells of those that go.
    await archive(items[2]?.id ?? '', items[4]?.id ?? '');
    await sleep(500);
    expect(sequencesOf(await take(reader, 2))).toEqual([2, 4]);
    await expectSilence(reader, 100);
  });

  it('are passed over at once where this process archives them', async () => {
    await hub.subscribeToChannel('reader', 'code');
    const items = await put(elsewhere, tenant, 'code', 4);
    const reader = listen('reader');
    await take(reader, 1);
    const second = await knowledgeItems(store).findOne({ tenant, id: items[1]?.id ?? '' });
    if (second === null) throw new Error('the item is missing');
    await store.transaction((session) =>
      moveItem(store, second, { to: 'ARCHIVED', reason: 'of no use' }, session),
    );
    expect(sequencesOf(await take(reader, 2))).toEqual([3, 4]);
  });

  it('do not hold up a channel that has nothing else, however many they are', async () => {
    await hub.subscribeToChannel('reader', 'code');
    const items = await put(elsewhere, tenant, 'code', 2_000);
    await archive(...items.map(({ id }) => id));
    const reader = listen('reader', { buffer: 10 });
    const next = take(reader, 1);
    await waitUntil('all are passed over', async () => (await acknowledged('reader', 'code')) === 2_000);
    await put(elsewhere, tenant, 'code', 1);
    expect(sequencesOf(await next)).toEqual([2_001]);
  });

  it('are not acknowledged while an item before them is not', async () => {
    await hub.subscribeToChannel('reader', 'code');
    const items = await put(elsewhere, tenant, 'code', 3);
    await archive(items[1]?.id ?? '', items[2]?.id ?? '');
    const reader = listen('reader');
    const [first] = await take(reader, 1);
    await expectSilence(reader, 200);
    expect(await acknowledged('reader', 'code')).toBe(0);
    await first?.acknowledge();
    expect(await acknowledged('reader', 'code')).toBe(3);
  });
});

describe('the end', () => {
  beforeEach(() => hub.subscribeToChannel('reader', 'code'));

  it('comes by close, while it waits and while it does not', async () => {
    const waiting = listen('reader');
    const next = waiting[Symbol.asyncIterator]().next();
    await sleep(50);
    await waiting.close();
    expect(await within(1_000, next, () => 'the end')).toEqual({ done: true, value: undefined });
    await put(elsewhere, tenant, 'code', 1);
    expect(await waiting[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
    const never = listen('reader');
    await never.close();
    expect(await never[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  it('comes by the signal, before and meanwhile', async () => {
    const controller = new AbortController();
    const items: string[] = [];
    const loop = async (signal: AbortSignal): Promise<void> => {
      for await (const { id } of listen('reader', { signal })) items.push(id);
    };
    const ended = loop(controller.signal);
    await put(elsewhere, tenant, 'code', 1);
    await waitUntil('it was handed out', () => items.length === 1);
    controller.abort();
    await within(1_000, ended, () => 'the end');
    await within(1_000, loop(AbortSignal.abort()), () => 'the end');
    expect(items).toEqual(['code:1']);
  });

  it('comes by leaving the loop, with what was acknowledged made durable', async () => {
    await put(elsewhere, tenant, 'code', 3);
    const subscription = listen('reader');
    for await (const delivery of subscription) {
      void delivery.acknowledge();
      if (delivery.sequence === 2) break;
    }
    expect(await acknowledged('reader', 'code')).toBe(2);
    expect(await subscription[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  it('comes with the store, and says of an acknowledgement that it was not written', async () => {
    const own = openStore(connection());
    await put(elsewhere, tenant, 'code', 1);
    const subscription = listen('reader', {}, new KnowledgeHub(own, tenant));
    const [delivery] = await take(subscription, 1);
    const next = subscription[Symbol.asyncIterator]().next();
    await own.close();
    expect(await within(1_000, next, () => 'the end')).toEqual({ done: true, value: undefined });
    await expect(delivery?.acknowledge()).rejects.toThrow(StoreUnavailableError);
  });

  it('lets calls that were made at once have an item each, in order', async () => {
    const iterator = listen('reader')[Symbol.asyncIterator]();
    const three = [iterator.next(), iterator.next(), iterator.next()];
    await put(elsewhere, tenant, 'code', 2);
    const [first, second] = await Promise.all(three.slice(0, 2));
    expect([first?.value?.id, second?.value?.id]).toEqual(['code:1', 'code:2']);
    await iterator.return?.();
    expect(await three[2]).toEqual({ done: true, value: undefined });
  });
});
