/** Feedback through the client, on tasks that really run. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findTaskInteractions } from '../../src/learning/interactions.js';
import { effectiveOutcome, findOutcomes } from '../../src/recording/outcomes.js';
import { NotFoundError } from '../../src/shared/errors.js';
import { type Harness, startHarness } from '../workflow/harness.js';

let harness: Harness;
const gates = new Map<string, () => void>();
const started = new Map<string, () => void>();
beforeAll(async () => {
  harness = await startHarness({
    agents: {
      worker: async ({ taskId }) => {
        const open = new Promise<void>((resolve) => gates.set(taskId, resolve));
        started.get(taskId)?.();
        await open;
        return { success: true };
      },
    },
  });
});
afterAll(() => harness.stop());

/** Starts a task; its agent works until it is let go. */
async function working(taskId: string, request: object = {}) {
  const begun = new Promise<void>((resolve) => started.set(taskId, resolve));
  const handle = await harness.client.startTask({ taskId, description: 'Fix the bug', ...request });
  await begun;
  return { handle, letGo: () => gates.get(taskId)?.() };
}
const ci = { success: false, source: 'verifier', by: 'https://ci.test/1', deliveryId: 'event-1' } as const;

it('a CI result that comes while the task runs counts as soon as it is recorded, and days later', async () => {
  const { client, store } = harness;
  const { handle, letGo } = await working('one');
  expect(await client.feedback('one', ci)).toMatchObject({ state: 'waiting', repeated: false });
  letGo();
  // What the task itself answers is what was known when it ended.
  expect(await handle.result()).toMatchObject({ success: true, source: 'agent', recording: 'recorded' });
  const believed = async () => {
    const [interaction] = await findTaskInteractions(store, client.tenant, 'one');
    if (interaction === undefined) throw new Error('nothing is recorded');
    const later = await findOutcomes(store, client.tenant, [interaction._id]);
    return {
      outcome: effectiveOutcome(interaction, later),
      words: later.length,
      recorded: interaction.outcome,
    };
  };
  expect(await believed()).toMatchObject({
    outcome: { success: false, source: 'verifier' },
    words: 1,
    recorded: { success: true, source: 'agent' },
  });
  expect(await client.performance.getAgentPerformance('worker')).toMatchObject({
    successes: 0,
    failures: 1,
    trust: { n: 1, overruled: 1 },
  });
  expect(await client.feedback('one', ci)).toMatchObject({ state: 'applied', repeated: true });
  expect(await client.feedback('one', { success: true, source: 'human', by: 'ann' })).toMatchObject({
    before: { success: false, source: 'verifier' },
    after: { success: true, source: 'human' },
  });
  expect(await believed()).toMatchObject({ outcome: { success: true, source: 'human' }, words: 2 });
  expect(await client.performance.getAgentPerformance('worker')).toMatchObject({
    successes: 1,
    ownWordShare: 0,
    trust: { n: 1, overruled: 0 },
  });
});

it('of a task that is never recorded, or of a run that is none, there is nothing to say', async () => {
  const { client } = harness;
  const { handle, letGo } = await working('off', { learning: 'off' });
  letGo();
  await handle.result();
  const human = { success: true, source: 'human', by: 'ann' } as const;
  await expect(client.feedback('off', human)).rejects.toBeInstanceOf(NotFoundError);
  for (const run of ['x', '0198a4a2-1111-7222-8333-444455556666'])
    await expect(
      client.feedback('off', { ...human, executionId: `${client.tenant}/off/${run}` }),
    ).rejects.toBeInstanceOf(NotFoundError);
});
