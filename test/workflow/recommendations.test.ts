/** GenerateRecommendationsWorkflow from end to end: what tasks showed becomes advice, and advice changes tasks. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { pending } from '../../src/store/pending.js';
import { type Harness, startHarness } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    agents: { strong: () => ({ success: true }), weak: () => ({ success: false }) },
  });
});
afterAll(() => harness.stop());

const DESCRIPTION = 'Fix the bug in the parser';
const run = (agent: string) =>
  harness.client.executeTask({ description: DESCRIPTION, plan: { strategy: 'single', agents: [agent] } });
const generate = async () => (await harness.client.maintain('recommendations')).result();

it('makes advice of what tasks showed, and tasks follow what is accepted', { timeout: 120_000 }, async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.all([run('strong'), run('weak')]);
  const done = await generate();
  expect(done).toMatchObject({ finished: true, done: 40, written: { 'recommendations open': 1 } });
  expect(await pending(harness.store).countDocuments({ consumer: 'recommendations' })).toBe(0);
  expect(await generate()).toMatchObject({ finished: true, done: 0, written: {} });

  const { performance } = harness.client;
  const [advice] = await performance.getRecommendations();
  expect(advice).toMatchObject({ type: 'AGENT_SELECTION', agentType: 'weak', subject: 'strong' });
  const accepted = await performance.acceptRecommendation(advice?.id ?? '', { by: 'ana' });
  expect(accepted).toMatchObject({ state: 'applied' });
  // Workers ask for what was decided every two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2_100));

  const chosen = await Promise.all(
    Array.from({ length: 10 }, () => harness.client.executeTask({ description: DESCRIPTION })),
  );
  for (const { executionId } of chosen) {
    const record = await interactions(harness.store).findOne({ _id: executionId });
    const weak = record?.choice?.candidates.find(({ key }) => key === 'single(weak)');
    expect(weak?.propensity).toBeLessThan(0.1);
    if (record?.choice?.preferred !== undefined)
      expect(record.choice).toMatchObject({ preferred: advice?.id, plan: { key: 'single(strong)' } });
  }
  const steps = await performance.bottlenecks();
  expect(steps.steps.map(({ step }) => step)).toEqual(
    expect.arrayContaining(['analyse', 'lookUp', 'recording', 'agent:strong', 'queue:strong']),
  );
});
