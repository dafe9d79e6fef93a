/** Figures of agents that did parts of one task. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Harness, startHarness } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  const own = (type: string, verify: string) => ({
    type,
    kind: 'command',
    command: ['node', '-e', 'console.log(JSON.stringify({success:true}))'],
    verify: [verify],
  });
  harness = await startHarness({ config: { agents: [own('fine', 'true'), own('off', 'false')] } });
});
afterAll(() => harness.stop());

it('an agent whose own part was verified is not counted as failed by the other', async () => {
  const plan = { strategy: 'parallel', agents: ['fine', 'off'] } as const;
  const result = await harness.client.executeTask({
    description: 'Do it',
    plan: { ...plan, agents: [...plan.agents] },
  });
  expect(result.success).toBe(false);
  const rows = await harness.client.performance.statistics('agentType');
  const counts = rows.map(({ agentType, successes, failures }) => [agentType, { successes, failures }]);
  expect(Object.fromEntries(counts)).toEqual({
    fine: { successes: 1, failures: 0 },
    off: { successes: 0, failures: 1 },
  });
});
