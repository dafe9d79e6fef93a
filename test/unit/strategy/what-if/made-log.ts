/** Logs made up for tests, whose whole truth is known. */
import { seededUniform } from '../../../../src/evidence/random.js';
import type { LoggedChoice } from '../../../../src/strategy/what-if/logged-choice.js';
import type { TargetPolicy } from '../../../../src/strategy/what-if/policy.js';

export const planOf = (index: number): string => `single(p${index})`;

/** A choice with the candidates' chances; plan 0 was taken, and succeeded. */
export function choiceOf(propensities: readonly number[], changes: Partial<LoggedChoice> = {}): LoggedChoice {
  return {
    category: 'a',
    plan: planOf(0),
    propensity: propensities[0] ?? null,
    candidates: propensities.map((propensity, index) => ({
      plan: planOf(index),
      propensity,
      mean: 0.5,
      cost: 0.01 * (index + 1),
    })),
    success: true,
    score: null,
    cost: null,
    seconds: null,
    ...changes,
  };
}

/** What each plan would do on each task: rows of tasks. */
interface Outcomes {
  success: number[][];
  cost: number[][];
}

export interface MadeLog {
  choices: LoggedChoice[];
  outcomes: Outcomes;
}

/**
 * Three plans in two categories, of which another one is best in each; outcomes of a task go together. The log's
 * policy is nearly greedy on running means, and its chances and expectations are those means'.
 *
 * @param exploration share of the choices that are spread evenly
 */
export function adaptiveLog(seed: string, tasks: number, exploration: number): MadeLog {
  const uniform = seededUniform(`what-if|${seed}`);
  const chances = [
    [0.7, 0.5, 0.4],
    [0.4, 0.6, 0.5],
  ];
  const seen = [0, 1].map(() => [0, 1, 2].map(() => ({ n: 2, successes: 1, cost: 0.04 })));
  const choices: LoggedChoice[] = [];
  const outcomes: Outcomes = { success: [], cost: [] };
  for (let task = 0; task < tasks; task++) {
    const category = uniform() < 0.6 ? 0 : 1;
    const hardness = uniform() * 0.5 - 0.25;
    const success = [0, 1, 2].map((plan) => Number(uniform() < (chances[category]?.[plan] ?? 0) + hardness));
    const cost = [0, 1, 2].map((plan) => 0.01 * (plan + 1) * Math.exp(2 * uniform() - 1));
    const known = seen[category] ?? [];
    const means = known.map(({ n, successes }) => successes / n);
    const best = means.indexOf(Math.max(...means));
    const propensities = means.map((_, plan) => exploration / 3 + (plan === best ? 1 - exploration : 0));
    let left = uniform();
    const taken = propensities.findIndex((propensity, plan) => (left -= propensity) < 0 || plan === 2);
    choices.push({
      ...choiceOf(propensities),
      category: `category-${category}`,
      plan: planOf(taken),
      propensity: propensities[taken] ?? null,
      candidates: propensities.map((propensity, plan) => ({
        plan: planOf(plan),
        propensity,
        mean: means[plan] ?? 0,
        cost: (known[plan]?.cost ?? 0) / (known[plan]?.n ?? 1),
      })),
      success: success[taken] === 1,
      cost: cost[taken] ?? null,
    });
    const cell = known[taken];
    if (cell !== undefined) {
      cell.n += 1;
      cell.successes += success[taken] ?? 0;
      cell.cost += cost[taken] ?? 0;
    }
    outcomes.success.push(success);
    outcomes.cost.push(cost);
  }
  return { choices, outcomes };
}

/** What the policy would have come to on the very tasks, by the whole table. */
export function truthOf(
  policy: TargetPolicy,
  { choices }: Pick<MadeLog, 'choices'>,
  table: readonly (readonly number[])[],
): number {
  let sum = 0;
  choices.forEach((choice, task) => {
    policy.shares(choice).forEach((share, plan) => {
      sum += share * (table[task]?.[plan] ?? 0);
    });
  });
  return sum / choices.length;
}
