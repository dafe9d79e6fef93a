/** The hub under those who want it to lose, repeat, swell or stand still. */
import type { CommandStartedEvent } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  announcements,
  channelsOf,
  knowledgeIndexes,
  knowledgeItems,
  knowledgeViews,
  subscriptions,
} from '../../src/knowledge/collections.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { createChannel } from '../../src/knowledge/sharing/channels.js';
import { share, shareSettled } from '../../src/knowledge/sharing/share.js';
import { countViews } from '../../src/knowledge/sharing/views.js';
import { setSearchService } from '../../src/retrieval/retriever-of.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';
import { openMongoDoor } from '../workflow/mongo-door.js';
import { put, take, within } from './knowledge-feed-items.js';
import { contextOf, draft, statement } from './sharing-data.js';

const database = `hostile_${process.pid}`;
let store: Store;
/** A connection of its own, as another process has. */
let second: Store;
let tenants = 0;
let tenant: string;
let hub: KnowledgeHub;

beforeAll(async () => {
  const connection = { uri: inject('mongoUri'), database, deadlineMs: 20_000 };
  store = openStore({ ...connection, client: { monitorCommands: true } });
  second = openStore(connection);
  await ensureIndexes(store, [...storeIndexes, ...knowledgeIndexes]);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
  await second.close();
});
beforeEach(() => {
  tenant = `t${++tenants}`;
  hub = new KnowledgeHub(store, tenant);
});

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** The commands that some work sends to MongoDB. */
async function commandsOf(work: () => Promise<unknown>): Promise<CommandStartedEvent[]> {
  const seen: CommandStartedEvent[] = [];
  const note = (event: CommandStartedEvent) => seen.push(event);
  store.db.client.on('commandStarted', note);
  try {
    await work();
  } finally {
    store.db.client.off('commandStarted', note);
  }
  return seen;
}

/** How many reads of a collection are under way at most while some work is done. */
async function mostAtOnce(collection: string, work: () => Promise<unknown>): Promise<number> {
  const underway = new Set<number>();
  let most = 0;
  const { client } = store.db;
  const begun = (event: CommandStartedEvent) => {
    if (event.command['find'] !== collection) return;
    underway.add(event.requestId);
    most = Math.max(most, underway.size);
  };
  const done = ({ requestId }: { requestId: number }) => underway.delete(requestId);
  client.on('commandStarted', begun).on('commandSucceeded', done).on('commandFailed', done);
  try {
    await work();
  } finally {
    client.off('commandStarted', begun).off('commandSucceeded', done).off('commandFailed', done);
  }
  return most;
}

async function listensToMany(agent: string, count: number): Promise<void> {
  const names = upTo(count).map((i) => `many-${i}`);
  await channelsOf(store).insertMany(
    names.map((name) => ({ _id: `${tenant}|${name}`, tenant, name, description: '', sequence: 0 })),
  );
  await subscriptions(store).insertMany(
    names.map((channel) => ({
      _id: `${tenant}|${agent}|${channel}`,
      ...{ tenant, agent, channel, acknowledged: 0, since: new Date() },
    })),
  );
}

describe('sharing', () => {
  it('ends with an error where MongoDB swallows all that is said', { timeout: 60_000 }, async () => {
    const door = await openMongoDoor(inject('mongoUri'));
    const behind = openStore({ uri: door.uri, database, deadlineMs: 1_000 });
    try {
      const through = new KnowledgeHub(behind, tenant);
      await through.shareKnowledge(statement('before'));
      door.stall();
      const shared = through.shareKnowledge(statement('meanwhile', { id: 'meanwhile' }));
      await expect(within(30_000, shared, () => 'an answer')).rejects.toMatchObject({
        name: 'StoreUnavailableError',
      });
    } finally {
      await behind.close();
      await door.close();
    }
  });

  it('takes a retry for one whose title was cut within a character', async () => {
    const torn = statement('torn', { id: 'torn', title: `torn \u{1f600}`.slice(0, -1) });
    await hub.shareKnowledge(torn);
    expect((await hub.share(torn)).outcome).toBe('known');
    const problem = `${'x'.repeat(199)}\u{1f600} fails`;
    const solution = { id: 'solved', sourceAgent: 'code', problem, solution: 'restart it' };
    const first = await hub.shareSolution(solution);
    expect(first.title).toBe(`Solution: ${'x'.repeat(199)}\ufffd`);
    expect((await hub.shareSolution(solution)).id).toBe(first.id);
  });

  it('is not slowed down by what cannot be stored', async () => {
    const good = upTo(40).map((i) => draft(statement(`good ${i}`, { sourceAgent: `agent${i}` })));
    const bad = upTo(10).map((i) =>
      draft(statement(`bad ${i}`, { sourceAgent: 'spammer', content: { 'a\0b': 'no name' } })),
    );
    await hub.shareKnowledge(statement('before'));
    const commands = await commandsOf(async () => {
      const settled = await shareSettled(contextOf(store, tenant), [...good, ...bad]);
      expect(settled.map(({ status }) => status)).toEqual([
        ...good.map(() => 'fulfilled'),
        ...bad.map(() => 'rejected'),
      ]);
    });
    expect(commands.filter(({ commandName }) => commandName === 'abortTransaction')).toEqual([]);
  });

  it('searches nothing for an agent that is over its limit', async () => {
    const context = contextOf(store, tenant, { sharesPerMinute: 2 });
    await share(context, [draft(statement('one')), draft(statement('two'))]);
    const { searches, restore } = countedSearches();
    try {
      const settled = await shareSettled(
        context,
        upTo(5).map((i) => draft(statement(`more ${i}`))),
      );
      expect(settled.map(({ status }) => status)).toEqual(upTo(5).map(() => 'rejected'));
      expect(searches()).toBe(0);
    } finally {
      restore();
    }
  });

  it('says clearly that what a share confirmed was removed since', async () => {
    const item = await hub.shareKnowledge(statement('removed'));
    const again = statement('removed', { id: 'again', sourceAgent: 'other' });
    expect(await hub.share(again)).toMatchObject({ outcome: 'confirmed' });
    await knowledgeItems(store).deleteOne({ tenant, id: item.id });
    await expect(hub.share(again)).rejects.toMatchObject({ name: 'ConflictError' });
  });

  it('notes with the item that running tasks are to be told, before anybody could be killed', async () => {
    const { id } = await hub.shareKnowledge(statement('old', { id: 'old' }));
    const long = new Date(Date.now() - 48 * 3_600_000);
    await knowledgeItems(store).updateOne({ tenant, id }, { $set: { createdAt: long } });
    expect(await announcements(store).countDocuments({ tenant })).toBe(0);
    await hub.shareKnowledge(statement('old', { sourceAgent: 'other', priority: 'CRITICAL' }));
    await hub.shareKnowledge(statement('new', { id: 'new', priority: 'CRITICAL' }));
    const wanted = await announcements(store).find({ tenant, announcedAt: null }).sort({ id: 1 }).toArray();
    expect(wanted.map((each) => each.id)).toEqual(['new', 'old']);
  });
});

describe('channels', () => {
  it('are made once by those who make one at the same time', async () => {
    for (const round of upTo(20)) {
      const name = `round-${round}`;
      const made = upTo(6).map((i) =>
        createChannel(i % 2 === 0 ? store : second, tenant, { name, description: '' }),
      );
      await expect(Promise.all(made)).resolves.toBeDefined();
    }
  });

  it('are asked for a few at once, however many an agent listens to', async () => {
    await listensToMany('busy', 400);
    await put(store, tenant, 'code', 1);
    await hub.subscribeToChannel('busy', 'code');
    const subscription = hub.subscribe('busy');
    try {
      const most = await mostAtOnce('channels', async () => {
        const first = take(subscription, 1, 20_000);
        await put(second, tenant, 'code', 1);
        await first;
      });
      expect(most).toBeLessThanOrEqual(8);
    } finally {
      await subscription.close();
    }
  });

  it('that hold nothing new are not asked for what was missed', async () => {
    await listensToMany('away', 400);
    await hub.subscribeToChannel('away', 'code');
    await put(store, tenant, 'code', 3);
    const commands = await commandsOf(async () => {
      expect((await hub.missed('away')).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    });
    expect(commands.length).toBeLessThan(20);
  });
});

describe('views', () => {
  it('are refused to names that MongoDB would store as others', async () => {
    const viewer = 'half \ud83d';
    await expect(hub.queryKnowledge({ viewer })).rejects.toMatchObject({ name: 'InvalidInputError' });
    const { id } = await hub.shareKnowledge(statement('seen'));
    for (const agent of ['a|b', 'a.b', '$a', 'a\0b', 'x'.repeat(200), '\u{1f600}'])
      for (const _twice of upTo(2)) await hub.queryKnowledge({ viewer: agent });
    expect((await knowledgeItems(store).findOne({ tenant, id }))?.views).toBe(6);
  });

  it('of a long answer are counted some hundreds at a time', async () => {
    const items = await put(store, tenant, 'code', 1_200);
    const ids = items.map(({ id }) => id);
    const commands = await commandsOf(async () => {
      expect(await countViews(store, tenant, 'reader', ids)).toBe(1_200);
    });
    const inserted = commands.flatMap(({ command }) =>
      command['insert'] === 'knowledgeViews' ? [(command['documents'] as unknown[]).length] : [],
    );
    expect(Math.max(...inserted)).toBeLessThanOrEqual(500);
    expect(await knowledgeViews(store).countDocuments({ tenant })).toBe(1_200);
    expect(await knowledgeItems(store).countDocuments({ tenant, views: 1 })).toBe(1_200);
  });
});

describe('live delivery', () => {
  it('hands nothing out again that an earlier subscription acknowledged after its end', async () => {
    await hub.subscribeToChannel('reader', 'code');
    await hub.subscribeToChannel('reader', 'testing');
    const items = await put(store, tenant, 'code', 2);
    await put(store, tenant, 'testing', 1);
    const first = hub.subscribe('reader');
    const taken = (await take(first, 2)).find(({ id }) => id === 'code:1');
    await first.close();
    const later = hub.subscribe('reader');
    // It has read both channels once it has handed out what comes first.
    const [other] = await take(later, 1);
    if (other?.id === 'code:1') await take(later, 1);
    await taken?.acknowledge();
    const next = await take(later, 1);
    expect(next.map(({ id }) => id)).not.toContain('code:1');
    expect(items).toHaveLength(2);
    await later.close();
  });

  it('shows the newest to who looks on, in the order of their channel', async () => {
    await put(store, tenant, 'code', 30);
    const ending = new AbortController();
    const seen: number[] = [];
    for await (const { sequence } of hub.follow({ last: 5, signal: ending.signal })) {
      seen.push(sequence);
      if (seen.length === 5) break;
    }
    ending.abort();
    expect(seen).toEqual([26, 27, 28, 29, 30]);
  });
});

function countedSearches(): { searches: () => number; restore: () => void } {
  let count = 0;
  const search = () => {
    count += 1;
    return Promise.resolve([]);
  };
  setSearchService(store, {
    retriever: () => ({ search, find: () => Promise.resolve([]) }),
    statistics: () => {
      throw new Error('not asked for');
    },
  });
  return { searches: () => count, restore: () => setSearchService(store, null) };
}
