import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeItems, knowledgeSources } from '../../src/knowledge/collections.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { shareDiscoveries } from '../../src/knowledge/sharing/discoveries.js';
import type { Discovery } from '../../src/shared/agent-contract.js';
import { createRedactor } from '../../src/shared/redact.js';
import { events, type ItemEvent } from '../../src/store/event-log.js';
import { openStore, type Store, StoreUnavailableError } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { dropOwnStore, openOwnStore } from './own-store.js';
import { contextOf, statement, words } from './sharing-data.js';

let store: Store;
let tenants = 0;
let tenant: string;

beforeAll(async () => {
  store = await openOwnStore('discoveries');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
});

const found = (seed: string, more: Partial<Discovery> = {}): Discovery => {
  return {
    title: words(`title ${seed}`, 3),
    content: words(`content ${seed}`, 8),
    type: 'DISCOVERY',
    priority: 'MEDIUM',
    tags: [],
    ...more,
  };
};
const execution = (id: string, discoveries: Discovery[], agentType = 'code', of = tenant) => {
  const one = attempt([], agentType);
  return executionRecord({ tenant: of, id, attempts: [{ ...one, report: { ...one.report, discoveries } }] });
};
const items = (of = tenant) => knowledgeItems(store).find({ tenant: of }).sort({ sequence: 1 }).toArray();
const nothing = { shared: 0, confirmed: 0, known: 0, refused: 0 };

describe('shareDiscoveries', () => {
  it('shares what was discovered in order, with where it came from, and once', async () => {
    const records = [
      execution('a', [found('one', { tags: ['x'], priority: 'HIGH' }), found('two', { type: 'WARNING' })]),
      execution('b', [found('three')], 'review'),
      execution('c', []),
    ];
    expect(await shareDiscoveries(contextOf(store, tenant), records)).toEqual({ ...nothing, shared: 3 });
    expect(await shareDiscoveries(contextOf(store, tenant), records)).toEqual({ ...nothing, known: 3 });
    const [warning] = await knowledgeItems(store).find({ tenant, channel: 'warnings' }).toArray();
    expect(warning).toMatchObject({ title: found('two').title, sequence: 1, category: 'bug_fix' });
    const general = await knowledgeItems(store)
      .find({ tenant, channel: 'general' })
      .sort({ sequence: 1 })
      .toArray();
    expect(general).toMatchObject([
      {
        ...{ title: found('one').title, source: 'code', executionId: `${tenant}/a/run`, tags: ['x'] },
        ...{ priority: 'HIGH', context: { taskId: 'a' }, trust: 'untrusted', state: 'EXPERIMENTAL' },
      },
      { title: found('three').title, source: 'review' },
    ]);
    const sources = knowledgeSources(store)
      .find({ tenant, id: general[1]?.id ?? '' })
      .sort({ key: 1 });
    expect((await sources.toArray()).map(({ key }) => key)).toEqual(['agent:review', 'task:b']);
  });

  it('is one with what the agent shared itself in the task', async () => {
    const record = execution('a', [found('one')]);
    await new KnowledgeHub(store, tenant).shareKnowledge(
      statement('one', { executionId: record.executionId, channel: 'general' }),
    );
    expect(await shareDiscoveries(contextOf(store, tenant), [record])).toEqual({ ...nothing, known: 1 });
    expect(await items()).toHaveLength(1);
  });

  it('takes the same discovery of several tasks for confirmations and repeats', async () => {
    const records = ['code', 'review', 'review', 'test'].map((agent, i) =>
      execution(`n${i}`, [found('common')], agent),
    );
    expect(await shareDiscoveries(contextOf(store, tenant), records)).toEqual({
      ...{ ...nothing, shared: 1, confirmed: 3 },
    });
    expect(await items()).toMatchObject([{ confirmations: 2, repeats: 1, source: 'code' }]);
    expect(await shareDiscoveries(contextOf(store, tenant), records)).toEqual({ ...nothing, known: 4 });
    expect(await items()).toMatchObject([{ confirmations: 2, repeats: 1 }]);
    expect((await knowledgeSources(store).distinct('key', { tenant })).sort()).toEqual([
      ...['agent:code', 'agent:review', 'agent:test', 'task:n0', 'task:n1', 'task:n2', 'task:n3'],
    ]);
  });

  it('refuses what is over the limit with an event, and shares the rest and later what was refused', async () => {
    const records = [
      execution(
        'a',
        [1, 2, 3].map((n) => found(`limited ${n}`)),
      ),
      execution('b', [found('of another')], 'review'),
    ];
    const context = contextOf(store, tenant, { sharesPerMinute: 2 });
    expect(await shareDiscoveries(context, records)).toEqual({ ...nothing, shared: 3, refused: 1 });
    expect(await shareDiscoveries(context, records)).toEqual({ ...nothing, known: 3, refused: 1 });
    const refusals = (await events(store).find({ tenant, act: 'refused' }).toArray()) as ItemEvent[];
    expect(refusals).toMatchObject([
      { by: 'code', detail: { title: found('limited 3').title, executionId: `${tenant}/a/run` } },
    ]);
    expect(refusals[0]?.detail['reason']).toMatch(/^code has shared 2 items within the last minute/);
    expect(await shareDiscoveries(contextOf(store, tenant), records)).toEqual({
      ...{ ...nothing, known: 3, shared: 1 },
    });
  });

  it('takes secrets out, with the redactor of the tenant', async () => {
    const context = { ...contextOf(store, tenant), redactor: createRedactor(['Kestrel-\\d+']) };
    await shareDiscoveries(context, [
      execution('a', [found('secret', { content: 'Ask Kestrel-42 with password=hunter2secret first' })]),
    ]);
    const [item] = await items();
    expect(item?.content).toBe('Ask [redacted] with password=[redacted] first');
    expect(JSON.stringify(await events(store).find({ tenant }).toArray())).not.toContain('Kestrel');
  });

  it('stays known after it was renamed, and within its tenant', async () => {
    const record = execution('a', [found('one')]);
    await shareDiscoveries(contextOf(store, tenant), [record]);
    await knowledgeItems(store).updateOne({ tenant }, { $set: { title: 'Another name' } });
    expect(await shareDiscoveries(contextOf(store, tenant), [record])).toEqual({ ...nothing, known: 1 });
    const other = `${tenant}-other`;
    expect(
      await shareDiscoveries(contextOf(store, other), [execution('a', [found('one')], 'code', other)]),
    ).toEqual({ ...nothing, shared: 1 });
    expect(await items(other)).toHaveLength(1);
    expect(await items()).toHaveLength(1);
  });

  it('fails while the store is away, so that whoever called tries again', async () => {
    const away = openStore({ uri: 'mongodb://127.0.0.1:1/?replicaSet=rs0', deadlineMs: 300 });
    await expect(shareDiscoveries(contextOf(away, tenant), [execution('a', [found('one')])])).rejects.toThrow(
      StoreUnavailableError,
    );
    await away.close();
  });
});
