import { describe, expect, it } from 'vitest';
import {
  epsilonGreedy,
  type MakeBandit,
  slidingThompson,
  thompson,
  thompsonPerCategory,
  ucb1,
  WINDOW,
} from '../../../src/evaluate/bandits.js';
import { seededUniform } from '../../../src/evidence/random.js';

/** Choices of a method on tasks whose successes are given. */
function choices(make: MakeBandit, tasks: number, succeeds: (task: number, agent: number) => boolean) {
  const bandit = make(4, seededUniform('bandits'));
  return Array.from({ length: tasks }, (_, task) => {
    const category = task % 2 === 0 ? 'even' : 'odd';
    const agent = bandit.choose(category);
    const success = succeeds(task, agent);
    bandit.learn(category, agent, success ? 1 : 0, success);
    return agent;
  });
}

const share = (chosen: readonly number[], agent: number): number =>
  chosen.filter((each) => each === agent).length / chosen.length;

const methods = { thompson, thompsonPerCategory, slidingThompson, epsilonGreedy, ucb1 };

it.each(Object.entries(methods))(
  '%s finds the best agent, and is the same under the same seed',
  (_, make) => {
    const run = () => choices(make, 1_200, (task, agent) => agent === 2 || (task + agent) % 4 === 0);
    expect(share(run().slice(800), 2)).toBeGreaterThan(0.8);
    expect(run()).toEqual(run());
  },
);

it('per category finds the best of each, which the others do not look for', () => {
  const best = (task: number) => task % 2;
  const right = (make: MakeBandit) =>
    choices(make, 600, (task, agent) => agent === best(task)).filter((agent, task) => agent === best(task))
      .length / 600;
  expect(right(thompsonPerCategory)).toBeGreaterThan(0.9);
  expect(right(thompson)).toBeLessThan(0.6);
});

it('the sliding window follows a change within its length, and without one forgets nothing before', () => {
  const changing = (make: MakeBandit) =>
    choices(make, 3_000, (task, agent) => agent === (task < 2_000 ? 0 : 1)).slice(2_000 + WINDOW);
  expect(share(changing(slidingThompson), 1)).toBeGreaterThan(0.95);
  const steady = (make: MakeBandit) => choices(make, WINDOW, (task, agent) => (task + agent) % 3 === 0);
  expect(steady(slidingThompson)).toEqual(steady(thompson));
});

describe('epsilon-greedy', () => {
  it('goes by chance in a tenth of the tasks', () => {
    const chosen = choices(epsilonGreedy, 8_000, (_, agent) => agent === 3);
    // Of that tenth a quarter falls on each.
    expect(share(chosen, 0)).toBeGreaterThan(0.017);
    expect(share(chosen, 0)).toBeLessThan(0.034);
  });
});

describe('UCB1', () => {
  it('tries each once, then goes by the bound of Auer, Cesa-Bianchi and Fischer', () => {
    const bandit = ucb1(3, seededUniform('ucb1'));
    const tried = [1, 2, 3].map(() => {
      const agent = bandit.choose('any');
      bandit.learn('any', agent, agent === 1 ? 1 : 0, agent === 1);
      return agent;
    });
    expect(tried.toSorted((one, other) => one - other)).toEqual([0, 1, 2]);
    // The bounds differ by means alone until the leader's shrinks: sqrt(2 ln 3) = 1.48 for all.
    expect(bandit.choose('any')).toBe(1);
    for (let task = 4; task <= 7; task++) bandit.learn('any', 1, 0.2, false);
    // Five trials of agent 1: mean .36 and sqrt(2 ln 7 / 5) = .88, below sqrt(2 ln 7) = 1.97 of the others.
    expect(bandit.choose('any')).not.toBe(1);
  });
});
