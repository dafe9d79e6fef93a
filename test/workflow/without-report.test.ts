/** Agents that hand back no report, and checks that say nothing: neither is a word on the work. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLAIMS } from '../../src/evidence/claims.js';
import { interactions } from '../../src/learning/interactions.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from './harness.js';

const prints = ['node', '-e', 'console.log(JSON.stringify({success:true, cost: 0.5}))'];
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    agents: { pleased: () => ({ success: true }), malformed: () => ({ iterations: -1 }) },
    config: {
      agents: [
        { type: 'broken', kind: 'command', command: ['no-such-program-here'] },
        { type: 'sleeper', kind: 'command', command: ['sleep', '60'], limits: { startToCloseSeconds: 1 } },
        { type: 'quick', kind: 'command', command: prints, limits: { startToCloseSeconds: 4 } },
        { type: 'hosted', kind: 'command', command: prints },
      ],
    },
  });
});
afterAll(() => harness.stop());

async function run(request: Partial<TaskRequest>) {
  const result = await harness.client.executeTask({ description: 'Do it', ...request });
  const record = await interactions(harness.store).findOne({ taskId: result.taskId });
  return { result, record };
}

describe('an agent that delivered nothing', () => {
  it.each(['broken', 'malformed'])('is not judged a success: %s', async (type) => {
    const verifiers = [{ name: 'pleased', agent: 'pleased' }];
    const { result, record } = await run({ agents: [type], verifiers });
    expect(result).toMatchObject({ success: false, source: 'system' });
    expect(record?.attempts).toEqual([expect.objectContaining({ agentType: type, source: 'system' })]);
    expect(record?.words).toBeUndefined();
  });

  it('has said nothing of its work, so its word is neither confirmed nor overruled', async () => {
    const { result } = await run({ agents: ['sleeper'] });
    expect(result.reason).toMatch(/timed out/);
    await harness.client.feedback(result.taskId, { success: true, source: 'human', by: 'ana' });
    const filter = { projection: CLAIMS, 'dimensions.agentType': 'sleeper' };
    expect(await harness.store.db.collection('counters').find(filter).toArray()).toEqual([]);
  });

  it('was not started where its workspace cannot be made', async () => {
    const workspace = { source: '/nowhere/at/all', isolation: 'copy' } as const;
    for (const type of ['hosted', 'pleased']) {
      const { result, record } = await run({ agents: [type], workspace });
      expect(result).toMatchObject({ success: false, source: 'system' });
      expect(result.reason).toMatch(/workspace\.source/);
      expect(record?.attempts).toEqual([expect.objectContaining({ agentType: type, started: false })]);
    }
  });
});

describe('a check', () => {
  it('that was cut short by the deadline is no verdict on the work', async () => {
    const verifiers = [{ name: 'slow', command: ['sleep', '60'] }];
    const { record } = await run({ agents: ['quick'], verifiers });
    expect(record?.attempts[0]).toMatchObject({ claimed: true, success: true, source: 'agent' });
    expect(record?.attempts[0]?.words?.[0]).toMatchObject({ by: 'slow', success: null });
  });

  it.each([[['/etc/hostname/x']], [['true', 'a\0b']]])(
    'that cannot be started leaves the report as it was: %j',
    async (verify) => {
      const { result } = await run({ agents: ['hosted'], verify });
      expect(result).toMatchObject({ success: true, source: 'agent', cost: 0.5 });
    },
  );
});
