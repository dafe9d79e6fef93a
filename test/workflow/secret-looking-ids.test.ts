/** Ids that look like secrets lead to the right task still. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { type Harness, startHarness } from '../workflow/harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    agents: { one: () => ({ success: true, output: 'password=hunter22', applied: ['token:abcd1234'] }) },
  });
});
afterAll(() => harness.stop());

const idsLikeSecrets = (count: number): string[] =>
  Array.from({ length: count }, () => `rotate-token:prod-${randomUUID().slice(0, 4)}7`);

it('keeps the records of two such tasks apart, without the secrets in their content', async () => {
  const ids = idsLikeSecrets(2);
  for (const taskId of ids) {
    const task = { description: 'with token=abcd1234', agents: ['one'], taskId };
    expect((await harness.client.executeTask(task)).recording).toBe('recorded');
  }
  const found = await interactions(harness.store)
    .find({ taskId: { $in: ids } })
    .toArray();
  expect(found.map(({ taskId }) => taskId).sort()).toEqual([...ids].sort());
  for (const { _id, taskId, description, attempts, ...record } of found) {
    expect(_id).toBe(record.executionId);
    expect([record.workflowId, record.executionId]).toEqual([
      `acme/${taskId}`,
      `acme/${taskId}/${record.runId}`,
    ]);
    expect(description).toBe('with token=[redacted]');
    expect(attempts[0]?.report).toMatchObject({
      output: 'password=[redacted]',
      applied: ['token:abcd1234'],
    });
  }
});

it('takes in feedback on such a task', async () => {
  const [taskId = ''] = idsLikeSecrets(1);
  await harness.client.executeTask({ description: 'x', agents: ['one'], taskId });
  const word = { success: false, source: 'human', by: 'ana' } as const;
  expect(await harness.client.feedback(taskId, word)).toMatchObject({ state: 'applied' });
});

it('takes two such executions that were recorded directly for two', async () => {
  for (const executionId of idsLikeSecrets(2)) {
    const call = { executionId, agentType: 'one', taskDescription: 'x', success: true, completionTime: 1 };
    expect(await harness.client.record.recordInteraction(call)).toEqual({ applied: true, executionId });
  }
});
