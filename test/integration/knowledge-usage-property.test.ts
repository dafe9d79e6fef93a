/** Any order of records, marks by hand, later words and runs of evolution, against what must be counted in the end. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knowledgeContext } from '../../src/knowledge/context.js';
import { evolveKnowledgeBatch } from '../../src/knowledge/evolve-batch.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { findInteractions } from '../../src/learning/interactions.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { findReportedUse } from '../../src/recording/reported-use.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
beforeAll(async () => {
  store = await openOwnStore('usage_any');
});
afterAll(() => dropOwnStore(store));

const ITEMS = 2;
const some = fc.subarray(Array.from({ length: ITEMS }, (_, index) => index));
const task = fc.integer({ min: 0, max: 2 });
const act = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('record' as const), task, applied: some, offered: some },
    success: fc.constantFrom(true, false, null),
  }),
  fc.record({
    ...{ kind: fc.constant('mark' as const), task, item: fc.nat(ITEMS - 1) },
    agent: fc.constantFrom('coder', 'tester'),
  }),
  fc.record({ kind: fc.constant('correct' as const), which: fc.nat(), success: fc.boolean() }),
  fc.record({ kind: fc.constant('evolve' as const) }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

interface Execution {
  executionId: string;
  task: number;
  applied: number[];
  success: boolean | null;
}
interface World {
  tenant: string;
  ids: string[];
  /** In the order in which they ended. */
  executions: Execution[];
  /** `<task>|<item>` */
  marked: Set<string>;
}

const evolved = async ({ tenant }: World): Promise<void> => {
  const reads = { findExecutions: findInteractions, findReportedUse };
  while ((await evolveKnowledgeBatch(knowledgeContext(store, tenant), 50, reads)).consumed > 0);
};

async function carryOut(world: World, step: Act, number: number): Promise<void> {
  const { tenant, ids, executions, marked } = world;
  const idsOf = (items: readonly number[]) => items.map((item) => ids[item] ?? '');
  switch (step.kind) {
    case 'record': {
      const { success, applied } = step;
      const made = attempt([]);
      const executionId = `${tenant}/task-${step.task}/${number}`;
      const report = { ...made.report, success, applied: idsOf(applied) };
      await recordExecution(store, {
        ...executionRecord({
          ...{ tenant, id: `task-${step.task}`, success, endedAt: Date.now() + number },
          attempts: [{ ...made, success, report }],
        }),
        executionId,
        knowledge: idsOf(step.offered).map((id) => ({
          ...{ id, version: 1, score: 1, shown: true, probability: 1 },
        })),
      });
      executions.push({ executionId, task: step.task, applied, success });
      return;
    }
    case 'mark': {
      await new KnowledgeHub(store, tenant).markAsApplied(
        ids[step.item] ?? '',
        step.agent,
        `task-${step.task}`,
      );
      marked.add(`${step.task}|${step.item}`);
      return;
    }
    case 'correct': {
      const execution = executions[step.which % Math.max(1, executions.length)];
      if (execution === undefined) return;
      const outcome = { success: step.success, source: 'human' as const };
      await addOutcome(store, {
        tenant,
        executionId: execution.executionId,
        outcome,
        by: `person ${number}`,
      });
      execution.success = step.success;
      return;
    }
    case 'evolve':
      await evolved(world);
  }
}

/** How often an item must count, by outcome. */
function expected({ executions, marked }: World, item: number) {
  const outcomes = executions.filter(({ applied }) => applied.includes(item)).map(({ success }) => success);
  for (const mark of marked) {
    const [taskOf, itemOf] = mark.split('|').map(Number);
    const own = executions.filter((execution) => execution.task === taskOf);
    if (itemOf !== item || own.some(({ applied }) => applied.includes(item))) continue;
    outcomes.push(own.at(-1)?.success ?? null);
  }
  const of = (success: boolean) => outcomes.filter((outcome) => outcome === success).length;
  return { applied: outcomes.length, successes: of(true), failures: of(false) };
}

let tenants = 0;
// Sequences run side by side: each mostly waits for the store.
const parts = ['first', 'second', 'third'];
describe.concurrent.each(parts)('any sequence, %s part', () => {
  it('counts every application once, as its task is known to have gone', { timeout: 400_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 16 }), async (steps) => {
        const tenant = `t${++tenants}`;
        const base = new KnowledgeBase(store, tenant);
        const world: World = { tenant, ids: [], executions: [], marked: new Set() };
        for (let item = 0; item < ITEMS; item += 1) {
          const title = `Item ${item} of ${tenant}: ${randomUUID()}`;
          world.ids.push((await base.addKnowledge({ category: 'c', title, content: { title } })).id);
        }
        for (const [number, step] of steps.entries()) await carryOut(world, step, number);
        await evolved(world);
        const counts = () => Promise.all(world.ids.map(async (id) => (await base.get(id)).usage));
        const wanted = world.ids.map((_, item) => expected(world, item));
        expect(await counts()).toMatchObject(wanted);
        expect((await rebuild(store, tenant)).changed).toEqual([]);
        expect(await counts()).toMatchObject(wanted);
      }),
      { numRuns: 9, interruptAfterTimeLimit: 180_000 },
    );
  });
});
