import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  itemKey,
  knowledgeConfirmations,
  knowledgeIndexes,
  knowledgeItems,
  knowledgeSources,
  knowledgeVersions,
  shareRates,
} from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { share, shareSettled } from '../../src/knowledge/sharing/share.js';
import { setSearchService } from '../../src/retrieval/retriever-of.js';
import { ConflictError, RateLimitError } from '../../src/shared/errors.js';
import { events, type ItemEvent } from '../../src/store/event-log.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';
import { contextOf, draft, statement, words } from './sharing-data.js';

let store: Store;
/** A connection of its own, as another process has. */
let second: Store;
let tenants = 0;
let tenant: string;
let hub: KnowledgeHub;

beforeAll(async () => {
  const connection = { uri: inject('mongoUri'), database: `sharing_${process.pid}`, deadlineMs: 20_000 };
  store = openStore(connection);
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

const items = (of = tenant) => knowledgeItems(store).find({ tenant: of }).sort({ sequence: 1 }).toArray();
const logged = async (act: string) =>
  (await events(store).find({ tenant, act }).sort({ at: 1 }).toArray()) as ItemEvent[];
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('the share queue', () => {
  it('shares 200 at once from two processes, in order and without gaps, and never visibly otherwise', async () => {
    const done = new AbortController();
    const seen: number[][] = [];
    const watching = (async () => {
      while (!done.signal.aborted) {
        const found = await knowledgeItems(second)
          .find({ tenant, channel: 'code' }, { projection: { sequence: 1 } })
          .sort({ sequence: 1 })
          .toArray();
        seen.push(found.map(({ sequence }) => sequence ?? 0));
      }
    })();
    const shared = await Promise.all(
      [store, second].flatMap((each, process) =>
        upTo(100).map((i) =>
          new KnowledgeHub(each, tenant).shareKnowledge(
            statement(`${process} ${i}`, { sourceAgent: `agent${i % 10}` }),
          ),
        ),
      ),
    );
    done.abort();
    await watching;
    expect(shared.map(({ sequence }) => sequence ?? 0).sort((a, b) => a - b)).toEqual(upTo(200));
    expect((await hub.channels()).find(({ name }) => name === 'code')?.sequence).toBe(200);
    expect(seen.length).toBeGreaterThan(3);
    for (const each of seen) expect(each).toEqual(upTo(each.length));
    const own = { tenant };
    expect(await knowledgeVersions(store).countDocuments(own)).toBe(200);
    expect(await knowledgeSources(store).countDocuments(own)).toBe(200);
    expect(await logged('created')).toHaveLength(200);
  });

  it('keeps the order in which a process shares', async () => {
    const shared = await share(
      contextOf(store, tenant),
      upTo(30).map((i) => draft(statement(`in order ${i}`))),
    );
    expect(shared.map(({ item }) => item.sequence)).toEqual(upTo(30));
  });

  it('lets one bad share fail alone', async () => {
    await hub.shareKnowledge(statement('taken', { id: 'taken' }));
    const unstorable = draft(statement('unstorable', { content: { 'a\0b': 'no document has such a name' } }));
    const settled = await shareSettled(contextOf(store, tenant), [
      draft(statement('before')),
      unstorable,
      draft(statement('elsewhere', { channel: 'no-such' })),
      draft({ ...statement('taken'), id: 'taken', title: 'Another title' }),
      draft(statement('after')),
    ]);
    expect(settled.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled'],
    ]);
    const reasons = settled.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    expect(reasons[0]).toMatch(/null byte/);
    expect(reasons[1]).toMatch(/^InvalidInputError: channel: "no-such" is not allowed; expected one of code/);
    expect(reasons[2]).toMatch(/^ConflictError: Knowledge item taken exists already/);
    expect((await items()).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    const rate = await shareRates(store).findOne({ _id: `${tenant}|code` });
    expect(rate?.slots.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  it('shares items that together are larger than one transaction should be', async () => {
    const large = upTo(6).map((i) =>
      draft(statement(`large ${i}`, { content: words(`large ${i}`, 15_000) })),
    );
    const shared = await share(contextOf(store, tenant), large);
    expect(shared.map(({ item }) => item.sequence)).toEqual(upTo(6));
  });

  it('says clearly that a share did not get its turn, and wrote nothing of it', async () => {
    const [late] = await shareSettled(contextOf(store, tenant), [draft(statement('late'))], { waitMs: -1 });
    expect(late).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailableError' } });
    expect(await items()).toEqual([]);
  });
});

describe('a retried share', () => {
  it('returns what was shared first, by id and by execution and title', async () => {
    const own = statement('own', { id: 'own' });
    const byExecution = statement('by execution', { executionId: `${tenant}/fix/9/run` });
    for (const input of [own, byExecution]) {
      const first = await hub.share(input);
      const [again, elsewhere] = await Promise.all([
        hub.share({ ...input, content: 'other words' }),
        new KnowledgeHub(second, tenant).share({ ...input, channel: 'testing' }),
      ]);
      expect([first.outcome, again.outcome, elsewhere.outcome]).toEqual(['shared', 'known', 'known']);
      expect([again.item, elsewhere.item]).toEqual([first.item, first.item]);
    }
    expect(await items()).toHaveLength(2);
    await expect(hub.share({ ...own, title: 'Else' })).rejects.toThrow(ConflictError);
    expect((await knowledgeSources(store).distinct('key', { tenant })).sort()).toEqual([
      ...['agent:code', 'task:fix/9'],
    ]);
  });

  it('is one item when it comes to several channels and processes at once', async () => {
    const shared = await Promise.all(
      upTo(12).map((i) =>
        new KnowledgeHub(i % 2 === 0 ? store : second, tenant).share(
          statement('once', { id: 'once', channel: ['code', 'testing', 'general'][i % 3] ?? 'code' }),
        ),
      ),
    );
    expect(shared.filter(({ outcome }) => outcome === 'shared')).toHaveLength(1);
    expect(shared.filter(({ outcome }) => outcome === 'known')).toHaveLength(11);
    expect(await items()).toMatchObject([{ id: 'once', sequence: 1, repeats: 0 }]);
  });

  it('counts a confirmation once', async () => {
    const { item } = await hub.share(statement('said'));
    const again = statement('said', { id: 'again', sourceAgent: 'review' });
    const outcomes = [];
    for (let i = 0; i < 3; i++) outcomes.push(await hub.share(again));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['confirmed', 'known', 'known']);
    for (const each of outcomes)
      expect(each.item).toMatchObject({ id: item.id, confirmations: 1, repeats: 0 });
    await expect(hub.share({ ...again, title: 'Else' })).rejects.toThrow(ConflictError);
    expect(await logged('confirmed')).toHaveLength(1);
  });
});

describe('what says the same', () => {
  it('confirms by another agent, and repeats by one that said it before', async () => {
    const { item } = await hub.share(statement('same'));
    const by = async (sourceAgent: string, channel = 'code') =>
      (await hub.share(statement('same', { sourceAgent, channel }))).item;
    expect(await by('review')).toMatchObject({ id: item.id, confirmations: 1, repeats: 0 });
    expect(await by('code')).toMatchObject({ id: item.id, confirmations: 1, repeats: 1 });
    expect(await by('review')).toMatchObject({ confirmations: 1, repeats: 2 });
    expect(await by('test', 'testing')).toMatchObject({ confirmations: 2, repeats: 2, channel: 'code' });
    expect(await items()).toHaveLength(1);
    expect((await logged('confirmed')).map(({ by: agent, detail }) => [agent, detail['repeat']])).toEqual([
      ...[
        ['review', false],
        ['code', true],
        ['review', true],
        ['test', false],
      ],
    ]);
    expect((await knowledgeSources(store).distinct('key', { tenant })).sort()).toEqual([
      ...['agent:code', 'agent:review', 'agent:test'],
    ]);
    expect(await knowledgeConfirmations(store).distinct('key', { tenant })).toEqual(['review', 'test']);
  });

  it('does not begin anew what proved useless, and says that it did', async () => {
    const { id } = await hub.shareKnowledge(statement('useless'));
    const base = new KnowledgeBase(store, tenant);
    for (let use = 0; use < 5; use += 1) await base.recordUsage(id, false);
    // Another process: it does not remember what this one shared just now.
    const again = () =>
      share(contextOf(second, tenant), [draft(statement('useless', { sourceAgent: 'other' }))]);
    expect(await again()).toMatchObject([{ outcome: 'confirmed', item: { id, state: 'DEPRECATED' } }]);
    await base.archive(id, { by: 'ann', reason: 'away' });
    expect(await again()).toMatchObject([{ outcome: 'shared', item: { state: 'EXPERIMENTAL' } }]);
  });

  it('is found within one batch, and among what was shared an instant ago', async () => {
    const agents = upTo(8).map((i) => `agent${i}`);
    const at = await Promise.all(agents.map((sourceAgent) => hub.share(statement('burst', { sourceAgent }))));
    expect(new Set(at.map(({ item }) => item.id)).size).toBe(1);
    const next = await hub.share(statement('burst', { sourceAgent: 'late' }));
    expect(next).toMatchObject({ outcome: 'confirmed', item: { confirmations: 8, repeats: 0 } });
  });

  it('confirms as often as agents say so at once, from two processes', async () => {
    await hub.share(statement('hot'));
    const shared = await Promise.all(
      upTo(16).map((i) =>
        new KnowledgeHub(i % 2 === 0 ? store : second, tenant).share(
          statement('hot', { sourceAgent: `agent${i % 10}` }),
        ),
      ),
    );
    expect(new Set(shared.map(({ outcome }) => outcome))).toEqual(new Set(['confirmed']));
    expect(await items()).toMatchObject([{ confirmations: 10, repeats: 6 }]);
  });

  it.each([
    ['archived', { state: 'ARCHIVED' as const }],
    ['retracted', { state: 'ARCHIVED' as const, retractedBy: 'r1' }],
    ['merged', { state: 'ARCHIVED' as const, mergedInto: 'other' }],
  ])('does not confirm what was %s', async (_what, set) => {
    const { item } = await hub.share(statement('gone'));
    await knowledgeItems(store).updateOne({ _id: itemKey(tenant, item.id) }, { $set: set });
    expect(await hub.share(statement('gone', { sourceAgent: 'review' }))).toMatchObject({
      outcome: 'shared',
    });
    expect(await knowledgeItems(store).findOne({ _id: itemKey(tenant, item.id) })).toMatchObject({
      ...{ confirmations: 0, repeats: 0 },
    });
  });

  it('keeps urgency: the item gets the higher priority, and is announced once it is CRITICAL', async () => {
    const announced: string[] = [];
    const context = contextOf(store, tenant, {}, (id) => {
      announced.push(id);
      return Promise.resolve();
    });
    const say = async (sourceAgent: string, priority: 'LOW' | 'HIGH' | 'CRITICAL') => {
      const [result] = await share(context, [draft(statement('alarm', { sourceAgent, priority }))]);
      return result?.item.priority;
    };
    expect(await say('code', 'LOW')).toBe('LOW');
    expect(await say('review', 'HIGH')).toBe('HIGH');
    expect(announced).toEqual([]);
    expect(await say('test', 'CRITICAL')).toBe('CRITICAL');
    expect(await say('doc', 'CRITICAL')).toBe('CRITICAL');
    expect(await say('doc', 'LOW')).toBe('CRITICAL');
    const [item] = await items();
    expect(announced).toEqual([item?.id]);
    const raises = (await logged('confirmed')).flatMap(({ detail }) => detail['priority'] ?? []);
    expect(raises).toEqual([
      { from: 'LOW', to: 'HIGH' },
      { from: 'HIGH', to: 'CRITICAL' },
    ]);
    const [fresh] = await share(context, [draft(statement('another alarm', { priority: 'CRITICAL' }))]);
    expect(announced).toEqual([item?.id, fresh?.item.id]);
  });

  it('does not fail a share whose announcement fails', async () => {
    const context = contextOf(store, tenant, {}, () => Promise.reject(new Error('nobody listens')));
    const [result] = await share(context, [draft(statement('alarm', { priority: 'CRITICAL' }))]);
    expect(result?.outcome).toBe('shared');
  });

  it('is shared all the same while nothing can be searched', async () => {
    const broken = openStore({ uri: inject('mongoUri'), database: `sharing_${process.pid}` });
    const away = () => Promise.reject(new Error('the index is not there'));
    setSearchService(broken, {
      retriever: () => ({ search: away, find: away }),
      statistics: () => {
        throw new Error('not asked for');
      },
    });
    await hub.share(statement('unseen'));
    const unseen = await new KnowledgeHub(broken, tenant).share(
      statement('unseen', { sourceAgent: 'review' }),
    );
    await broken.close();
    expect(unseen.outcome).toBe('shared');
  });

  it('stays within the tenant', async () => {
    await hub.share(statement('private'));
    const other = await new KnowledgeHub(store, `${tenant}-other`).share(
      statement('private', { sourceAgent: 'review' }),
    );
    expect(other).toMatchObject({ outcome: 'shared', item: { sequence: 1, confirmations: 0 } });
    expect(await items()).toMatchObject([{ confirmations: 0 }]);
  });
});

describe('the limit of shares a minute', () => {
  it('refuses what is over it, writes nothing, and concerns one agent and tenant', async () => {
    const context = contextOf(store, tenant, { sharesPerMinute: 3 });
    const limited = new KnowledgeHub(store, tenant, undefined, { settings: context.settings });
    const first = await limited.share(statement('1', { id: 'first' }));
    await limited.share(statement('2'));
    // A repetition counts like a share; a retry does not.
    expect((await limited.share(statement('2'))).outcome).toBe('confirmed');
    expect(await limited.share(statement('1', { id: 'first' }))).toMatchObject({
      ...{ outcome: 'known', item: { id: first.item.id } },
    });
    const before = [await items(), await events(store).countDocuments({ tenant })];
    const refused = limited.share(statement('3'));
    await expect(refused).rejects.toThrow(RateLimitError);
    await expect(refused).rejects.toThrow(
      /^code has shared 3 items within the last minute.*try again in \d+ s$/,
    );
    await expect(refused).rejects.toMatchObject({ retryAfterSeconds: expect.any(Number) as number });
    expect([await items(), await events(store).countDocuments({ tenant })]).toEqual(before);
    expect((await limited.share(statement('3', { sourceAgent: 'review' }))).outcome).toBe('shared');
    const other = new KnowledgeHub(store, `${tenant}-other`, undefined, { settings: context.settings });
    expect((await other.share(statement('3'))).outcome).toBe('shared');
  });

  it('holds exactly when many come at once from two processes', async () => {
    const settled = await Promise.allSettled(
      upTo(40).map((i) =>
        share(contextOf(i % 2 === 0 ? store : second, tenant, { sharesPerMinute: 15 }), [
          draft(statement(`many ${i}`, { channel: i % 4 < 2 ? 'code' : 'testing' })),
        ]),
      ),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(15);
    for (const each of settled)
      if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(RateLimitError);
    expect(await items()).toHaveLength(15);
  });

  it('leaves counts that expire', async () => {
    await hub.share(statement('counted'));
    const [count] = await shareRates(store).find({ tenant }).toArray();
    expect(count?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 59_000);
    expect(count?.expiresAt.getTime()).toBeLessThan(Date.now() + 70_000);
    const indexes = await shareRates(store).indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }));
  });

  it('does not limit what is not by an agent', async () => {
    const context = contextOf(store, tenant, { sharesPerMinute: 1 });
    const derived = upTo(5).map((i) => ({ ...draft(statement(`derived ${i}`)), trust: 'derived' as const }));
    expect((await share(context, derived)).map(({ outcome }) => outcome)).toEqual(
      upTo(5).map(() => 'shared'),
    );
  });
});
