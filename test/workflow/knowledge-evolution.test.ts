/** EvolveKnowledgeWorkflow from end to end: what tasks brought becomes knowledge, and what there is is tended. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KnowledgeItem, knowledgeItems } from '../../src/knowledge/collections.js';
import { learnedItemId } from '../../src/knowledge/evolve/learned.js';
import { learnings } from '../../src/learning/learning.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import type { AgentReport } from '../../src/shared/agent-contract.js';
import { madeLearning } from '../unit/learning/made-learning.js';
import { type Harness, startHarness } from './harness.js';

let harness: Harness;
let report: Partial<AgentReport> = {};
beforeAll(async () => {
  harness = await startHarness({
    config: { knowledge: { unusedDays: 10, restoreDays: 5 }, redact: ['TICKET-\\d+'] },
    agents: { agent: () => report },
  });
});
afterAll(() => harness.stop());

const evolve = async () => (await harness.client.maintain('knowledge')).result();
const run = () => harness.client.executeTask({ description: 'Fix the bug in the parser', agents: ['agent'] });
const base = () => harness.client.knowledge;
const add = async (title: string, hint: string): Promise<string> =>
  (await base().addKnowledge({ category: 'notes', title, content: { hint } })).id;
const set = (id: string, fields: Partial<KnowledgeItem>) =>
  knowledgeItems(harness.store).updateOne({ tenant: 'acme', id }, { $set: fields });
const ago = (days: number): Date => new Date(Date.now() - days * 86_400_000);

it('takes in what tasks brought, and tends what there is', { timeout: 120_000 }, async () => {
  const known = await add('Deploying on Fridays', 'Wait for Monday with a deployment');
  const removed = await add('Telex numbers', 'Write them on the wall');
  await set(removed, { state: 'ARCHIVED', prunedAt: ago(6), prunedIn: 'prune-earlier' });
  const same = await Promise.all(
    [1, 2].map(() => add('Rotating the log files', 'Rotate the log files each night')),
  );
  const learning = madeLearning({ tenant: 'acme', id: 'aa', confidence: 'VERY_HIGH', category: 'notes' });
  await learnings(harness.store).insertOne(learning);
  report = {
    applied: [known],
    discoveries: [
      {
        ...{ title: 'The parser reads tabs as spaces', content: 'Seen in TICKET-4711', type: 'WARNING' },
        ...{ priority: 'HIGH', tags: [] },
      },
    ],
  };
  const tasks: string[] = [];
  for (let n = 0; n < 5; n++) tasks.push((await run()).executionId);
  // After the tasks, so that none was shown it.
  const dated = await add('Fax machines', 'Keep the paper dry');
  await set(dated, { trust: 'untrusted', createdAt: ago(11), updatedAt: ago(11) });

  const first = await evolve();
  expect(first).toMatchObject({
    finished: true,
    written: {
      ...{ 'items VALIDATED': 1, 'learnings made knowledge': 1 },
      ...{ 'items merged': 1, 'items pruned: unused': 1, 'items removed': 1 },
    },
  });
  expect(Object.keys(first.written).filter((kind) => kind.endsWith('failed'))).toEqual([]);
  expect(await base().get(known)).toMatchObject({ state: 'VALIDATED', usage: { applied: 5, successes: 5 } });
  const [warning] = await harness.client.hub.queryKnowledge({ channel: 'warnings' });
  expect(warning).toMatchObject({ title: 'The parser reads tabs as spaces', trust: 'untrusted', repeats: 4 });
  expect(warning?.content).toBe('Seen in [redacted]');
  expect(await base().get(learnedItemId('aa'))).toMatchObject({ type: 'BEST_PRACTICE', learningId: 'aa' });
  const merged = await Promise.all(same.map((id) => base().get(id)));
  expect(merged.map(({ state }) => state).sort()).toEqual(['ARCHIVED', 'EXPERIMENTAL']);
  await expect(base().get(removed)).rejects.toThrow(/not found/);
  const pruned = await base().get(dated);
  expect(pruned).toMatchObject({
    state: 'ARCHIVED',
    prunedIn: expect.stringMatching(/^prune-[0-9a-f-]{36}$/),
  });
  expect(await base().restoreRun(pruned.prunedIn ?? '', { by: 'ann', reason: 'still in use' })).toBe(1);

  await learnings(harness.store).updateOne(
    { _id: learning._id },
    { $set: { state: 'retired', retiredBecause: 'it does harm' } },
  );
  for (const executionId of tasks)
    await addOutcome(harness.store, {
      ...{ tenant: 'acme', executionId, outcome: { success: false, source: 'human' }, by: 'ann' },
    });
  const second = await evolve();
  expect(second.written).toMatchObject({ 'items DEPRECATED': 1, 'items deprecated with their learning': 1 });
  for (const kind of ['discoveries shared', 'items merged', 'items pruned: unused', 'items removed'])
    expect(second.written).not.toHaveProperty([kind]);
  expect(await base().get(known)).toMatchObject({
    state: 'DEPRECATED',
    usage: { successes: 0, failures: 5 },
  });

  const third = await evolve();
  expect(third).toMatchObject({ done: 0, batches: 1, written: {}, finished: true });
});
