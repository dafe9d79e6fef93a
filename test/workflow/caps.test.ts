import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from './harness.js';

let harness: Harness;
const seen: AgentTask[] = [];
beforeAll(async () => {
  const spender = (task: AgentTask) => {
    seen.push(task);
    return { success: false, cost: 0.4, tokens: { input: 700, output: 100 } };
  };
  harness = await startHarness({
    agents: {
      one: spender,
      two: spender,
      three: spender,
      slow: (task, signal) =>
        new Promise((resolve) => {
          seen.push(task);
          signal.addEventListener('abort', () => resolve({ success: null }));
        }),
    },
    config: {
      agents: [{ type: 'sleeper', kind: 'command', command: ['sleep', '60'] }],
    },
  });
});
afterAll(() => harness.stop());

const run = async (request: Omit<TaskRequest, 'description'>) => {
  seen.length = 0;
  const result = await harness.client.executeTask({ description: 'Spend', ...request });
  const record = await interactions(harness.store).findOne({ taskId: result.taskId });
  return { result, record };
};
const chain = { strategy: 'sequential', agents: ['one', 'two', 'three'] } as const;

describe('caps of a task', () => {
  it('tell each agent what is left, and call nobody once nothing is', async () => {
    const { result, record } = await run({
      plan: { ...chain, agents: [...chain.agents] },
      caps: { usd: 0.7 },
    });
    expect(seen.map(({ caps }) => caps?.usd?.toFixed(2))).toEqual(['0.70', '0.30']);
    expect(result).toMatchObject({ success: false, source: 'system', reason: "the task's $0.7 are used up" });
    expect(result.cost).toBeCloseTo(0.8);
    expect(record?.attempts).toHaveLength(2);
  });

  it('count tokens', async () => {
    const { result } = await run({ plan: { ...chain, agents: [...chain.agents] }, caps: { tokens: 800 } });
    expect(seen).toHaveLength(1);
    expect(result.reason).toBe("the task's 800 tokens are used up");
  });

  it('are shared by agents that run at once', async () => {
    await run({ plan: { strategy: 'parallel', agents: ['one', 'two'] }, caps: { usd: 1, tokens: 901 } });
    expect(seen.map(({ caps }) => [caps?.usd, caps?.tokens])).toEqual([
      [0.5, 450],
      [0.5, 450],
    ]);
  });

  it("end an agent of one's own worker and of another's when the time is up", async () => {
    const own = await run({ agents: ['sleeper'], caps: { seconds: 0.5 } });
    expect(own.result).toMatchObject({ success: false, reason: 'timed out after 0.5 s' });
    expect(own.record?.ending).toBe('timeout');
    const other = await run({ agents: ['slow'], caps: { seconds: 0.5 } });
    expect(other.result).toMatchObject({ success: false, reason: expect.stringMatching(/^timed out/) });
    expect(other.result.duration).toBeLessThan(20);
  });

  it.each([
    [{ usd: 0 }, 'caps.usd'],
    [{ tokens: 1.5 }, 'caps.tokens'],
    [{ euros: 3 }, 'caps'],
    [{}, 'caps'],
  ])('refuses %j', async (caps, field) => {
    const refused = run({ caps: caps as never });
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toMatchObject({ field: expect.stringContaining(field) });
  });
});
