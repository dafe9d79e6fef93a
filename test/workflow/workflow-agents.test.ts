import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { type Harness, startHarness } from './harness.js';
import { killableWorker } from './killable-worker.js';
import { price, signOff } from './platform-workflows.js';
import { waitUntil } from './wait-until.js';

const queue = `platform-${randomUUID().slice(0, 8)}`;
const agent = (type: string, workflowType: string, more: object = {}) => ({
  type,
  kind: 'workflow',
  workflowType,
  taskQueue: queue,
  ...more,
});
const agents = [
  agent('fulfil', 'FulfilOrder', {
    args: [{ id: '$.context.order', items: '$.context.items' }, { express: true }],
    result: {
      success: '$.shipped',
      output: '$.summary.text',
      cost: '$.spent.usd',
      inputTokens: '$.spent.tokens[0]',
      outputTokens: '$.spent.tokens[1]',
      actions: '$.log',
    },
  }),
  agent('refuse', 'Refuse'),
  agent('odd', 'Odd', { result: { success: '$.shipped' } }),
  agent('lost', 'FulfilOrder', { args: ['$.context.nothing'] }),
  agent('lengthy', 'Lengthy'),
  agent('brief', 'Lengthy', { limits: { startToCloseSeconds: 1 } }),
];

let harness: Harness;
let worker: Worker;
let working: Promise<void>;
beforeAll(async () => {
  harness = await startHarness({ config: { agents } });
  worker = await Worker.create({
    connection: harness.connection,
    taskQueue: queue,
    workflowsPath: fileURLToPath(new URL('./platform-workflows.ts', import.meta.url)),
  });
  working = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await working;
  await harness.stop();
});

const order = {
  description: 'Fulfil the order',
  context: { order: 'o-7', items: ['pen', 'ink'] },
};
const childOf = async (taskId: string, client = harness) =>
  waitUntil('the child runs', async () => {
    const task = client.temporal.workflow.getHandle(client.client.task(taskId).workflowId);
    const [child] = (await task.describe()).raw.pendingChildren ?? [];
    return child?.workflowId == null ? undefined : client.temporal.workflow.getHandle(child.workflowId);
  });

describe('a workflow as an agent', () => {
  it('gets its arguments and gives its report by declared paths; its signals and updates are untouched', async () => {
    const task = await harness.client.startTask({ ...order, agents: ['fulfil'] });
    const child = await childOf(task.taskId);
    expect(await child.executeUpdate(price, { args: [250] })).toBe(250);
    await child.signal(signOff, 'ana');
    expect(await task.result()).toMatchObject({ success: true, output: 'o-7 for ana', cost: 2.5 });
    const record = await interactions(harness.store).findOne({ taskId: task.taskId });
    expect(record?.attempts[0]?.report).toMatchObject({
      success: true,
      tokens: { input: 120, output: 30 },
      actions: [{ type: 'pick', input: ['pen', 'ink'] }, { type: 'pack' }],
    });
  });

  it('fails as an agent when it fails as a workflow', async () => {
    const result = await harness.client.executeTask({ ...order, agents: ['refuse'] });
    expect(result).toMatchObject({ success: false, reason: 'out of stock' });
  });

  it.each([
    ['odd', 'malformed report: success: "perhaps" is not allowed; expected true, false or null'],
    ['lost', 'args: "$.context.nothing" is not allowed; expected a path that finds something in the task'],
  ])('%s: what does not fit says where', async (type, reason) => {
    const result = await harness.client.executeTask({ ...order, agents: [type] });
    expect(result).toMatchObject({ success: false, reason });
  });

  it('ends with its task', async () => {
    const task = await harness.client.startTask({ ...order, agents: ['lengthy'] });
    const child = await childOf(task.taskId);
    await task.cancel();
    await expect(task.result()).rejects.toMatchObject({ type: 'Cancelled' });
    await waitUntil('the child is over', async () => (await child.describe()).status.name === 'CANCELLED');
  });

  it('is held to its time', async () => {
    const result = await harness.client.executeTask({ ...order, agents: ['brief'] });
    expect(result).toMatchObject({ success: false, reason: 'timed out after 1 s' });
  });
});

it("outlives the death of Journeyman's worker, and runs once", async () => {
  const alone = await startHarness({ config: { agents }, withoutWorker: true });
  const killable = await killableWorker({
    config: alone.config,
    mongoUri: inject('mongoUri'),
    database: alone.database,
    temporalAddress: inject('temporalAddress'),
  });
  try {
    const task = await alone.client.startTask({ ...order, agents: ['fulfil'] });
    const child = await childOf(task.taskId, alone);
    killable.kill();
    await killable.ended;
    await child.signal(signOff, 'ben');
    expect(await child.result()).toMatchObject({ shipped: true });
    await alone.startWorker();
    expect(await task.result()).toMatchObject({ success: true, output: 'o-7 for ben' });
    expect(await interactions(alone.store).countDocuments({ taskId: task.taskId })).toBe(1);
  } finally {
    await alone.stop();
  }
});
