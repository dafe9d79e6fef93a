/** Textbook ways to choose, which see what came of their own choices alone. */
import { beta, type Uniform } from '../evidence/random.js';

/** One run of a method. Agents are indices. */
interface Bandit {
  choose(category: string): number;
  /**
   * Told what came of the choice.
   *
   * @param utility reward, or reward less weighted cost
   * @param success true with the utility's probability, for methods that count
   */
  learn(category: string, agent: number, utility: number, success: boolean): void;
}

/** Starts a run. */
export type MakeBandit = (agents: number, uniform: Uniform) => Bandit;

/** Successes and failures of one agent, with one of each to begin with. */
interface Counts {
  a: number;
  b: number;
}

const noCounts = (agents: number): Counts[] => Array.from({ length: agents }, () => ({ a: 1, b: 1 }));

function count(posteriors: readonly Counts[], agent: number, success: boolean, by: 1 | -1): void {
  const posterior = posteriors[agent];
  if (posterior !== undefined) posterior[success ? 'a' : 'b'] += by;
}

function highest<T>(options: readonly T[], value: (option: T, index: number) => number): number {
  let [chosen, top] = [0, Number.NEGATIVE_INFINITY];
  options.forEach((option, index) => {
    const each = value(option, index);
    if (each > top) [chosen, top] = [index, each];
  });
  return chosen;
}

/** Thompson sampling (Biometrika 25, 1933) with Beta(1, 1) priors. */
export const thompson: MakeBandit = (agents, uniform) => {
  const posteriors = noCounts(agents);
  return {
    choose: () => highest(posteriors, ({ a, b }) => beta(a, b, uniform)),
    learn: (_category, agent, _utility, success) => count(posteriors, agent, success, 1),
  };
};

/** Thompson sampling for each category on its own. */
export const thompsonPerCategory: MakeBandit = (agents, uniform) => {
  const runs = new Map<string, Bandit>();
  const of = (category: string): Bandit => {
    const run = runs.get(category) ?? thompson(agents, uniform);
    runs.set(category, run);
    return run;
  };
  return {
    choose: (category) => of(category).choose(category),
    learn: (category, ...outcome) => of(category).learn(category, ...outcome),
  };
};

/** Tasks that the sliding window holds. */
export const WINDOW = 500;

/** Thompson sampling on the latest tasks alone (Trovo et al., JAIR 68, 2020). */
export const slidingThompson: MakeBandit = (agents, uniform) => {
  const posteriors = noCounts(agents);
  const window: { agent: number; success: boolean }[] = [];
  return {
    choose: () => highest(posteriors, ({ a, b }) => beta(a, b, uniform)),
    learn: (_category, agent, _utility, success) => {
      count(posteriors, agent, success, 1);
      window.push({ agent, success });
      const oldest = window.length > WINDOW ? window.shift() : undefined;
      if (oldest !== undefined) count(posteriors, oldest.agent, oldest.success, -1);
    },
  };
};

const EPSILON = 0.1;

/** The best so far, and one of all in a tenth of the tasks; an agent without a record counts as one half. */
export const epsilonGreedy: MakeBandit = (agents, uniform) => {
  const records = Array.from({ length: agents }, () => ({ n: 0, sum: 0 }));
  return {
    choose: () => {
      if (uniform() < EPSILON) return Math.floor(uniform() * agents);
      const means = records.map(({ n, sum }) => (n === 0 ? 0.5 : sum / n));
      const top = Math.max(...means);
      const leaders = means.flatMap((mean, agent) => (mean === top ? agent : []));
      return leaders[Math.floor(uniform() * leaders.length)] ?? 0;
    },
    learn: (_category, agent, utility) => add(records[agent], utility),
  };
};

/** UCB1 (Auer, Cesa-Bianchi and Fischer, Machine Learning 47, 2002): each once, then the highest upper bound. */
export const ucb1: MakeBandit = (agents, uniform) => {
  // Those without a record are tried in an order by chance.
  const records = Array.from({ length: agents }, () => ({ n: 0, sum: 0, turn: uniform() }));
  let tasks = 0;
  return {
    choose: () =>
      highest(records, ({ n, sum, turn }) =>
        n === 0 ? 1e9 + turn : sum / n + Math.sqrt((2 * Math.log(tasks)) / n),
      ),
    learn: (_category, agent, utility) => {
      tasks += 1;
      add(records[agent], utility);
    },
  };
};

function add(record: { n: number; sum: number } | undefined, utility: number): void {
  if (record === undefined) return;
  record.n += 1;
  record.sum += utility;
}
