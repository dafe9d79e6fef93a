/** Steps that are tried for ever, and so hang their task. */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from '../workflow/harness.js';

const queue = `review-${randomUUID().slice(0, 8)}`;
let harness: Harness;
let worker: Worker;
let working: Promise<void>;
beforeAll(async () => {
  harness = await startHarness({
    agents: { one: () => ({ success: true, output: 1, cost: 0.5 }) },
    config: {
      agents: [
        { type: 'hosted', kind: 'command', command: ['node', '-e', 'console.log(JSON.stringify({success:true,cost:0.5}))'] },
        { type: 'deep', kind: 'workflow', workflowType: 'Deep', taskQueue: queue, result: { output: '$..answer' } },
      ],
    },
  });
  worker = await Worker.create({ connection: harness.connection, taskQueue: queue, workflowsPath: fileURLToPath(new URL('./deep-workflows.ts', import.meta.url)) });
  working = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await working;
  await harness.stop();
});
const ends = async (request: Partial<TaskRequest>) => {
  const task = await harness.client.startTask({ description: 'Do it', ...request });
  const result = await Promise.race([task.result(), sleep(12_000, 'hangs' as const)]);
  if (result === 'hangs')
    await harness.temporal.workflow.getHandle(task.workflowId).terminate('review');
  return result;
};
it('a verify command that cannot be spawned: foreign', async () => {
  expect(await ends({ agents: ['one'], verify: ['/etc/hostname/x'] })).not.toBe('hangs');
});
it('a verify command with NUL: foreign', async () => {
  expect(await ends({ agents: ['one'], verify: ['true', 'a\0b'] })).not.toBe('hangs');
});
it('a verify command that cannot be spawned: hosted; the report is kept', async () => {
  const result = await ends({ agents: ['hosted'], verify: ['/etc/hostname/x'] });
  expect(result).toMatchObject({ cost: 0.5 });
});
it('a verify command with NUL: hosted; the report is kept', async () => {
  expect(await ends({ agents: ['hosted'], verify: ['true', 'a\0b'] })).toMatchObject({ cost: 0.5 });
});
it('a path that cannot be evaluated', async () => {
  expect(await ends({ agents: ['deep'] })).not.toBe('hangs');
});
it('task ids with what looks like a secret keep their records apart', async () => {
  const ids = [`rotate-token:prod-${randomUUID().slice(0, 4)}`, `rotate-token:prod-${randomUUID().slice(0, 4)}`];
  for (const taskId of ids) expect((await harness.client.executeTask({ description: 'x', agents: ['one'], taskId })).recording).toBe('recorded');
  const found = await interactions(harness.store).find({ taskId: { $regex: '^rotate-token' } }).toArray();
  expect(found.map(({ taskId }) => taskId).sort()).toEqual([...ids].sort());
});
