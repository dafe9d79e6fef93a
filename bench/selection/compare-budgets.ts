/** Methods that hold a budget, beside the best fixed mixture of two agents that hindsight finds. */
import { max, mean } from 'simple-statistics';
import { type Estimate, estimate } from '../../src/evaluate/estimate.js';
import { bestMixture } from '../../src/evaluate/mixture.js';
import { seededUniform } from '../../src/evidence/random.js';
import { tell } from '../tell.js';
import { play } from './measures/play.js';
import type { MakeMethod } from './method.js';
import { permuted, type Single, singlesOf, type World } from './worlds/world.js';

/** One method under one budget. */
interface BudgetRow {
  method: string;
  /** How many worlds have that budget: a world whose best agent is hardly dearer than the cheapest has none. */
  worlds: number;
  reward: Estimate;
  /** Reward less the best mixture's. */
  besideMixture: Estimate;
  /** Share of the worlds in which it is at or above the best mixture. */
  atLeast: number;
  /** USD spent over the budget: the mean of the worlds, and the most. */
  spent: Estimate;
  mostSpent: number;
  /** Worlds in which more than {@link HELD} times the budget was spent, and the tasks of the longest of them. */
  over: { worlds: number; longest: number };
}

/** Spending that still holds a budget, as a share of it. */
export const HELD = 1.01;

export interface BudgetTable {
  name: string;
  /** Mean reward of the best mixtures. */
  mixture: number;
  rows: BudgetRow[];
}

/** Budgets with the name of each, in USD a task. */
export type BudgetsOf = (singles: readonly Single[]) => readonly { name: string; budget: number }[];

/** @param worldOf the world of a seed */
export function compareBudgets(
  name: string,
  seeds: readonly number[],
  methods: Readonly<Record<string, MakeMethod>>,
  worldOf: (seed: number) => World,
  budgetsOf: BudgetsOf,
): BudgetTable[] {
  const runs = new Map<string, BudgetRun[]>();
  for (const [position, seed] of seeds.entries()) {
    const world = permuted(worldOf(seed), seededUniform(`order|${name}|${seed}`));
    const singles = singlesOf(world);
    for (const { name: budgetName, budget } of budgetsOf(singles)) {
      const mixture = mixtureReward(singles, budget);
      if (mixture === null) continue;
      for (const [method, make] of Object.entries(methods)) {
        const uniform = seededUniform(`${method}|${name}|${budgetName}|${seed}`);
        const { reward, cost } = play(world, make, uniform, budget);
        const run = { method, tasks: world.tasks, reward, mixture, spent: cost / budget };
        runs.set(budgetName, [...(runs.get(budgetName) ?? []), run]);
      }
    }
    tell(`${name}: ${position + 1} of ${seeds.length}`);
  }
  return [...runs].map(([budgetName, all]) => ({
    name: `${name}, ${budgetName}`,
    mixture: mean(all.map(({ mixture }) => mixture)),
    rows: Object.keys(methods).map((method) => rowOf(method, all)),
  }));
}

interface BudgetRun {
  method: string;
  tasks: number;
  reward: number;
  mixture: number;
  spent: number;
}

function rowOf(method: string, all: readonly BudgetRun[]): BudgetRow {
  const runs = all.filter((run) => run.method === method);
  const differences = runs.map(({ reward, mixture }) => reward - mixture);
  const spent = runs.map((run) => run.spent);
  const over = runs.filter((run) => run.spent > HELD);
  return {
    method,
    worlds: runs.length,
    reward: estimate(runs.map(({ reward }) => reward)),
    besideMixture: estimate(differences),
    atLeast: differences.filter((difference) => difference >= 0).length / runs.length,
    spent: estimate(spent),
    mostSpent: max(spent),
    over: { worlds: over.length, longest: Math.max(0, ...over.map(({ tasks }) => tasks)) },
  };
}

/** Mean reward of the best fixed mixture; null where even the cheapest agent costs more than the budget. */
function mixtureReward(singles: readonly Single[], budget: number): number | null {
  const mixture = bestMixture(
    singles.map(({ reward, cost }) => ({ worth: reward, cost })),
    budget,
  );
  if (mixture === null) return null;
  return mixture.reduce((sum, { agent, share }) => sum + share * (singles[agent]?.reward ?? 0), 0);
}
