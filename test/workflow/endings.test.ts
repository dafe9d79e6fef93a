import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { taskWorkflowId } from '../../src/shared/ids.js';
import { isAlive } from '../integration/agents-is-alive.js';
import { type Harness, startHarness } from './harness.js';
import { seedLearnings } from './seed-learnings.js';
import { waitUntil } from './wait-until.js';

const DESCRIPTION = 'Fix the bug in the parser';
const folder = await mkdtemp(join(tmpdir(), 'journeyman-endings-'));
const running = new Set<string>();
const aborted = new Set<string>();

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    limits: { heartbeatSeconds: 2 },
    agents: {
      quick: () => ({
        output: 'half done',
        actions: [{ type: 'edit' }],
        errors: ['login with password=hunter2hunter2 failed'],
        cost: 0.5,
      }),
      hanging: async ({ taskId }, signal) => {
        running.add(taskId);
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted.add(taskId);
            reject(signal.reason as Error);
          });
        });
        return {};
      },
    },
    config: {
      agents: [
        {
          type: 'program',
          kind: 'command',
          // A program with a child, both deaf to a polite request to end.
          command: [
            'sh',
            '-c',
            `trap '' TERM; sh -c "trap '' TERM; while :; do sleep 0.1; done" & echo "$$ $!" > ${folder}/pids; wait`,
          ],
          limits: { heartbeatSeconds: 2 },
          taskQueue: `endings-program-${process.pid}`,
        },
      ],
    },
  });
  await seedLearnings(harness.store, 'acme', 'bug_fix', 2);
});
afterAll(async () => {
  await harness.stop();
  await rm(folder, { recursive: true });
});

const halfway = {
  description: DESCRIPTION,
  plan: { strategy: 'sequential' as const, agents: ['quick', 'hanging'], onFailure: 'stop' as const },
};
const recordsOf = (taskId: string) => interactions(harness.store).find({ taskId }).toArray();
const statusOf = async (taskId: string): Promise<string> =>
  (await harness.temporal.workflow.getHandle(taskWorkflowId('acme', taskId)).describe()).status.name;

describe.concurrent('cancel', () => {
  it("reaches an agent that is somebody else's activity; what was done is recorded", async () => {
    const handle = await harness.client.startTask({ taskId: 'cancelled', ...halfway });
    await waitUntil('the second agent runs', () => running.has('cancelled'));
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ type: 'Cancelled' });
    expect(aborted).toContain('cancelled');
    expect(await statusOf('cancelled')).toBe('CANCELLED');
    const records = await recordsOf('cancelled');
    expect(records).toMatchObject([
      {
        origin: 'workflow',
        ending: 'cancelled',
        outcome: { success: null, source: 'system' },
        reason: 'cancelled',
        choice: { plan: { key: 'sequential!(quick>hanging)' } },
        attempts: [{ agentType: 'quick', report: { output: 'half done' } }],
      },
    ]);
    expect(records[0]?.learnings).toHaveLength(2);
  });

  it('ends the whole process tree of a program, however deaf', async () => {
    const handle = await harness.client.startTask({
      taskId: 'cancelled-program',
      description: DESCRIPTION,
      agents: ['program'],
    });
    const file = join(folder, 'pids');
    const text = await waitUntil('the program runs', async () =>
      existsSync(file) ? (await readFile(file, 'utf8')).trim() : undefined,
    );
    const pids = text.split(' ').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ type: 'Cancelled' });
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(await recordsOf('cancelled-program')).toMatchObject([
      {
        ending: 'cancelled',
        outcome: { success: null },
        // Whether it would have done it is not known; that it worked, is.
        attempts: [{ agentType: 'program', success: null, source: 'system' }],
      },
    ]);
  });
});

describe('what the server closes runs no code: its record is read from the history', () => {
  const maintain = async () => (await harness.client.maintain('executions')).result();

  it('terminate and the workflow timeout', async () => {
    const terminated = await harness.client.startTask({ taskId: 'terminated', ...halfway });
    await harness.temporal.workflow.start('ExecuteTaskWorkflow', {
      workflowId: taskWorkflowId('acme', 'timed-out'),
      taskQueue: harness.config.temporal.taskQueue,
      workflowExecutionTimeout: '4 seconds',
      args: [{ tenant: 'acme', taskId: 'timed-out', context: { from: 'test' }, ...halfway }],
    });
    await waitUntil('both second agents run', () => running.has('terminated') && running.has('timed-out'));
    await harness.temporal.workflow.getHandle(terminated.workflowId).terminate('enough');
    await expect(terminated.result()).rejects.toMatchObject({ type: 'Terminated' });
    await expect(harness.client.task('timed-out').result()).rejects.toMatchObject({ type: 'Timeout' });
    expect([...(await recordsOf('terminated')), ...(await recordsOf('timed-out'))]).toEqual([]);

    const done = await waitUntil('both are found by visibility', async () => {
      const { written } = await maintain();
      const recorded = await interactions(harness.store).countDocuments({ origin: 'reconciled' });
      return recorded === 2 ? written : null;
    });
    expect(done['executions recorded']).toBeGreaterThan(0);
    // The server told their agents by their next heartbeat.
    await waitUntil('their agents are told', () => aborted.has('terminated') && aborted.has('timed-out'));

    for (const [taskId, ending, success] of [
      ['terminated', 'terminated', null],
      ['timed-out', 'timeout', false],
    ] as const) {
      const records = await recordsOf(taskId);
      expect(records).toMatchObject([
        {
          origin: 'reconciled',
          description: DESCRIPTION,
          ending,
          outcome: { success, source: 'system' },
          learning: 'full',
          analysis: { category: 'bug_fix' },
          choice: { plan: { key: 'sequential!(quick>hanging)' }, source: 'requested' },
          learnings: [
            { id: '0000000000000001', version: 2, shown: true, probability: 1 },
            { id: '0000000000000002', version: 2, shown: true, probability: 1 },
          ],
          missing: [],
          attempts: [{ agentType: 'quick', success: true, report: { output: 'half done', cost: 0.5 } }],
        },
      ]);
      // Secrets in the reports of foreign agents stay out of the store here, too.
      expect(JSON.stringify(records)).not.toContain('hunter2');
    }

    expect(await maintain()).toMatchObject({ done: 0 });
    expect(await interactions(harness.store).countDocuments({ origin: 'reconciled' })).toBe(2);
  });

  it('leaves alone what is not the tenant’s, and a task that was not to be recorded', async () => {
    const start = (tenant: string, more: object) =>
      harness.temporal.workflow.start('ExecuteTaskWorkflow', {
        workflowId: taskWorkflowId(tenant, 'left-alone'),
        taskQueue: harness.config.temporal.taskQueue,
        args: [{ tenant, taskId: 'left-alone', context: {}, ...halfway, ...more }],
      });
    running.delete('left-alone');
    const other = await start('acme2', {});
    await waitUntil('it runs', () => running.has('left-alone'));
    await other.terminate();
    running.delete('left-alone');
    const off = await start('acme', { learning: 'off' });
    await waitUntil('it runs', () => running.has('left-alone'));
    await off.terminate();
    const closed = (status: string) =>
      harness.temporal.workflow.count(
        `WorkflowId IN ('acme/left-alone', 'acme2/left-alone') AND ExecutionStatus = '${status}'`,
      );
    await waitUntil('visibility shows them', async () => (await closed('Terminated')).count === 2);
    await maintain();
    expect(await recordsOf('left-alone')).toEqual([]);
  });

  it('knows what people decided and verifiers said until then', async () => {
    const task = await harness.client.startTask({
      taskId: 'decided',
      ...halfway,
      approval: { when: 'before' },
      verifiers: [{ name: 'tests', command: ['true'] }],
    });
    await waitUntil('it asks', async () => (await task.progress()).approval);
    const decision = await task.decide({ approved: true, by: 'ana' });
    await waitUntil('the second agent runs', () => running.has('decided'));
    await harness.temporal.workflow.getHandle(task.workflowId).terminate('enough');
    const [record] = await waitUntil('it is found by visibility', async () => {
      await maintain();
      const records = await recordsOf('decided');
      return records.length > 0 && records;
    });
    expect(record).toMatchObject({
      origin: 'reconciled',
      approvals: [decision],
      attempts: [
        {
          agentType: 'quick',
          source: 'verifier',
          claimed: true,
          words: [{ by: 'tests', source: 'verifier', success: true, precedence: 1 }],
        },
      ],
    });
  });
});
