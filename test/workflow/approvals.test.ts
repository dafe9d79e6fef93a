import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { InvalidInputError, NotFoundError } from '../../src/shared/errors.js';
import { approvalUpdate } from '../../src/shared/messages.js';
import type { TaskHandle } from '../../src/task-handle.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from './harness.js';
import { waitUntil } from './wait-until.js';

let harness: Harness;
let calls = 0;
beforeAll(async () => {
  harness = await startHarness({
    agents: {
      coder: () => {
        calls += 1;
        return { output: 'done' };
      },
      careful: () => ({ output: 'done with care' }),
    },
    config: {
      plans: [
        { strategy: 'single', agents: ['careful'], approval: { when: 'before', question: 'Is it urgent?' } },
      ],
    },
  });
});
afterAll(() => harness.stop());

const start = async (request: Partial<TaskRequest> = {}): Promise<TaskHandle> => {
  calls = 0;
  return harness.client.startTask({ description: 'Release it', agents: ['coder'], ...request });
};
const asked = (task: TaskHandle) =>
  waitUntil('the task asks', async () => {
    const progress = await task.progress();
    return progress.phase === 'awaiting approval' ? progress.approval : undefined;
  });
const recordOf = (task: TaskHandle) => interactions(harness.store).findOne({ taskId: task.taskId });

describe('approval before the agents', () => {
  it('waits, and goes on when a person approves', async () => {
    const task = await start({ approval: { when: 'before', deadlineSeconds: 600 } });
    expect(await asked(task)).toMatchObject({
      when: 'before',
      question: 'May the agents start?',
      onDeadline: 'reject',
    });
    expect(calls).toBe(0);
    const outcome = await task.decide({ approved: true, by: 'ana', comment: 'go on' });
    expect(outcome).toMatchObject({ approved: true, by: 'ana', comment: 'go on', byDeadline: false });
    expect(await task.result()).toMatchObject({ success: true, output: 'done', approvals: [outcome] });
    expect(calls).toBe(1);
    const record = await recordOf(task);
    expect(record).toMatchObject({ approvals: [outcome], outcome: { source: 'agent' } });
    // A person's time is told apart from the plan's.
    expect(record?.steps.approval).toBeGreaterThan(0);
    expect(record?.steps.execute).toBeLessThan((record?.endedAt ?? 0) - (record?.startedAt ?? 0));
  });

  it('ends without calling anybody when a person rejects', async () => {
    const task = await start({ approval: { when: 'before' } });
    await asked(task);
    await task.decide({ approved: false, by: 'ben', comment: 'not on a Friday' });
    expect(await task.result()).toMatchObject({
      success: false,
      source: 'human',
      reason: 'rejected by ben: not on a Friday',
    });
    expect(calls).toBe(0);
    expect(await recordOf(task)).toMatchObject({
      attempts: [],
      outcome: { success: false },
      words: [{ by: 'ben', source: 'human', success: false, reason: 'rejected by ben: not on a Friday' }],
    });
    // Nobody failed, so no plan is held to it.
    expect((await harness.client.strategy.getStatistics()).totalTasksAnalyzed).toBeGreaterThan(0);
    expect(
      await harness.store.db
        .collection('counters')
        .countDocuments({ projection: 'arms', 'sums.failures': { $gt: 0 } }),
    ).toBe(0);
  });

  it.each([
    ['reject', false, 'not approved in time'],
    ['approve', true, undefined],
  ] as const)('nobody in time: %s', async (onDeadline, success, reason) => {
    const task = await start({ approval: { when: 'before', deadlineSeconds: 0.2, onDeadline } });
    const result = await task.result();
    expect(result.success).toBe(success);
    expect(result.reason).toBe(reason);
    expect(result.approvals).toMatchObject([{ by: 'deadline', byDeadline: true }]);
  });

  it('is asked where a configured plan says so, with its question', async () => {
    const task = await start({ agents: ['careful'] });
    expect((await asked(task)).question).toBe('Is it urgent?');
    await task.decide({ approved: true, by: 'ana' });
    expect(await task.result()).toMatchObject({ success: true, output: 'done with care' });
  });
});

describe('approval of the result', () => {
  it("is a person's word on it", async () => {
    const task = await start({ approval: { when: 'after' } });
    await asked(task);
    expect(calls).toBe(1);
    await task.decide({ approved: false, by: 'ana', comment: 'it broke the build' });
    expect(await task.result()).toMatchObject({
      success: false,
      source: 'human',
      output: 'done',
      reason: 'rejected by ana: it broke the build',
    });
    expect((await recordOf(task))?.words).toEqual([
      { success: true, source: 'agent', by: 'coder' },
      { success: false, source: 'human', by: 'ana', reason: 'rejected by ana: it broke the build' },
    ]);
  });

  it("leaves the agent's word when nobody looks in time", async () => {
    const task = await start({ approval: { when: 'after', deadlineSeconds: 0.2 } });
    expect(await task.result()).toMatchObject({
      success: true,
      source: 'agent',
      reason: 'not approved in time',
    });
  });
});

describe('what is refused', () => {
  it('a decision that nobody asked for', async () => {
    const over = await start();
    await over.result();
    await expect(over.decide({ approved: true, by: 'ana' })).rejects.toThrow(NotFoundError);
    await expect(harness.client.task('unheard-of').decide({ approved: true, by: 'ana' })).rejects.toThrow(
      NotFoundError,
    );
  });

  it('a decision by nobody', async () => {
    const task = await start({ approval: {} });
    await asked(task);
    await expect(task.decide({ approved: true, by: ' ' })).rejects.toThrow(InvalidInputError);
    // Whoever does not use our client is held to the same.
    const workflow = harness.temporal.workflow.getHandle(task.workflowId);
    await expect(
      workflow.executeUpdate(approvalUpdate, { args: [{ approved: true, by: '' }] }),
    ).rejects.toMatchObject({ cause: { type: 'InvalidInput' } });
    await expect(
      workflow.executeUpdate(approvalUpdate, { args: [{ approved: 'yes' as never, by: 'ana' }] }),
    ).rejects.toMatchObject({ cause: { type: 'InvalidInput' } });
    await task.decide({ approved: true, by: 'ana' });
    expect((await task.result()).approvals).toHaveLength(1);
  });

  it('a second answer to the same question', async () => {
    const task = await start({ approval: { when: 'before' } });
    await asked(task);
    const answers = await Promise.allSettled([
      task.decide({ approved: true, by: 'ana' }),
      task.decide({ approved: false, by: 'ben' }),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await task.result()).approvals).toHaveLength(1);
  });

  it('a task that is cancelled while it waits ends at once, and is recorded', async () => {
    const task = await start({ approval: { when: 'before' } });
    await asked(task);
    await task.cancel();
    await expect(task.result()).rejects.toMatchObject({ type: 'Cancelled' });
    expect(await recordOf(task)).toMatchObject({ ending: 'cancelled', attempts: [] });
  });
});
