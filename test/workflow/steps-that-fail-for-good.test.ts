/** Steps around agents that no retry mends: their task ends, with what is known. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { workflowAgentActivities } from '../../src/activities/workflow-agent-activities.js';
import { interactions } from '../../src/learning/interactions.js';
import { type Harness, startHarness } from './harness.js';

const queue = `for-good-${randomUUID().slice(0, 8)}`;
let harness: Harness;
let worker: Worker;
let working: Promise<void>;
beforeAll(async () => {
  harness = await startHarness({
    agents: { one: () => ({ success: true, output: 1, cost: 0.5 }) },
    config: {
      agents: [
        {
          type: 'deep',
          kind: 'workflow',
          workflowType: 'Deep',
          taskQueue: queue,
          result: { output: '$..answer' },
        },
      ],
    },
  });
  worker = await Worker.create({
    connection: harness.connection,
    taskQueue: queue,
    workflowsPath: fileURLToPath(new URL('./agent-workflows.ts', import.meta.url)),
  });
  working = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await working;
  await harness.stop();
});

it('a result that a path cannot be followed into is no report', async () => {
  expect(await harness.client.executeTask({ description: 'x', agents: ['deep'] })).toMatchObject({
    success: false,
    reason: expect.stringMatching(/"\$\.\.answer" cannot be followed/),
  });
}, 30_000);

it('arguments that are too large together are input that does not fit', async () => {
  const task = { context: { text: 'x'.repeat(700_000) } };
  await expect(
    workflowAgentActivities.workflowArguments(task as never, ['$', '$', '$']),
  ).rejects.toMatchObject({
    type: 'InvalidInput',
    nonRetryable: true,
    message: expect.stringMatching(/^args: \d+ bytes/),
  });
});

it('a result that is too large is cut to a report that fits', async () => {
  const result = Array.from({ length: 2_000 }, () => 'x'.repeat(900));
  const report = await workflowAgentActivities.reportOfResult(result, { output: '$' });
  expect(JSON.stringify(report).length).toBeLessThan(1_000_000);
  const small = await workflowAgentActivities.reportOfResult('y'.repeat(100_000), { output: '$' });
  expect(small.output).toHaveLength(100_000);
});

it.each([
  ['cannot be started', ['/etc/hostname/x'], undefined],
  ['does not end within the time of the task', ['sleep', '60'], { seconds: 3 }],
])(
  "a check that %s is no word on another worker's work, and its report is kept",
  async (_, verify, caps) => {
    const began = performance.now();
    const result = await harness.client.executeTask({
      description: 'x',
      agents: ['one'],
      verify,
      ...(caps === undefined ? {} : { caps }),
    });
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(result).toMatchObject({ success: true, source: 'agent', cost: 0.5, output: 1 });
    const record = await interactions(harness.store).findOne({ taskId: result.taskId });
    expect(record?.attempts[0]?.words).toMatchObject([{ by: 'verify', success: null }]);
  },
  40_000,
);
