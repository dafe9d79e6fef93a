import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type KnowledgeDocument,
  knowledgeItems,
  knowledgeVersions,
} from '../../src/knowledge/collections.js';
import { type KnowledgeContext, knowledgeContext } from '../../src/knowledge/context.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { Cutoff, valuedItems } from '../../src/knowledge/lifecycle/budget.js';
import { restore } from '../../src/knowledge/lifecycle/by-hand.js';
import { planPruning, prune } from '../../src/knowledge/lifecycle/prune.js';
import { purge } from '../../src/knowledge/lifecycle/purge.js';
import { restorePruned, restoreRun } from '../../src/knowledge/lifecycle/restore-pruned.js';
import { mergeItems } from '../../src/knowledge/likeness/merge-items.js';
import { markKinds, marksOf, putMarks } from '../../src/knowledge/sharing/marks.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { defaultKnowledgeSettings, type KnowledgeSettings } from '../../src/shared/knowledge-settings.js';
import { events, type ItemEvent } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let tenant: string;
let base: KnowledgeBase;
let hub: KnowledgeHub;

beforeAll(async () => {
  store = await openOwnStore('pruning');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
  base = new KnowledgeBase(store, tenant);
  hub = new KnowledgeHub(store, tenant);
});

const context = (settings: Partial<KnowledgeSettings> = {}): KnowledgeContext =>
  knowledgeContext(store, tenant, undefined, { settings: { ...defaultKnowledgeSettings, ...settings } });
const later = (days: number): Date => new Date(Date.now() + days * 86_400_000);
const person = { by: 'ann', reason: 'it is wanted' };

/** Facts that have nothing to do with each other, so that none is taken for another. */
const facts =
  'tides,glaciers,violins,orchards,lanterns,saddles,harbours,comets,looms,quarries,falcons,bridges'.split(
    ',',
  );
let told = 0;
/** What an agent shares: an untrusted, EXPERIMENTAL item. */
async function shared(over: { priority?: 'CRITICAL' } = {}): Promise<string> {
  const fact = facts[told % facts.length] ?? '';
  const title = `About ${fact} ${'abcdefghij'[Math.floor(told / facts.length) % 10]}`;
  told += 1;
  const share = {
    sourceAgent: 'code',
    type: 'DISCOVERY' as const,
    title,
    content: `What is known of ${fact}`,
  };
  // By id: what is shared on purpose twice must not be taken for one.
  return (await hub.shareKnowledge({ ...share, ...over, id: `item-${told}` })).id;
}
/** What a person adds. */
const added = async (over: object = {}): Promise<string> => {
  told += 1;
  const title = `A person's word on ${facts[told % facts.length]} ${told}`;
  return (await base.addKnowledge({ category: 'bug_fix', title, content: { hint: title }, ...over })).id;
};
const use = async (id: string, successes: number, failures = 0): Promise<void> => {
  for (let i = 0; i < successes; i++) await base.recordUsage(id, true);
  for (let i = 0; i < failures; i++) await base.recordUsage(id, false);
};
const mark = (kind: 'votes' | 'views', id: string, agents: number, useful = true): Promise<number> =>
  store.transaction((session) =>
    putMarks(
      store,
      tenant,
      kind,
      Array.from({ length: agents }, (_, n) => ({ id, key: `agent-${n}`, useful })),
      session,
    ),
  );
const stateOf = async (id: string) => (await base.get(id)).state;
const acts = async (id: string): Promise<ItemEvent[]> =>
  (await events(store).find({ tenant, itemId: id, kind: 'item' }).sort({ at: 1 }).toArray()) as ItemEvent[];
const pruneAt = (now: Date, settings: Partial<KnowledgeSettings> = {}) =>
  prune(context(settings), { by: 'ann', now });

describe('pruning by rule', () => {
  it('lets go of what is unused, stale or useless, and of nothing else', async () => {
    const unused = await shared();
    const critical = await shared({ priority: 'CRITICAL' });
    const trusted = await added();
    const validated = await added({ state: 'VALIDATED' });
    const bad = await added();
    await use(bad, 0, 5);
    const stale = await shared();
    await use(stale, 1);
    const disliked = await shared();
    await mark('votes', disliked, 6, false);
    const disputed = await shared({ priority: 'CRITICAL' });
    await mark('votes', disputed, 5, false);
    const byRule = async (days: number) => {
      const plan = await planPruning(context(), later(days));
      return Object.fromEntries(plan.items.map(({ id, rule }) => [id, rule]));
    };
    expect(await byRule(0)).toEqual({ [disliked]: 'useless' });
    expect(await byRule(89)).toEqual({ [disliked]: 'useless' });
    expect(await byRule(91)).toEqual({ [disliked]: 'useless', [unused]: 'unused', [bad]: 'useless' });
    const all = { [disliked]: 'useless', [unused]: 'unused', [bad]: 'useless', [stale]: 'stale' };
    expect(await byRule(366)).toEqual(all);
    expect(await byRule(36_000)).toEqual(all);
    for (const id of [critical, trusted, validated, disputed])
      expect(['EXPERIMENTAL', 'VALIDATED']).toContain(await stateOf(id));
  });

  it('does what the dry run said, and says why for each', async () => {
    const ids = [await shared(), await shared(), await shared()];
    const now = later(91);
    const plan = await planPruning(context(), now);
    expect(plan).toMatchObject({
      dryRun: true,
      run: null,
      total: 3,
      finished: true,
      counts: { unused: 3, budget: 0 },
    });
    expect(await events(store).countDocuments({ tenant, act: 'pruned' })).toBe(0);
    for (const id of ids) expect(await stateOf(id)).toBe('EXPERIMENTAL');
    const done = await pruneAt(now);
    expect({ ...done, dryRun: true, run: null }).toEqual(plan);
    for (const id of ids) {
      const item = await base.get(id);
      expect(item).toMatchObject({ state: 'ARCHIVED', prunedAt: now, prunedIn: done.run });
      expect((await acts(id)).at(-1)).toMatchObject({
        ...{ act: 'pruned', by: 'ann', at: now },
        detail: {
          ...{ from: 'EXPERIMENTAL', to: 'ARCHIVED', rule: 'unused', run: done.run },
          reason: 'nobody was shown it or applied it in 90 days',
        },
      });
    }
    expect(await hub.queryKnowledge()).toEqual([]);
    expect(await base.history(ids[0] ?? '')).toHaveLength(1);
    expect(await pruneAt(now)).toMatchObject({ run: null, total: 0 });
  });

  it('spares what was used though its record is still pending', async () => {
    const id = await shared();
    const one = executionRecord({ id: 'late', tenant, attempts: [attempt([], 'code')] });
    one.knowledge = [{ id, version: 1, score: 1, shown: true, probability: 1 }];
    await recordExecution(store, one);
    expect(await planPruning(context(), later(91))).toMatchObject({ total: 0 });
    expect((await base.get(id)).lastUsedAt).toBeNull();
    expect(await pruneAt(later(91))).toMatchObject({ total: 0 });
    expect((await base.get(id)).lastUsedAt).toEqual(expect.any(Date));
  });

  it('gives an edited item its days anew', async () => {
    const id = await shared();
    await knowledgeItems(store).updateOne(
      { tenant, id },
      { $set: { createdAt: later(-91), updatedAt: later(-91) } },
    );
    await base.updateKnowledge(id, { newContent: 'Something else', changes: 'better', as: 'agent' });
    expect(await planPruning(context())).toMatchObject({ total: 0 });
  });

  it('lets no use be lost to a prune at the same time', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 8; i++) ids.push(await shared());
    const now = later(91);
    const [report] = await Promise.all([
      pruneAt(now),
      ...ids.map((id) => base.recordUsage(id, true).catch(() => {})),
    ]);
    const pruned = new Set(report.items.map(({ id }) => id));
    for (const id of ids) {
      const item = await base.get(id);
      expect(item.state).toBe(pruned.has(id) ? 'ARCHIVED' : 'EXPERIMENTAL');
      expect(item.usage.successes).toBe(1);
    }
  });
});

describe('restoring what was pruned', () => {
  it('brings one item back to the state that its usage calls for', async () => {
    const good = await shared();
    await use(good, 5);
    expect(await stateOf(good)).toBe('VALIDATED');
    const bad = await added();
    await use(bad, 0, 5);
    await pruneAt(later(91), { maxItems: 0 });
    expect([await stateOf(good), await stateOf(bad)]).toEqual(['ARCHIVED', 'ARCHIVED']);
    expect(await restorePruned(context(), good, person)).toBe('VALIDATED');
    expect(await restorePruned(context(), bad, person)).toBe('DEPRECATED');
    expect(await base.get(good)).toMatchObject({ prunedAt: null, prunedIn: null });
    await expect(restorePruned(context(), good, person)).rejects.toThrow(/is not pruned/);
    expect((await acts(good)).find(({ act }) => act === 'restored')).toMatchObject({
      by: 'ann',
      detail: { from: 'ARCHIVED', to: 'VALIDATED', reason: expect.stringMatching(/it is wanted; 5 of 5/) },
    });
  });

  it('brings all of one run back, and leaves other runs alone', async () => {
    const first = [await shared(), await shared()];
    const one = await pruneAt(later(91));
    const second = await shared();
    const two = await pruneAt(later(92));
    expect(two.run).not.toBe(one.run);
    expect((await base.listPruned({ run: one.run ?? '' })).map(({ id }) => id).sort()).toEqual(
      [...first].sort(),
    );
    expect(await base.listPruned()).toHaveLength(3);
    expect(await base.restoreRun(one.run ?? '', person)).toBe(2);
    for (const id of first) expect(await stateOf(id)).toBe('EXPERIMENTAL');
    expect(await stateOf(second)).toBe('ARCHIVED');
    await expect(base.restoreRun(one.run ?? '', person)).rejects.toThrow(/nothing that it pruned can still/);
    // Their days begin with the restoration.
    expect(await planPruning(context(), later(89))).toMatchObject({ total: 0 });
  });

  it('leaves a restored item archived while something else archives it', async () => {
    const id = await shared();
    await pruneAt(later(91));
    await base.archive(id, { by: 'bob', reason: 'wrong' });
    expect(await restorePruned(context(), id, person)).toBe('ARCHIVED');
    expect((await base.restore(id, person)).state).toBe('EXPERIMENTAL');
  });

  it('is kept for as long as a person wants who archived it after it was pruned', async () => {
    const id = await shared();
    await pruneAt(later(200));
    await base.archive(id, person);
    expect(await purge(context(), { by: 'system', now: later(600) })).toMatchObject({ removed: 0 });
    expect(await restore(context(), id, { ...person, now: later(600) })).toBe(true);
    expect(await base.get(id)).toMatchObject({ state: 'EXPERIMENTAL', prunedAt: null, archival: null });
  });

  it('is refused after restoreDays', async () => {
    const id = await shared();
    const { run } = await pruneAt(later(91));
    const tooLate = { ...person, now: later(122) };
    await expect(restorePruned(context(), id, tooLate)).rejects.toThrow(/more than 30 days ago, too late/);
    await expect(restoreRun(context(), run ?? '', tooLate)).rejects.toThrow(/can still be restored/);
    expect(await restorePruned(context(), id, { ...person, now: later(120) })).toBe('EXPERIMENTAL');
  });
});

describe('the budget', () => {
  it('lets go of the least valuable, and of VALIDATED ones after all others', async () => {
    const proven = await shared();
    await use(proven, 9, 1);
    const validated = await added({ state: 'VALIDATED' });
    const used = await shared();
    await use(used, 3);
    const voted = await shared();
    await mark('votes', voted, 8);
    const idle = [await shared(), await shared(), await shared()];
    const order: string[][] = [];
    for (const maxItems of [4, 3, 2, 1, 0]) {
      const now = later(80);
      const plan = await prune(context({ maxItems }), { by: 'ann', now, dryRun: true });
      const report = await pruneAt(now, { maxItems });
      expect(report.items).toEqual(plan.items);
      expect(report.counts.budget).toBe(report.total);
      expect(await knowledgeItems(store).countDocuments({ tenant, state: { $ne: 'ARCHIVED' } })).toBe(
        maxItems,
      );
      order.push(report.items.map(({ id }) => id).sort());
    }
    expect(order).toEqual([[...idle].sort(), [voted], [used], [validated], [proven]]);
    const [last] = (await acts(idle[0] ?? '')).slice(-1);
    expect(last?.detail['reason']).toMatch(
      /^more than 4 items in use; its value of 0\.\d\d is among the least$/,
    );
  });

  it('counts what the rules let go of first', async () => {
    const [one, two] = [await shared(), await shared()];
    await use(two, 1);
    const plan = await prune(context({ maxItems: 1 }), { by: 'ann', now: later(91), dryRun: true });
    expect(plan.items.map(({ id, rule }) => [id, rule])).toEqual([[one, 'unused']]);
  });

  it('judges a large tenant by a part of it, begun anywhere', async () => {
    const insert = (await knowledgeItems(store).findOne({ tenant, id: await shared() })) as KnowledgeDocument;
    await knowledgeItems(store).deleteMany({ tenant });
    const copies = Array.from({ length: 3_000 }, (_, n): KnowledgeDocument => {
      // As ids are: hex, and in no order of value.
      const id = `k_${createHash('sha256').update(String(n)).digest('hex').slice(0, 32)}`;
      return { ...insert, _id: `${tenant}|${id}`, id, updatedAt: later(-400), lastUsedAt: later(-n / 10) };
    });
    await knowledgeItems(store).insertMany(copies);
    const now = new Date();
    const values: number[] = [];
    const ids = new Set<string>();
    for await (const batch of valuedItems(context({ staleDays: 1_000 }), now, 'k_8'))
      for (const { row, value } of batch) {
        values.push(value);
        ids.add(row.id);
      }
    expect([values.length, ids.size]).toEqual([3_000, 3_000]);
    const excess = { excess: 600, inUse: 3_000 };
    const cutoff = await Cutoff.find(context({ staleDays: 1_000 }), excess, now, 1_000);
    const gone = values.filter((value) => cutoff.takes(value));
    expect(gone.length).toBeLessThanOrEqual(600);
    // A share of 1 in 5 told from 1,000 is off by 0.013 (its standard error); this is four times that.
    expect(gone.length).toBeGreaterThan(600 - 4 * 0.013 * 3_000);
    const [bound = 0] = values.toSorted((a, b) => a - b).slice(600 + 4 * 0.013 * 3_000);
    expect(Math.max(...gone)).toBeLessThan(bound);
  });

  it('stops when its time is up, and goes on when it is called again', async () => {
    const insert = await knowledgeItems(store).findOne({ tenant, id: await shared() });
    const copies = Array.from({ length: 1_000 }, (_, n): KnowledgeDocument => {
      const id = `copy-${n}`;
      return { ...(insert as KnowledgeDocument), _id: `${tenant}|${id}`, id };
    });
    await knowledgeItems(store).insertMany(copies);
    let rounds = 0;
    for (let finished = false; !finished; rounds += 1) {
      const report = await prune(context({ maxItems: 100 }), { by: 'ann', signal: AbortSignal.abort() });
      finished = report.finished;
      expect(report.total).toBeLessThanOrEqual(200);
    }
    expect(rounds).toBe(6);
    expect(await knowledgeItems(store).countDocuments({ tenant, state: 'EXPERIMENTAL' })).toBe(100);
  });
});

describe('removal', () => {
  it('removes for good after restoreDays, with versions and marks, and keeps the log and the counters', async () => {
    const id = await shared();
    await use(id, 1, 2);
    await mark('views', id, 3);
    await mark('votes', id, 2);
    await base.updateKnowledge(id, { newContent: 'Other words', changes: 'clearer', as: 'agent' });
    const kept = await shared();
    const { total } = await pruneAt(later(400));
    expect(total).toBe(2);
    await base.restore(kept, { ...person });
    const by = { by: 'system' };
    expect(await purge(context(), { ...by, now: later(429) })).toEqual({ removed: 0, finished: true });
    expect(await purge(context(), { ...by, now: later(431) })).toEqual({ removed: 1, finished: true });
    await expect(base.get(id)).rejects.toThrow(/not found/);
    expect(await knowledgeVersions(store).countDocuments({ tenant, id })).toBe(0);
    for (const kind of markKinds) expect(await marksOf(store, kind).countDocuments({ tenant, id })).toBe(0);
    expect((await acts(id)).at(-1)).toMatchObject({
      act: 'removed',
      detail: { from: 'ARCHIVED', version: 2 },
    });
    expect(await stateOf(kept)).toBe('EXPERIMENTAL');
    const { changed } = await rebuild(store, tenant);
    expect(changed).toEqual([]);
    const share = { sourceAgent: 'code', type: 'DISCOVERY' as const, title: 'It', content: 'is back', id };
    await expect(hub.shareKnowledge(share)).rejects.toThrow(/was pruned and removed/);
  });

  it('takes along what was merged into it, and waits for what may still return', async () => {
    const [into, from, retracted] = [await shared(), await shared(), await shared()];
    await store.transaction((session) =>
      mergeItems(store, tenant, into, from, { by: 'ann', reason: 'the same' }, session),
    );
    await pruneAt(later(91));
    await knowledgeItems(store).updateOne({ tenant, id: retracted }, { $set: { retractedBy: 'r1' } });
    expect(await purge(context(), { by: 'system', now: later(122) })).toEqual({ removed: 2, finished: true });
    expect((await acts(from)).at(-1)).toMatchObject({
      ...{ act: 'removed', detail: { reason: `merged into ${into}, which was removed` } },
    });
    expect(await stateOf(retracted)).toBe('ARCHIVED');
  });

  it('finishes what was cut short, and restores nothing of it', async () => {
    const id = await shared();
    await pruneAt(later(91));
    await knowledgeItems(store).updateOne({ tenant, id }, { $set: { removing: true } });
    await knowledgeVersions(store).deleteMany({ tenant, id });
    await expect(base.restore(id, person)).rejects.toThrow(/was pruned/);
    await expect(restorePruned(context(), id, person)).rejects.toThrow(/too late/);
    expect(await purge(context(), { by: 'system', now: later(122) })).toEqual({ removed: 1, finished: true });
  });

  it('keeps to its tenant, and to the number it is given', async () => {
    const ids = [await shared(), await shared()];
    await pruneAt(later(91));
    const other = knowledgeContext(store, `${tenant}-other`);
    expect(await purge(other, { by: 'system', now: later(500) })).toEqual({ removed: 0, finished: true });
    expect(await prune(other, { by: 'ann', now: later(500) })).toMatchObject({ total: 0 });
    expect(await purge(context(), { by: 'system', now: later(122), limit: 1 })).toEqual({
      removed: 1,
      finished: false,
    });
    expect(await knowledgeItems(store).countDocuments({ tenant, id: { $in: ids } })).toBe(1);
  });
});
