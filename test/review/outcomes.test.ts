/** Wrong outcome, source or trust in some combination of verifiers, approvals and strategies. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLAIMS } from '../../src/evidence/claims.js';
import { interactions } from '../../src/learning/interactions.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from '../workflow/harness.js';
import { waitUntil } from '../workflow/wait-until.js';

let harness: Harness;
const judge = (success: boolean | null, output: unknown = null) => () => ({ success, output: output as never });
beforeAll(async () => {
  harness = await startHarness({
    agents: {
      one: judge(true, 1),
      two: judge(true, 2),
      pleased: judge(true),
      strict: judge(false),
      picksFirst: judge(null, { winner: 0 }),
    },
    config: {
      agents: [
        { type: 'broken', kind: 'command', command: ['no-such-program-here'] },
        { type: 'sleeper', kind: 'command', command: ['sleep', '60'], limits: { startToCloseSeconds: 1 } },
        { type: 'quick', kind: 'command', command: ['node', '-e', 'console.log(JSON.stringify({success:true}))'], limits: { startToCloseSeconds: 4 } },
      ],
    },
  });
});
afterAll(() => harness.stop());
const run = async (request: Partial<TaskRequest>) => {
  const result = await harness.client.executeTask({ description: 'Do it', ...request });
  const record = await interactions(harness.store).findOne({ taskId: result.taskId });
  return { result, record };
};

describe('parallel', () => {
  it('a more trusted verifier that said no is not overruled by one below it', async () => {
    const { result } = await run({
      plan: { strategy: 'parallel', agents: ['one', 'two'] },
      verifiers: [
        { name: 'tests', command: ['false'] },
        { name: 'pleased', agent: 'pleased' },
      ],
    });
    expect(result).toMatchObject({ success: false, source: 'verifier' });
  });
});

describe('an agent that delivered nothing', () => {
  it('is not judged a success', async () => {
    const { result, record } = await run({ agents: ['broken'], verifiers: [{ name: 'pleased', agent: 'pleased' }] });
    expect(result.success).toBe(false);
    expect(record?.attempts.map(({ agentType }) => agentType)).toEqual(['broken']);
  });
  it('has said nothing of its work, so its word is neither confirmed nor overruled', async () => {
    const { result } = await run({ agents: ['sleeper'] });
    expect(result.reason).toMatch(/timed out/);
    await harness.client.feedback(result.taskId, { success: true, source: 'human', by: 'ana' });
    const claims = await harness.store.db
      .collection('counters')
      .find({ projection: CLAIMS, 'dimensions.agentType': 'sleeper' })
      .toArray();
    expect(claims.map(({ sums }) => sums)).toEqual([]);
  });
});

it('a check that was cut short by the deadline is no verdict on the work', async () => {
  const { record } = await run({ agents: ['quick'], verifiers: [{ name: 'slow', command: ['sleep', '60'] }] });
  expect(record?.attempts[0]?.claimed).toBe(true);
  expect(record?.attempts[0]?.words?.[0]).toMatchObject({ by: 'slow', success: null });
});

it('consensus: a judge that does not know confirms nobody', async () => {
  const { result, record } = await run({
    plan: { strategy: 'consensus', agents: ['one', 'two'], verifier: 'picksFirst' },
  });
  expect(record?.words).not.toContainEqual(expect.objectContaining({ by: 'picksFirst', success: true }));
  expect(result.source).toBe('agent');
});

it('approval of the result: the first rejection stands, and nobody else is asked', async () => {
  const task = await harness.client.startTask({
    description: 'Release',
    plan: { strategy: 'single', agents: ['one'], approval: { when: 'after', question: 'first' } },
    approval: { when: 'after', question: 'second', deadlineSeconds: 5 },
  });
  const asked = (question: string) =>
    waitUntil(question, async () => (await task.progress()).approval?.question === question);
  await asked('first');
  await task.decide({ approved: false, by: 'ana' });
  await asked('second').catch(() => {});
  await task.decide({ approved: true, by: 'ben' }).catch(() => {});
  expect(await task.result()).toMatchObject({ success: false, source: 'human' });
});
