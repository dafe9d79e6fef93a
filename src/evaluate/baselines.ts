/** What the product is laid beside: ways to choose that are known, or that know too much. */
import { mean } from 'simple-statistics';
import { seededUniform } from '../evidence/random.js';
import { outcomeOf, requestOf, succeeds } from './anonymised-replay.js';
import { epsilonGreedy, slidingThompson, thompson, thompsonPerCategory, ucb1 } from './bandits.js';
import { type Measures, meanMeasures, measuresOf, utilityOf } from './measures.js';
import type { ReplayFile, ReplayTask } from './replay-file.js';

const learners = { thompson, thompsonPerCategory, slidingThompson, epsilonGreedy, ucb1 } as const;

type Learner = keyof typeof learners;

/**
 * Besides the methods that learn: `random`, every agent equally often, as its exact expectation; `bestSingle`, the
 * one agent that would have been best for all tasks, and `bestPerCategory`, the one for each category, both known in
 * hindsight only.
 */
export type BaselineName = Learner | 'random' | 'bestSingle' | 'bestPerCategory';

interface Baseline {
  measures: Measures;
  /** One a seed; null of what is the same under every seed. */
  seeds: readonly Measures[] | null;
}

export type Baselines = Readonly<Record<BaselineName, Baseline>>;

export interface BaselineOptions {
  /** The methods that learn are run once a seed. */
  seeds: readonly number[];
  /** Reward a USD: methods learn from, and hindsight goes by, reward less weighted cost. */
  costWeight: number;
  /** The file with its tasks in the order that a seed saw. */
  orderOf: (seed: number) => ReplayFile;
}

/** Measures the baselines on a file. */
export function baselinesOf(replay: ReplayFile, { seeds, costWeight, orderOf }: BaselineOptions): Baselines {
  const orders = seeds.map((seed) => ({ seed, tasks: orderOf(seed).tasks }));
  const learned = (name: Learner): Baseline => {
    const runs = orders.map(({ seed, tasks }) =>
      measuresOf(run(name, { agents: replay.agents.length, tasks, seed, costWeight })),
    );
    return { measures: meanMeasures(runs), seeds: runs };
  };
  // The thirds depend on the order; where all seeds have the same, one pass is all.
  const distinct = [...new Set(orders.map(({ tasks }) => tasks))];
  const always = (agentOf: (task: ReplayTask) => number): Measures =>
    meanMeasures(distinct.map((tasks) => measuresOf(tasks.map((task) => outcomeOf(task, agentOf(task), 0)))));
  const exactly = (measures: Measures): Baseline => ({ measures, seeds: null });
  const best = bestAgent(replay, replay.tasks, costWeight);
  const bests = bestAgents(replay, costWeight);
  return {
    thompson: learned('thompson'),
    thompsonPerCategory: learned('thompsonPerCategory'),
    slidingThompson: learned('slidingThompson'),
    epsilonGreedy: learned('epsilonGreedy'),
    ucb1: learned('ucb1'),
    random: exactly(meanMeasures(replay.agents.map((_, agent) => always(() => agent)))),
    bestSingle: exactly(always(() => best)),
    bestPerCategory: exactly(always((task) => bests.get(categoryOf(task)) ?? best)),
  };
}

interface Run {
  agents: number;
  tasks: readonly ReplayTask[];
  seed: number;
  costWeight: number;
}

/** Plays a method through the tasks. */
function run(name: Learner, { agents, tasks, seed, costWeight }: Run) {
  const bandit = learners[name](agents, seededUniform(`replay|${seed}|${name}`));
  return tasks.map((task) => {
    const category = categoryOf(task);
    const agent = bandit.choose(category);
    const outcome = outcomeOf(task, agent, seed);
    const utility = utilityOf(outcome, costWeight);
    const success = succeeds(utility, `replay|${seed}|utility|${task.id}|${agent}`);
    bandit.learn(category, agent, utility, success);
    return outcome;
  });
}

/** As the product is told it; tasks without one are of one category here. */
function categoryOf(task: ReplayTask): string {
  const { category } = requestOf(task).context;
  return typeof category === 'string' ? category : '';
}

/** The agent of the highest mean utility on some of the tasks. */
function bestAgent({ agents }: ReplayFile, tasks: readonly ReplayTask[], costWeight: number): number {
  const worths = agents.map((_, agent) =>
    mean(tasks.map((task) => utilityOf(outcomeOf(task, agent, 0), costWeight))),
  );
  return worths.indexOf(Math.max(...worths));
}

function bestAgents(replay: ReplayFile, costWeight: number): Map<string, number> {
  const groups = new Map<string, ReplayTask[]>();
  for (const task of replay.tasks) {
    const category = categoryOf(task);
    groups.set(category, [...(groups.get(category) ?? []), task]);
  }
  return new Map([...groups].map(([category, tasks]) => [category, bestAgent(replay, tasks, costWeight)]));
}
