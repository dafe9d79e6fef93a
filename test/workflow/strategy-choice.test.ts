/** What selection does in a task: agents that are down, budgets, and what the record says of the choice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Interaction } from '../../src/learning/interactions.js';
import { findTaskInteractions } from '../../src/learning/interactions.js';
import { planOffer } from '../../src/plan-offer.js';
import { AdaptiveStrategy } from '../../src/strategy/adaptive-strategy.js';
import { type Harness, startHarness } from './harness.js';

const MINUTE = 60_000;
let harness: Harness;
const calls: string[] = [];
beforeAll(async () => {
  harness = await startHarness({
    agents: {
      up: () => {
        calls.push('up');
        return { cost: 0.002 };
      },
    },
    config: {
      // Nobody polls its queue.
      agents: [
        {
          type: 'down',
          kind: 'activity',
          taskQueue: 'nobody-polls-this',
          limits: { scheduleToStartSeconds: 1 },
        },
      ],
      selection: { proposals: false },
    },
  });
});
afterAll(() => harness.stop());

async function run(taskId: string, more: object = {}): Promise<Interaction> {
  await harness.client.executeTask({ taskId, description: `do ${taskId}`, ...more }).catch(() => null);
  const [found] = await findTaskInteractions(harness.store, 'acme', taskId);
  if (found === undefined) throw new Error(`${taskId} was not recorded`);
  return found;
}
const chanceOf = ({ choice }: Interaction): number =>
  choice?.candidates.reduce((sum, { propensity }) => sum + propensity, 0) ?? 0;

describe('an agent that nobody answers for', () => {
  it('is left out by the next tasks, which say so, and tried again later', async () => {
    const first = await run('meets-the-outage', { agents: ['down'] });
    expect(first.attempts).toMatchObject([{ agentType: 'down', success: false, unanswered: true }]);
    expect(first.outcome.success).toBe(false);
    const next = await run('after-the-outage');
    expect(next.choice).toMatchObject({ plan: { key: 'single(up)' }, unavailable: ['down'], propensity: 1 });
    expect(next.choice?.reason.split('\n')).toHaveLength(2);
    expect(next.choice?.reason).toContain('left out, as nobody answered for them lately: down');
    // Asked for by itself it is tried all the same.
    const asked = await run('asks-for-it', { agents: ['down'] });
    expect(asked.choice?.unavailable).toBeUndefined();

    const strategy = new AdaptiveStrategy(harness.store, 'acme', planOffer(harness.config));
    const choose = (now: number) =>
      strategy.selectStrategy({ analysis: null, executionId: 'later', learning: 'full' }, undefined, now);
    const now = Date.now();
    expect((await choose(now)).unavailable).toEqual(['down']);
    const later = await choose(now + 10 * MINUTE);
    expect(later.unavailable).toBeUndefined();
    // The outage says nothing of how well it works.
    expect(later.candidates.find(({ key }) => key === 'single(down)')).toMatchObject({ executions: 0 });
  }, 60_000);
});

describe('the record of a choice', () => {
  it('has candidates whose chances add up to 1, each with what is believed of it', async () => {
    const { choice, ...rest } = await run('plain');
    expect(chanceOf({ choice, ...rest })).toBeCloseTo(1, 9);
    expect(choice?.candidates[0]).toMatchObject({
      key: 'single(up)',
      mean: choice?.confidence,
      propensity: choice?.propensity,
      deviation: expect.any(Number) as number,
      cost: expect.any(Number) as number,
      duration: expect.any(Number) as number,
    });
    expect(choice?.price).toBe(0);
  });

  it('holds the budget that the task asks for', async () => {
    const { choice } = await run('with-a-budget', { budget: 0.5 });
    expect(choice?.reason).toContain('$0.5 a task are to be held');
    await expect(harness.client.startTask({ description: 'x', budget: 0 })).rejects.toThrow(/^budget: 0 /);
    await expect(harness.client.startTask({ description: 'x', budget: 1e12 })).rejects.toThrow(/^budget: /);
  });
});
