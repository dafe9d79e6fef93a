/** How a replay held its budget, beside the best fixed mixture of two agents. Pure. */
import { max, mean } from 'simple-statistics';
import { uniformOf } from '../evidence/random.js';
import { outcomeOf } from './anonymised-replay.js';
import { type Estimate, estimate } from './estimate.js';
import { measuresOf, type Step, utilityOf } from './measures.js';
import { bestMixture, type Mixture } from './mixture.js';
import type { ReplayFile } from './replay-file.js';

/** Shares of a budget that seeds spent. */
interface Spend extends Estimate {
  /** Of the seed that spent most. */
  max: number;
}

export interface Spending {
  /** USD a task. */
  budget: number;
  spend: Spend;
  /** Null when even the cheapest agent is above the budget. */
  mixture: MixtureFigures | null;
}

/** What the best fixed mixture of two agents within the budget comes to, known in hindsight only. */
interface MixtureFigures {
  agents: { agent: string; share: number }[];
  /** Exact expectations: the mean reward, and USD a task. */
  reward: number;
  cost: number;
  /** Utility of the same, which is reward unless cost is weighed. */
  utility: number;
  /** Journeyman's utility less the mixture's, over seeds. */
  difference: Estimate;
  /** With the agent of each task drawn by the shares, under each seed. */
  drawn: { reward: Estimate; spend: Spend };
}

export interface SpendingOptions {
  /** USD a task. */
  budget: number;
  costWeight: number;
  seeds: readonly number[];
}

/**
 * Sums up the spending.
 *
 * @param replay with all costs known
 * @param runs the steps of each seed, in the order of the seeds
 */
export function spendingOf(
  replay: ReplayFile,
  runs: readonly (readonly Step[])[],
  { budget, costWeight, seeds }: SpendingOptions,
): Spending {
  const singles = replay.agents.map((_, agent) => {
    const { reward, cost } = measuresOf(replay.tasks.map((task) => outcomeOf(task, agent, 0)));
    return { reward, cost: cost ?? 0, worth: utilityOf({ reward, cost }, costWeight) };
  });
  const mixture = bestMixture(singles, budget);
  const spend = spendOf(runs, budget);
  if (mixture === null) return { budget, spend, mixture: null };
  const expected = (figure: (single: (typeof singles)[number]) => number): number =>
    mixture.reduce((total, { agent, share }) => {
      const single = singles[agent];
      return single === undefined ? total : total + share * figure(single);
    }, 0);
  const utility = expected(({ worth }) => worth);
  const drawn = seeds.map((seed) => draw(replay, mixture, seed));
  return {
    budget,
    spend,
    mixture: {
      agents: mixture.map(({ agent, share }) => ({ agent: replay.agents[agent] ?? '', share })),
      reward: expected(({ reward }) => reward),
      cost: expected(({ cost }) => cost),
      utility,
      difference: estimate(runs.map((steps) => utilityOf(measuresOf(steps), costWeight) - utility)),
      drawn: {
        reward: estimate(drawn.map((steps) => measuresOf(steps).reward)),
        spend: spendOf(drawn, budget),
      },
    },
  };
}

/** What the mixture does on each task under a seed, whatever the tasks' order. */
const draw = (replay: ReplayFile, mixture: Mixture, seed: number): Step[] =>
  replay.tasks.map((task) => {
    let left = uniformOf(`replay|${seed}|mixture|${task.id}`);
    const chosen = mixture.find(({ share }) => {
      left -= share;
      return left < 0;
    });
    return outcomeOf(task, (chosen ?? mixture[0])?.agent ?? 0, seed);
  });

/** @returns shares of the budget; costs that are not known count as 0 */
function spendOf(runs: readonly (readonly Step[])[], budget: number): Spend {
  const shares = runs.map((steps) => mean(steps.map(({ cost }) => cost ?? 0)) / budget);
  return { ...estimate(shares), max: max(shares) };
}
