import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { knowledgeItems } from '../../src/knowledge/collections.js';
import { type KnowledgeContext, knowledgeContext } from '../../src/knowledge/context.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { archive, deprecate, restore } from '../../src/knowledge/lifecycle/by-hand.js';
import { standingArchivers } from '../../src/knowledge/lifecycle/lifecycle.js';
import { prune } from '../../src/knowledge/lifecycle/prune.js';
import { restorePruned } from '../../src/knowledge/lifecycle/restore-pruned.js';
import { ConflictError } from '../../src/shared/errors.js';
import { events, type ItemEvent } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;

beforeAll(async () => {
  store = await openOwnStore('orders');
});
afterAll(() => dropOwnStore(store));

/** What can happen to an item, in any order. */
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('use' as const), success: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('uses' as const), success: fc.boolean() }) },
  fc.record({ do: fc.constantFrom('edit' as const, 'retag' as const) }),
  fc.record({ do: fc.constantFrom('deprecate' as const, 'archive' as const, 'restore' as const) }),
  fc.record({ do: fc.constantFrom('prune' as const, 'evict' as const, 'restorePruned' as const) }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

interface World {
  base: KnowledgeBase;
  context: KnowledgeContext;
  id: string;
  now: Date;
  /** What was told of the words that the item says now. */
  successes: number;
  failures: number;
  version: number;
}

async function perform(world: World, what: Act): Promise<void> {
  const { base, context, id, now } = world;
  const by = { by: 'ann', reason: 'a reason', now };
  const used = async (success: boolean, times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await base.recordUsage(id, success);
    if (success) world.successes += times;
    else world.failures += times;
  };
  switch (what.do) {
    case 'use':
      return used(what.success, 1);
    case 'uses':
      return used(what.success, 5);
    case 'edit':
      world.version += 1;
      await base.updateKnowledge(id, { newContent: `Words ${world.version}`, changes: 'other words' });
      world.successes = 0;
      world.failures = 0;
      return;
    case 'retag':
      world.version += 1;
      await base.updateKnowledge(id, { tags: [`tag ${world.version}`], changes: 'another tag' });
      return;
    case 'prune':
      world.now = new Date(now.getTime() + 20 * 86_400_000);
      await prune(
        { ...context, settings: { ...context.settings, unusedDays: 1, staleDays: 1 } },
        { ...by, now: world.now },
      );
      return;
    case 'evict':
      await prune({ ...context, settings: { ...context.settings, maxItems: 0 } }, by);
      return;
    case 'deprecate':
      return allowed(deprecate(context, id, by));
    case 'archive':
      return allowed(archive(context, id, by));
    case 'restore':
      return allowed(restore(context, id, by));
    case 'restorePruned':
      return allowed(restorePruned(context, id, by));
  }
}

/** What does not fit the state is refused, and changes nothing. */
async function allowed(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
}

async function check(world: World): Promise<void> {
  const { base, id, context, successes, failures } = world;
  const { tenant } = context;
  const item = await base.get(id);
  const { state, deprecation } = item;
  expect(item.usage).toMatchObject({ successes, failures });
  expect(item.version).toBe(world.version);
  expect((await base.history(id)).map(({ version }) => version)).toEqual(
    Array.from({ length: world.version }, (_, n) => n + 1),
  );
  const document = await knowledgeItems(store).findOne({ tenant, id });
  if (document === null) throw new Error('the item is gone');
  expect(state === 'ARCHIVED').toBe(standingArchivers(document).length > 0);
  expect(item.prunedAt === null).toBe(item.prunedIn === null);
  const usages = successes + failures;
  const rate = successes / usages;
  const held = deprecation !== null && deprecation.version >= (document.contentVersion ?? 1);
  if (state !== 'ARCHIVED') {
    if (held) {
      expect(state).toBe('DEPRECATED');
      const since = usages - deprecation.successes - deprecation.failures;
      const good = successes - deprecation.successes;
      // What is still held down has not outweighed the ruling.
      if (since >= 5 && good / since >= 0.5) expect(rate).toBeLessThan(0.4);
    } else if (usages < 5) expect(state).toBe('EXPERIMENTAL');
    else if (rate >= 0.8) expect(state).toBe('VALIDATED');
    else if (rate < 0.4) expect(state).toBe('DEPRECATED');
    else if (rate >= 0.5) expect(state).not.toBe('DEPRECATED');
  }
  const found = await new KnowledgeHub(store, tenant).queryKnowledge();
  expect(found.map((each) => each.id)).toEqual(['EXPERIMENTAL', 'VALIDATED'].includes(state) ? [id] : []);
  const log = (await events(store)
    .find({ tenant, itemId: id, kind: 'item' })
    .hint({ $natural: 1 })
    .toArray()) as ItemEvent[];
  let at: unknown = 'EXPERIMENTAL';
  for (const { act: name, detail } of log.slice(1)) {
    expect(`${name} from ${String(detail['from'])}`).toBe(`${name} from ${String(at)}`);
    expect(String(detail['reason'] ?? detail['changes'])).not.toBe('');
    at = detail['to'];
  }
  expect(at).toBe(state);
}

it('keeps state, log, usage and look-ups in step for any order of acts', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 14 }), async (acts) => {
      const tenant = `t${++tenants}`;
      const base = new KnowledgeBase(store, tenant);
      const { id } = await base.addKnowledge({ category: 'x', title: 'y', content: { z: 1 } });
      // An agent's, so that the rules on age hold for it.
      await knowledgeItems(store).updateOne({ tenant, id }, { $set: { trust: 'untrusted' } });
      const context = knowledgeContext(store, tenant);
      const world: World = { base, context, id, now: new Date(), successes: 0, failures: 0, version: 1 };
      for (const each of acts) {
        await perform(world, each);
        await check(world);
      }
    }),
    { numRuns: 20 },
  );
});
