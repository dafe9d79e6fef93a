/** Tasks and agents that are cancelled, and tasks that are reset. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSourceLock } from '../../src/agents/workspaces/source-lock.js';
import { interactions } from '../../src/learning/interactions.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import type { TaskHandle } from '../../src/task-handle.js';
import { type Harness, startHarness } from './harness.js';
import { waitUntil } from './wait-until.js';

const queue = `cancelled-${randomUUID().slice(0, 8)}`;
/** Prints what it spent and works on. */
const spends = `console.log(JSON.stringify({type:'system',subtype:'init',session_id:'s1',model:'m',tools:[]}));
 console.log(JSON.stringify({type:'assistant',session_id:'s1',message:{id:'m1',role:'assistant',content:[{type:'text',text:'working'}],usage:{input_tokens:1000,output_tokens:500}}}));
 setTimeout(()=>{}, 60000);`;
const coder = (type: string, code: string) => ({
  type,
  kind: 'command',
  taskQueue: `${queue}-${type}`,
  command: ['node', '-e', code],
  transcript: 'stream-json',
  prompt: {},
  price: { inputPerMillion: 1_000, outputPerMillion: 1_000 },
});
let root: string;
let harness: Harness;
let worker: Worker;
let working: Promise<void>;
/** What each call of `reads` was given. */
const read: AgentTask[] = [];
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'journeyman-cancelled-'));
  harness = await startHarness({
    agents: {
      one: () => ({ success: true, output: 'one' }),
      reads: (task) => {
        read.push(task);
        return { success: true };
      },
    },
    config: {
      workspaces: { root },
      agents: [
        { type: 'waits', kind: 'workflow', workflowType: 'Waits', taskQueue: queue },
        { type: 'brief', kind: 'workflow', workflowType: 'Brief', taskQueue: queue },
        {
          type: 'writer',
          kind: 'command',
          taskQueue: `${queue}-writer`,
          command: [
            'node',
            '-e',
            `require('fs').writeFileSync('a.txt','changed\\n'); console.log(JSON.stringify({success:true}))`,
          ],
          verify: ['true'],
        },
        coder('obedient', spends),
        coder('stubborn', `process.on('SIGTERM',()=>{});${spends}`),
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

const handleOf = ({ workflowId }: TaskHandle) => harness.temporal.workflow.getHandle(workflowId);
const recordOf = ({ taskId }: TaskHandle) => interactions(harness.store).findOne({ taskId });
const makeSource = async (): Promise<string> => {
  const source = await mkdtemp(path.join(tmpdir(), 'journeyman-cancelled-source-'));
  await writeFile(path.join(source, 'a.txt'), 'a\n');
  return realpath(source);
};

it("an agent's workflow that somebody cancels has failed: the next agent is called", async () => {
  const task = await harness.client.startTask({
    description: 'x',
    plan: { strategy: 'sequential', agents: ['waits', 'one'], onFailure: 'next' },
  });
  const child = await waitUntil('the child runs', async () => {
    const [pending] = (await handleOf(task).describe()).raw.pendingChildren ?? [];
    return pending?.workflowId;
  });
  await harness.temporal.workflow.getHandle(child).cancel();
  expect(await task.result()).toMatchObject({ success: true, output: 'one' });
  expect((await task.progress()).agents[0]).toMatchObject({
    state: 'failed',
    detail: 'somebody cancelled the agent, and not its task',
  });
}, 30_000);

describe('a task that is reset', () => {
  /** Resets to a point of its history, and waits for the run that begins there. */
  const reset = async (task: TaskHandle, to: 'its last' | 'its second') => {
    const { executionId } = await task.result();
    const { events } = await handleOf(task).fetchHistory();
    const completed = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes != null);
    await harness.temporal.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: task.workflowId, runId: executionId.split('/').at(-1) ?? '' },
      workflowTaskFinishEventId: completed.at(to === 'its last' ? -1 : 1)?.eventId ?? null,
      requestId: randomUUID(),
      reason: 'test',
    });
    const after = await Promise.race([handleOf(task).result(), sleep(15_000, 'hangs')]);
    if (after === 'hangs') await handleOf(task).terminate();
    return { before: executionId, after };
  };

  it.each(['its last', 'its second'] as const)(
    'after %s task goes on, its workflow agents too',
    async (to) => {
      const task = await harness.client.startTask({
        description: 'x',
        plan: { strategy: 'sequential', agents: ['brief', 'brief', 'one'], onFailure: 'stop' },
      });
      const { before, after } = await reset(task, to);
      expect(after).toMatchObject({ success: true, output: 'one' });
      expect((after as { executionId: string }).executionId).not.toBe(before);
    },
    40_000,
  );

  it("goes on in other workers' workspaces, and opens new ones for new calls", async () => {
    read.length = 0;
    const task = await harness.client.startTask({
      description: 'x',
      plan: { strategy: 'sequential', agents: ['reads', 'reads'], onFailure: 'stop' },
      workspace: { source: await makeSource(), isolation: 'copy' },
    });
    // The second is that which follows the opening of the first agent's workspace.
    const { after } = await reset(task, 'its second');
    expect(after).toMatchObject({ success: true });
    const [first, second, again, anew] = read.map(({ idempotencyKey }) => idempotencyKey);
    expect(again).toBe(first);
    expect([first, second]).not.toContain(anew);
    expect(anew).toBeDefined();
  }, 40_000);
});

describe('a task that is cancelled while its change waits to go in', () => {
  const startWaiting = async (source: string, held: Promise<void>) => {
    const locks = path.join(await realpath(root), 'locks');
    await mkdir(locks, { recursive: true });
    const lock = withSourceLock(locks, source, () => held);
    const task = await harness.client.startTask({
      description: 'x',
      agents: ['writer'],
      workspace: { source, isolation: 'copy', apply: 'success' },
    });
    await waitUntil('it applies', async () =>
      (await handleOf(task).describe()).raw.pendingActivities?.some(
        ({ activityType, lastStartedTime }) =>
          activityType?.name === 'applyChange' && lastStartedTime != null,
      ),
    );
    return { task, lock };
  };

  it('is cancelled, and its record says what became of the change', async () => {
    const source = await makeSource();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { task, lock } = await startWaiting(source, held);
    await task.cancel();
    await sleep(500);
    release();
    await lock;
    await expect(task.result()).rejects.toMatchObject({ type: 'Cancelled' });
    const record = await recordOf(task);
    const isIn = (await readFile(path.join(source, 'a.txt'), 'utf8')) === 'changed\n';
    expect(record?.ending).toBe('cancelled');
    expect(record?.applied?.applied).toBe(isIn);
    expect(record?.winner).toBe(0);
  }, 60_000);

  it('does not wait for whoever is before it', async () => {
    const source = await makeSource();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { task, lock } = await startWaiting(source, held);
    await task.cancel();
    await expect(task.result()).rejects.toMatchObject({ type: 'Cancelled' });
    expect(await recordOf(task)).toMatchObject({ applied: { applied: false, reason: 'cancelled' } });
    release();
    await lock;
    await sleep(300);
    expect(await readFile(path.join(source, 'a.txt'), 'utf8')).toBe('a\n');
  }, 60_000);
});

it('what every one of several agents spent is counted when their task is cancelled', async () => {
  const task = await harness.client.startTask({
    description: 'x',
    plan: { strategy: 'parallel', agents: ['obedient', 'stubborn'] },
  });
  await waitUntil('both spend', async () => {
    const calls = (await handleOf(task).describe()).raw.pendingActivities ?? [];
    const told = calls.filter(({ heartbeatDetails }) =>
      Buffer.from(heartbeatDetails?.payloads?.[0]?.data ?? '').includes('"input":1000'),
    );
    return told.length === 2;
  });
  await task.cancel();
  await expect(task.result()).rejects.toMatchObject({ type: 'Cancelled' });
  const attempts = (await recordOf(task))?.attempts ?? [];
  expect(attempts.map(({ agentType }) => agentType).sort()).toEqual(['obedient', 'stubborn']);
  for (const { report } of attempts) expect(report.cost).toBeGreaterThan(0);
}, 60_000);
