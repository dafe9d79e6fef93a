import { expect, it } from 'vitest';
import { anonymise } from '../../../../src/evaluate/anonymised-replay.js';
import { replayThroughCore } from '../../../../src/evaluate/replay-core.js';
import { seededUniform } from '../../../../src/evidence/random.js';
import type { ScannedInteraction } from '../../../../src/learning/scan-interactions.js';
import { loggedChoice } from '../../../../src/recording/logged-choices.js';
import type { Estimate } from '../../../../src/strategy/what-if/estimator.js';
import type { LoggedChoice } from '../../../../src/strategy/what-if/logged-choice.js';
import { always, greedy } from '../../../../src/strategy/what-if/policy.js';
import { whatIf } from '../../../../src/strategy/what-if/what-if.js';
import { syntheticReplay } from '../../evaluate/synthetic-replay.js';
import { truthOf } from './made-log.js';

const TASKS = 700;
const SEEDS = 30;

// Hardness of a task is shared by all agents, and another agent is best in each category.
const chances = [
  [0.75, 0.55, 0.45],
  [0.55, 0.65, 0.45],
];

it('intervals cover the truth in logs of the selection that ships', { timeout: 120_000 }, async () => {
  const policies = [...[1, 2, 3].map((agent) => always(`single(agent-${agent})`)), greedy];
  const covered = { doublyRobust: 0, selfNormalised: 0 };
  let [answered, unanswered, width] = [0, 0, 0];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const uniform = seededUniform(`shipping|${seed}`);
    const made = Array.from({ length: TASKS }, (_, task) => {
      const hardness = 0.4 * uniform() - 0.2;
      return (chances[task % 2] ?? []).map((chance) => Number(uniform() < chance + hardness));
    });
    const replay = syntheticReplay(TASKS, 3, (task, agent) => made[task]?.[agent] ?? 0);
    const choices: LoggedChoice[] = [];
    await replayThroughCore(replay, seed, {
      onRecord: (record) => {
        if (record.choice === null) throw new Error('a record without a choice');
        choices.push(loggedChoice(record as typeof record & ScannedInteraction, record.outcome));
      },
    });
    const view = anonymise(replay, seed);
    // In the order of each choice's candidates, as the policies' shares are.
    const table = choices.map(({ candidates }, task) =>
      candidates.map(({ plan }) => {
        const agent = plan.slice('single('.length, -1);
        const each = replay.tasks[task];
        return each === undefined ? 0 : Number(view.outcome(each, agent).success);
      }),
    );
    for (const [index, { success }] of (await whatIf(policies, choices)).policies.entries()) {
      const { doublyRobust, selfNormalised } = success;
      if (doublyRobust === null || selfNormalised === null) {
        unanswered += 1;
        continue;
      }
      const truth = truthOf(policies[index] ?? greedy, { choices }, table);
      answered += 1;
      width += doublyRobust.high - doublyRobust.low;
      const holds = ({ low, high }: Estimate): number => Number(low <= truth + 1e-9 && truth - 1e-9 <= high);
      covered.doublyRobust += holds(doublyRobust);
      covered.selfNormalised += holds(selfNormalised);
    }
  }
  expect(answered).toBeGreaterThan(SEEDS);
  // The log is all but greedy: most plans it says too little of.
  expect(unanswered).toBeGreaterThan(SEEDS);
  expect(width / answered).toBeLessThan(0.2);
  const chance = 0.03 * answered + 3 * Math.sqrt(answered * 0.95 * 0.05);
  for (const count of Object.values(covered)) expect(Math.abs(count - 0.95 * answered)).toBeLessThan(chance);
});
