/** Cancellation, resets, shut-downs and late answers. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { withSourceLock } from '../../src/agents/workspaces/source-lock.js';
import { interactions } from '../../src/learning/interactions.js';
import { agentWorkflowId } from '../../src/shared/ids.js';
import { createWorker } from '../../src/worker.js';
import { type Harness, startHarness } from '../workflow/harness.js';
import { waitUntil } from '../workflow/wait-until.js';

const queue = `review-${randomUUID().slice(0, 8)}`;
const root = await mkdtemp(path.join(tmpdir(), 'journeyman-review-root-'));
const spends = `console.log(JSON.stringify({type:'system',subtype:'init',session_id:'s1',model:'m',tools:[]}));
 console.log(JSON.stringify({type:'assistant',session_id:'s1',message:{id:'m1',role:'assistant',content:[{type:'text',text:'working'}],usage:{input_tokens:1000,output_tokens:500}}}));
 setTimeout(()=>{}, 60000);`;
let harness: Harness;
let worker: Worker;
let working: Promise<void>;
beforeAll(async () => {
  harness = await startHarness({
    agents: { one: () => ({ success: true, output: 'one' }) },
    config: {
      workspaces: { root },
      agents: [
        { type: 'waits', kind: 'workflow', workflowType: 'Waits', taskQueue: queue },
        { type: 'brief', kind: 'workflow', workflowType: 'Brief', taskQueue: queue },
        { type: 'writer', kind: 'command', taskQueue: `${queue}-writer`, command: ['node', '-e', `require('fs').writeFileSync('a.txt','changed\\n'); console.log(JSON.stringify({success:true}))`], verify: ['true'] },
        { type: 'cli', kind: 'command', taskQueue: `${queue}-cli`, command: ['node', '-e', spends], transcript: 'stream-json', prompt: {}, price: { inputPerMillion: 1000, outputPerMillion: 1000 } },
      ],
    },
    withoutWorker: true,
  });
  worker = await Worker.create({ connection: harness.connection, taskQueue: queue, workflowsPath: fileURLToPath(new URL('./deep-workflows.ts', import.meta.url)) });
  working = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await working;
  await harness.stop();
});
const own = async (agents: string[]) => {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const made = await createWorker({ config: harness.config, store: harness.store, connection, namespace: 'default', agents });
  const running = made.run();
  return { stop: async () => { made.shutdown(); await running; await connection.close(); } };
};
const childOf = async (taskId: string) =>
  waitUntil('the child runs', async () => {
    const task = harness.temporal.workflow.getHandle(harness.client.task(taskId).workflowId);
    const { runId } = await task.describe();
    const child = harness.temporal.workflow.getHandle(agentWorkflowId(`${task.workflowId}/${runId}/1`));
    return child.describe().then(() => child, () => undefined);
  });

it('an agent workflow that somebody cancels fails as an agent: the next one is called', async () => {
  const journeyman = await own([]);
  try {
    const task = await harness.client.startTask({ description: 'x', plan: { strategy: 'sequential', agents: ['waits', 'one'], onFailure: 'next' } });
    const child = await childOf(task.taskId);
    await child.cancel();
    expect(await task.result()).toMatchObject({ success: true, output: 'one' });
  } finally { await journeyman.stop(); }
});

it('a task whose plan has a workflow agent can be reset', async () => {
  const journeyman = await own([]);
  try {
    const task = await harness.client.startTask({ description: 'x', plan: { strategy: 'sequential', agents: ['brief', 'one'], onFailure: 'stop' } });
    const before = await task.result();
    expect(before.success).toBe(true);
    const handle = harness.temporal.workflow.getHandle(task.workflowId);
    const { events } = await handle.fetchHistory();
    const last = events?.filter((event) => event.workflowTaskCompletedEventAttributes != null).at(-1);
    await harness.temporal.workflowService.resetWorkflowExecution({
      namespace: 'default', workflowExecution: { workflowId: task.workflowId, runId: before.executionId.split('/').at(-1) ?? '' },
      workflowTaskFinishEventId: last?.eventId ?? null, requestId: randomUUID(), reason: 'review',
    } as never);
    const after = await Promise.race([harness.temporal.workflow.getHandle(task.workflowId).result(), sleep(10_000, 'hangs')]);
    if (after === 'hangs') {
      const history = await harness.temporal.workflow.getHandle(task.workflowId).fetchHistory();
      const failed = history.events?.findLast((event) => event.workflowTaskFailedEventAttributes != null);
      console.log(JSON.stringify(failed?.workflowTaskFailedEventAttributes?.failure?.message));
      await harness.temporal.workflow.getHandle(task.workflowId).terminate();
    }
    expect(after).not.toBe('hangs');
  } finally { await journeyman.stop(); }
});

it('a task that is cancelled while its change goes in is cancelled, and says what became of the change', async () => {
  const journeyman = await own(['writer']);
  const source = await mkdtemp(path.join(tmpdir(), 'journeyman-review-src-'));
  await writeFile(path.join(source, 'a.txt'), 'a\n');
  try {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => { release = resolve; });
    const { realpath, mkdir } = await import('node:fs/promises');
    await mkdir(root, { recursive: true });
    const lock = withSourceLock(path.join(await realpath(root), 'locks'), await realpath(source), () => held);
    const task = await harness.client.startTask({ description: 'x', agents: ['writer'], workspace: { source, isolation: 'copy', apply: 'success' } });
    const handle = harness.temporal.workflow.getHandle(task.workflowId);
    await waitUntil('applies', async () => (await handle.describe()).raw.pendingActivities?.some((a) => a.activityType?.name === 'applyChange'));
    await sleep(500);
    await task.cancel();
    const ended = await Promise.race([task.result().then((result) => ({ result }), (error: unknown) => ({ error: String(error) })), sleep(3_000, 'waits' as const)]);
    release();
    await lock;
    await sleep(1_500);
    const record = await interactions(harness.store).findOne({ taskId: task.taskId });
    console.log('cancelled apply', JSON.stringify(ended), record?.ending, JSON.stringify(record?.applied), JSON.stringify(await readFile(path.join(source, 'a.txt'), 'utf8')));
    const isIn = (await readFile(path.join(source, 'a.txt'), 'utf8')) === 'changed\n';
    expect(record?.applied?.applied ?? false).toBe(isIn);
    expect(record?.ending).toBe('cancelled');
  } finally { await journeyman.stop(); }
});

it('what an agent spent is counted when its worker shuts down', async () => {
  const main = await own([]);
  const hosting = await own(['cli']);
  try {
    const task = await harness.client.startTask({ description: 'x', agents: ['cli'] });
    const handle = harness.temporal.workflow.getHandle(task.workflowId);
    await waitUntil('spends', async () => {
      const details = (await handle.describe()).raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data;
      return details != null && Buffer.from(details).toString().includes('"input":1000');
    });
    await hosting.stop();
    const result = await task.result();
    console.log('shut down', JSON.stringify(result));
    expect(result.cost).toBeGreaterThan(0);
  } finally { await main.stop(); }
}, 90_000);
