/** Reports of other workers' agents that no store can take as they are: the task is recorded all the same. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import type { Json } from '../../src/shared/agent-contract.js';
import { type Harness, startHarness } from './harness.js';

const nested = (levels: number): Json =>
  Array.from({ length: levels }).reduce<Json>((inner) => ({ inner }), 'deep');
const outputs: Record<string, Json> = {
  deep: nested(300),
  zero: { 'a\0b': 1 },
  typed: { _bsontype: 'ObjectId' },
};

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    agents: {
      costly: () => ({ cost: 9e12, iterations: 9e15, tokens: { input: 9e15, output: 9e15 } }),
      odd: ({ description }) => ({
        output: outputs[description] ?? null,
        actions: [{ type: 'read', input: outputs[description] ?? null }],
        results: [{ success: true }],
        cost: 0.25,
      }),
    },
  });
});
afterAll(() => harness.stop());

it.each(Object.keys(outputs))('values that MongoDB cannot hold are left out: %s', async (output) => {
  const request = { description: output, agents: ['odd'] };
  const result = await harness.client.executeTask(request);
  expect(result).toMatchObject({ success: true, recording: 'recorded', output: outputs[output] });
  const record = await interactions(harness.store).findOne({ taskId: result.taskId });
  expect(record?.attempts[0]?.report).toMatchObject({
    cost: 0.25,
    output: '[left out: MongoDB cannot hold it]',
    actions: [{ type: 'read' }],
    results: [{ success: true }],
  });
});

it('figures beyond all reason are refused by name', async () => {
  const result = await harness.client.executeTask({ description: 'Do it', agents: ['costly'] });
  expect(result.recording).toBe('recorded');
  expect(result).toMatchObject({
    success: false,
    reason: expect.stringMatching(/^report\.cost: 9000000000000 .* at most 1000000$/),
  });
});

it('the workflow that holds a record ends when no store can ever take it', async () => {
  const { taskId } = await harness.client.executeTask({ description: 'Do it', agents: ['odd'] });
  const record = await harness.client.task(taskId).record();
  // A time that is none cannot come from a workflow: it stands for whatever was not thought of.
  const broken = { ...record, executionId: 'acme/broken/run', endedAt: 'never' };
  const recorder = harness.temporal.workflow.execute('RecordExecutionWorkflow', {
    workflowId: `record:${harness.database}`,
    taskQueue: harness.config.temporal.taskQueue,
    args: [broken],
  });
  await expect(recorder).rejects.toMatchObject({
    cause: { cause: { type: 'InvalidInput', message: expect.stringContaining('cannot be stored') } },
  });
});
