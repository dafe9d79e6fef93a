import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeItems } from '../../src/knowledge/collections.js';
import { knowledgeContext } from '../../src/knowledge/context.js';
import { evolveKnowledgeBatch } from '../../src/knowledge/evolve-batch.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { mergeItems } from '../../src/knowledge/likeness/merge-items.js';
import { findInteractions } from '../../src/learning/interactions.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { findReportedUse } from '../../src/recording/reported-use.js';
import { events, type ItemEvent } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let tenant: string;
let base: KnowledgeBase;

beforeAll(async () => {
  store = await openOwnStore('by_hand');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
  base = new KnowledgeBase(store, tenant);
});

const wrong = { by: 'ann', reason: 'it is out of date' };
const right = { by: 'bob', reason: 'it holds after all' };
const add = async (title = 'Look at the diff'): Promise<string> =>
  (await base.addKnowledge({ category: 'bug_fix', title, content: { hint: title } })).id;
const use = async (id: string, successes: number, failures = 0): Promise<void> => {
  for (let i = 0; i < successes; i++) await base.recordUsage(id, true);
  for (let i = 0; i < failures; i++) await base.recordUsage(id, false);
};
const stateOf = async (id: string) => (await base.get(id)).state;
const moves = async (id: string): Promise<[string, string, string][]> => {
  const found = (await events(store)
    .find({ tenant, itemId: id, kind: 'item', act: { $nin: ['created', 'edited'] } })
    .sort({ at: 1 })
    .toArray()) as ItemEvent[];
  return found.map(({ act, by, detail }) => [
    act,
    by,
    `${String(detail['from'])} > ${String(detail['to'])}: ${String(detail['reason'])}`,
  ]);
};
const found = async () => (await new KnowledgeHub(store, tenant).queryKnowledge()).map(({ id }) => id);
const evolve = () =>
  evolveKnowledgeBatch(knowledgeContext(store, tenant), 100, {
    findExecutions: findInteractions,
    findReportedUse,
  });

describe('deprecating by hand', () => {
  it('takes an item out of look-ups, and is logged; again changes nothing', async () => {
    const id = await add();
    await use(id, 9);
    expect(await base.deprecate(id, wrong)).toMatchObject({
      state: 'DEPRECATED',
      deprecation: { by: 'ann', reason: 'it is out of date', because: 'person', version: 1, successes: 9 },
    });
    expect(await found()).toEqual([]);
    expect(await base.list({ state: 'DEPRECATED' })).toHaveLength(1);
    await base.deprecate(id, { by: 'bob', reason: 'indeed' });
    expect((await moves(id)).slice(1)).toEqual([
      ['deprecated', 'ann', 'VALIDATED > DEPRECATED: it is out of date'],
    ]);
  });

  it('gives way to new evidence alone: to 5 applications, half of which succeeded', async () => {
    const id = await add();
    await use(id, 9);
    await base.deprecate(id, wrong);
    await use(id, 4);
    expect(await stateOf(id)).toBe('DEPRECATED');
    await use(id, 1);
    expect(await base.get(id)).toMatchObject({ state: 'VALIDATED', deprecation: null });
    expect((await moves(id)).at(-1)).toEqual([
      ...['moved', 'system'],
      'DEPRECATED > VALIDATED: 5 of 5 applications since succeeded: at least 50%, after ann had deprecated it',
    ]);
  });

  it('stands where the new evidence agrees with it', async () => {
    const id = await add();
    await base.deprecate(id, wrong);
    await use(id, 2, 3);
    expect(await stateOf(id)).toBe('DEPRECATED');
    await use(id, 1);
    expect(await stateOf(id)).toBe('EXPERIMENTAL');
  });

  it('takes reports of agents that know it, and corrected outcomes, as new evidence', async () => {
    const id = await add();
    await base.deprecate(id, wrong);
    const executions: string[] = [];
    for (let n = 0; n < 5; n++) {
      const one = attempt([], 'code');
      const execution = executionRecord({
        id: `e${n}`,
        tenant,
        success: false,
        attempts: [{ ...one, report: { ...one.report, applied: [id] } }],
      });
      await recordExecution(store, execution);
      executions.push(execution.executionId);
    }
    await evolve();
    expect(await base.get(id)).toMatchObject({ state: 'DEPRECATED', usage: { failures: 5, shown: 0 } });
    for (const executionId of executions)
      await addOutcome(store, {
        tenant,
        executionId,
        outcome: { success: true, source: 'human' },
        by: 'ann',
      });
    await evolve();
    expect(await base.get(id)).toMatchObject({ state: 'VALIDATED', usage: { successes: 5, failures: 0 } });
  });

  it('does not hold for other words, and holds again for the same', async () => {
    const id = await add();
    await base.deprecate(id, wrong);
    await base.updateKnowledge(id, { tags: ['new'], changes: 'a tag' });
    expect(await stateOf(id)).toBe('DEPRECATED');
    await base.updateKnowledge(id, { newContent: { hint: 'corrected' }, changes: 'corrected' });
    expect(await stateOf(id)).toBe('EXPERIMENTAL');
    await use(id, 5);
    expect(await stateOf(id)).toBe('VALIDATED');
  });

  it('is taken back by restoring', async () => {
    const id = await add();
    await use(id, 4, 1);
    await base.deprecate(id, wrong);
    expect(await base.restore(id, right)).toMatchObject({ state: 'VALIDATED', deprecation: null });
    expect((await base.restore(id, right)).state).toBe('VALIDATED');
    expect((await moves(id)).at(-1)).toEqual([
      ...['restored', 'bob'],
      'DEPRECATED > VALIDATED: it holds after all; 4 of 5 applications succeeded: at least 80%',
    ]);
  });
});

describe('archiving by hand', () => {
  it('keeps an item whatever its usage says, until it is restored to what that calls for', async () => {
    const id = await add();
    await base.archive(id, wrong);
    await use(id, 5);
    expect(await base.get(id)).toMatchObject({ state: 'ARCHIVED', archival: { by: 'ann' } });
    await base.archive(id, right);
    await expect(base.deprecate(id, wrong)).rejects.toThrow(/is archived: restore it first/);
    expect(await base.restore(id, right)).toMatchObject({ state: 'VALIDATED', archival: null });
    expect(await moves(id)).toEqual([
      ['archived', 'ann', 'EXPERIMENTAL > ARCHIVED: it is out of date'],
      [
        'restored',
        'bob',
        'ARCHIVED > VALIDATED: it holds after all; 5 of 5 applications succeeded: at least 80%',
      ],
    ]);
  });

  it('returns a deprecated item as deprecated', async () => {
    const id = await add();
    await base.deprecate(id, wrong);
    await base.archive(id, wrong);
    expect((await base.restore(id, right)).state).toBe('DEPRECATED');
  });

  it('refuses to undo what has an opposite of its own', async () => {
    const [into, from, bad, withdrawn] = [await add('a'), await add('b'), await add('c'), await add('d')];
    await store.transaction((session) =>
      mergeItems(store, tenant, into, from, { by: 'ann', reason: 'the same' }, session),
    );
    await expect(base.restore(from, right)).rejects.toThrow(`was merged into ${into}: undo the merge`);
    await use(bad, 0, 5);
    await expect(base.restore(bad, right)).rejects.toThrow(/deprecated by its usage: record further usage/);
    const set = { state: 'ARCHIVED' as const, retractedBy: 'r1' };
    await knowledgeItems(store).updateOne({ tenant, id: withdrawn }, { $set: set });
    await expect(base.restore(withdrawn, right)).rejects.toThrow(/withdrawn by retraction r1: undo that/);
  });

  it('names what is wrong with its input', async () => {
    const id = await add();
    await expect(base.archive(id, { by: 'ann', reason: ' ' })).rejects.toThrow(/^reason: /);
    await expect(base.deprecate(id, { reason: 'x' } as never)).rejects.toThrow(
      /^by: undefined is not allowed/,
    );
    await expect(base.restore('nobody', right)).rejects.toThrow(/knowledge item "nobody" was not found/);
    await expect(base.prune({ dryRun: 'yes' } as never)).rejects.toThrow(/^dryRun: "yes" is not allowed/);
  });

  it('takes secrets out of reasons', async () => {
    const id = await add();
    const { archival } = await base.archive(id, {
      by: 'ann',
      reason: 'it has password=hunter2hunter2 in it',
    });
    expect(JSON.stringify([archival, await moves(id)])).not.toContain('hunter2');
  });
});
