import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignOffers } from '../../src/evidence/withholding.js';
import { interactions } from '../../src/learning/interactions.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import { readCounters } from '../../src/store/counters.js';
import { type Harness, startHarness } from './harness.js';
import { seedLearnings } from './seed-learnings.js';

const DESCRIPTION = 'Fix the bug in the parser';
const given = new Map<string, AgentTask>();

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    config: { withholding: { share: 0.5 } },
    agents: {
      agent: (task) => {
        given.set(task.taskId, task);
        return { applied: task.lessons.map(({ id }) => id) };
      },
    },
  });
  await seedLearnings(harness.store, 'acme', 'bug_fix', 12);
  for (const title of ['Parser bug one', 'Parser bug two', 'Parser bug three'])
    await harness.client.hub.shareKnowledge({
      sourceAgent: 'person',
      type: 'SOLUTION',
      title,
      content: 'Fix the bug in the parser by reading it',
    });
});
afterAll(() => harness.stop());

const run = async (request: object = {}) => {
  const result = await harness.client.executeTask({ description: DESCRIPTION, ...request });
  const record = await interactions(harness.store).findOne({ _id: result.executionId });
  const task = given.get(result.taskId);
  if (task === undefined) throw new Error('the agent was not called');
  return { result, record, task };
};

describe('withholding', () => {
  it('is logged with its probability, decided by the execution, and kept from the agent', async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => run()));
    const all = { shown: 0, withheld: 0 };
    for (const { record, task, result } of runs) {
      if (record === null) throw new Error('not recorded');
      for (const [offered, shown, count] of [
        [record.learnings, task.lessons, 10],
        [record.knowledge, task.knowledge, 3],
      ] as const) {
        expect(offered).toHaveLength(count);
        // The same execution decides the same however often it asks.
        expect(offered).toEqual(assignOffers(offered, 0.5, record.executionId));
        expect(offered.every(({ probability }) => probability === 0.5)).toBe(true);
        expect(shown.map(({ id, version }) => ({ id, version }))).toEqual(
          offered.filter((item) => item.shown).map(({ id, version }) => ({ id, version })),
        );
        for (const item of offered) all[item.shown ? 'shown' : 'withheld'] += 1;
      }
      expect(record.learnings.every(({ version }) => version === 2)).toBe(true);
      expect(result.lessons).toEqual(task.lessons.map(({ id }) => id));
    }
    // 104 fair draws: fewer than 25 on a side would come once in ten million runs.
    expect(Math.min(all.shown, all.withheld)).toBeGreaterThan(25);
    const rows = await readCounters(harness.store, 'learningUsage', 'acme', 'g1', []);
    const shown = runs.reduce((sum, { task }) => sum + task.lessons.length, 0);
    expect(rows[0]?.sums).toMatchObject({
      shown,
      shownSuccesses: shown,
      applied: shown,
      withheld: 80 - shown,
      withheldSuccesses: 80 - shown,
    });
  });
});

describe('learning modes', () => {
  const expectRecordOnly = ({ record, result, task }: Awaited<ReturnType<typeof run>>) => {
    expect(result.recording).toBe('recorded');
    expect(record).toMatchObject({
      learning: 'record-only',
      learnings: [],
      knowledge: [],
      missing: [],
      choice: { source: 'configuration', propensity: null },
    });
    expect([...task.lessons, ...task.knowledge]).toEqual([]);
  };
  const expectOff = ({ record, result, task }: Awaited<ReturnType<typeof run>>) => {
    expect(result).toMatchObject({ success: true, recording: 'off' });
    expect(record).toBeNull();
    expect([...task.lessons, ...task.knowledge]).toEqual([]);
  };

  it('per task', async () => {
    expectRecordOnly(await run({ learning: 'record-only' }));
    expectOff(await run({ learning: 'off' }));
    expect((await run({ learning: 'full' })).record?.learnings).toHaveLength(10);
  });

  it("per tenant; the task's own word comes first", async () => {
    await harness.client.setLearning('record-only');
    expectRecordOnly(await run());
    expect((await run({ learning: 'full' })).record?.learnings).toHaveLength(10);
    await harness.client.setLearning('off');
    expectOff(await run());
    await harness.client.setLearning(null);
    expect((await run()).record?.learning).toBe('full');
  });
});
