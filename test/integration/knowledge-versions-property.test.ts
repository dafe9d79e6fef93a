/** Any sequence of updates, restores, conflicting updates and uses, against a model of what must come of it. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { knowledgeIndexes } from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { nextState } from '../../src/knowledge/lifecycle/lifecycle.js';
import { ConflictError } from '../../src/shared/errors.js';
import type { KnowledgeState, Priority } from '../../src/shared/terms.js';
import { events } from '../../src/store/event-log.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';

let store: Store;
let second: Store;
beforeAll(async () => {
  const connection = { uri: inject('mongoUri'), database: `versions_any_${randomUUID().slice(0, 8)}` };
  store = openStore({ ...connection, deadlineMs: 20_000 });
  second = openStore({ ...connection, deadlineMs: 20_000 });
  await ensureIndexes(store, [...storeIndexes, ...knowledgeIndexes]);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
  await second.close();
});

interface Words {
  title: string;
  content: string;
  tags: string[];
  priority: Priority;
}
interface Version extends Words {
  by: string;
  /** The first version that said the same. */
  says: number;
}
interface Model {
  versions: Version[];
  state: KnowledgeState;
  /** By what was said. */
  usage: Map<number, { successes: number; failures: number }>;
}

const usageOf = (model: Model) => model.usage.get(last(model).says) ?? { successes: 0, failures: 0 };
const last = ({ versions }: Model): Version => {
  const version = versions.at(-1);
  if (version === undefined) throw new Error('no version');
  return version;
};
const wordsOf = ({ title, content, tags, priority }: Words): Words => ({ title, content, tags, priority });

function edit(model: Model, change: Partial<Words>, by: string): void {
  const before = last(model);
  const next = { ...wordsOf(before), ...change };
  if (isDeepStrictEqual(next, wordsOf(before))) return;
  const saysOther = next.title !== before.title || next.content !== before.content;
  model.versions.push({ ...next, by, says: saysOther ? model.versions.length + 1 : before.says });
  if (saysOther) model.state = 'EXPERIMENTAL';
}

function restore(model: Model, version: number, by: string): void {
  const [before, wanted] = [last(model), model.versions[version - 1]];
  if (wanted === undefined || isDeepStrictEqual(wordsOf(before), wordsOf(wanted))) return;
  const saysOther = wanted.title !== before.title || wanted.content !== before.content;
  model.versions.push({ ...wordsOf(wanted), by, says: saysOther ? wanted.says : before.says });
  if (saysOther) model.state = nextState('EXPERIMENTAL', usageOf(model))?.to ?? 'EXPERIMENTAL';
}

function use(model: Model, success: boolean): void {
  const { successes, failures } = usageOf(model);
  const usage = { successes: successes + (success ? 1 : 0), failures: failures + (success ? 0 : 1) };
  model.usage.set(last(model).says, usage);
  model.state = nextState(model.state, usage)?.to ?? model.state;
}

const change = fc.record(
  {
    title: fc.constantFrom<string>('one', 'two', 'three'),
    content: fc.constantFrom<string>('a', 'b', 'c', 'd'),
    tags: fc.constantFrom<string[]>(['x'], ['x', 'y'], []),
    priority: fc.constantFrom<Priority>('LOW', 'HIGH'),
  },
  { requiredKeys: [] },
);
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('edit' as const), change }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), to: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('late' as const), behind: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('race' as const), numbers: fc.constantFrom(2, 3, 5) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('use' as const),
      success: fc.boolean(),
      times: fc.integer({ min: 1, max: 5 }),
    }),
  },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

let tenants = 0;
let acts = 0;

async function carryOut(model: Model, bases: readonly KnowledgeBase[], id: string, step: Act): Promise<void> {
  const by = `editor ${++acts}`;
  const base = bases[acts % bases.length] as KnowledgeBase;
  switch (step.kind) {
    case 'edit': {
      const { content: newContent, ...rest } = step.change;
      if (Object.keys(step.change).length === 0) return;
      const expectedVersion = acts % 2 === 0 ? { expectedVersion: model.versions.length } : {};
      await base.updateKnowledge(id, {
        ...(newContent === undefined ? {} : { newContent }),
        ...{ ...rest, ...expectedVersion, changes: 'x', by },
      });
      edit(model, step.change, by);
      return;
    }
    case 'restore': {
      const version = 1 + (step.to % model.versions.length);
      await base.restoreVersion(id, version, { by, reason: 'x' });
      restore(model, version, by);
      return;
    }
    case 'late': {
      const expectedVersion = model.versions.length - step.behind;
      if (expectedVersion < 1) return;
      const refused = base.updateKnowledge(id, { title: 'never', changes: 'x', by, expectedVersion });
      await expect(refused).rejects.toThrow(ConflictError);
      await expect(refused).rejects.toThrow(
        new RegExp(
          `at version ${model.versions.length}, made by ${last(model).by} at .*expected ${expectedVersion}$`,
        ),
      );
      return;
    }
    case 'race': {
      const expectedVersion = model.versions.length;
      const results = await Promise.allSettled(
        Array.from({ length: step.numbers }, async (_, n) => {
          const racer = bases[n % bases.length] as KnowledgeBase;
          const content = `raced ${acts} ${n}`;
          await racer.updateKnowledge(id, {
            newContent: content,
            changes: 'x',
            by: `${by} ${n}`,
            expectedVersion,
          });
          return { content, by: `${by} ${n}` };
        }),
      );
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(won).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ConflictError);
      for (const { content, by: winner } of won) edit(model, { content }, winner);
      return;
    }
    case 'use':
      for (let time = 0; time < step.times; time += 1) {
        await base.recordUsage(id, step.success);
        use(model, step.success);
      }
  }
}

async function expectAs(model: Model, base: KnowledgeBase, tenant: string, id: string): Promise<void> {
  const history = await base.history(id);
  expect(history.map(({ version }) => version)).toEqual(model.versions.map((_, index) => index + 1));
  expect(history.map((version) => ({ ...wordsOf(version as never), by: version.by }))).toEqual(
    model.versions.map((version) => ({ ...wordsOf(version), by: version.by })),
  );
  const item = await base.get(id);
  expect(wordsOf(item as never)).toEqual(wordsOf(last(model)));
  expect(item).toMatchObject({ version: model.versions.length, state: model.state, usage: usageOf(model) });
  const written = { $in: ['edited', 'version-restored'] };
  expect(await events(store).countDocuments({ tenant, itemId: id, act: written })).toBe(history.length - 1);
  const [first, end] = [history[0], history.at(-1)];
  const { lines, changes } = await base.diff(id, 1, history.length);
  const differs = !isDeepStrictEqual(wordsOf(first as never), wordsOf(end as never));
  expect([lines.length > 0, changes.length > 0]).toEqual([differs, differs]);
}

// Sequences run side by side: each mostly waits for the store.
const parts = ['first', 'second', 'third', 'fourth'];
describe.concurrent.each(parts)('any sequence, %s part', () => {
  it('keeps versions without gaps, the history whole, and what was proved', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 20 }), async (steps) => {
        const tenant = `t${++tenants}`;
        const bases = [new KnowledgeBase(store, tenant), new KnowledgeBase(second, tenant)];
        const base = bases[0] as KnowledgeBase;
        const words: Words = { title: 'one', content: 'a', tags: ['x'], priority: 'MEDIUM' };
        const { id } = await base.addKnowledge({
          ...{ category: 'c', title: 'one', tags: ['x'] },
          content: {},
        });
        const start = { newContent: 'a', changes: 'start', by: 'editor 0' };
        await base.updateKnowledge(id, start);
        const model: Model = {
          versions: [
            { ...words, content: {} as never, by: 'api', says: 1 },
            { ...words, by: 'editor 0', says: 2 },
          ],
          ...{ state: 'EXPERIMENTAL', usage: new Map() },
        };
        for (const step of steps) await carryOut(model, bases, id, step);
        await expectAs(model, base, tenant, id);
      }),
      { numRuns: 10, interruptAfterTimeLimit: 240_000 },
    );
  });
});
