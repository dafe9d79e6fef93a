/**
 * The belief in plans: reward = plan + category + plan in category + noise, each effect normal about a mean, with
 * the spreads of the effects learned from all plans and categories (empirical Bayes).
 *
 * A plan tried little leans on how plans are in general, and a plan's record in a category on its record elsewhere:
 * the more so the less plans and categories are seen to differ. Since a category's own effect is estimated from all
 * plans, a plan that was tried on hard tasks only is not taken for a bad one.
 *
 * The model is a linear mixed model with crossed random effects (Searle, Casella and McCulloch, Variance Components,
 * 1992, chapters 7 and 8): effects by Henderson's equations, with the plans' in categories and then the categories'
 * eliminated, so that one matrix of the plans remains; spreads by expectation maximisation, held by a prior.
 */
import type { EvidenceTable } from './evidence-table.js';
import { settings } from './settings.js';
import { at, invertPositiveDefinite } from './symmetric.js';

/** Variances of the effects; `noise` is how many times p (1 - p) a reward varies. */
export interface Spreads {
  plan: number;
  category: number;
  planInCategory: number;
  noise: number;
}

/** Dense copies of the cells: `plans` x `categories`, row by row. */
export interface Cells {
  plans: readonly string[];
  categories: readonly string[];
  newcomer: readonly boolean[];
  executions: Float64Array;
  reward: Float64Array;
  rewardSquares: Float64Array;
}

/** Solved effects. `covariance` is of the plans' effects. */
export interface CrossedEffects {
  cells: Cells;
  spreads: Spreads;
  plan: Float64Array;
  covariance: Float64Array;
  category: Float64Array;
  /** Precision of each cell's mean as evidence of plan + category. */
  weight: Float64Array;
  /** Precision of each category's effect, its plans' effects given. */
  precision: Float64Array;
  /** Variance of one reward, by plan. */
  noise: Float64Array;
}

/**
 * @param offered plans to be in the model beside those there is evidence of
 * @param pooled whether a plan belongs in the model
 */
export function cellsOf(
  table: EvidenceTable,
  offered: readonly string[],
  category: string,
  pooled: (plan: string) => boolean = () => true,
): Cells {
  const plans = [...new Set([...offered, ...table.plans.keys()])].filter(pooled);
  const categories = [...new Set([category, ...table.categories.keys()])];
  const size = plans.length * categories.length;
  const [executions, reward, rewardSquares] = [
    new Float64Array(size),
    new Float64Array(size),
    new Float64Array(size),
  ];
  const columnOf = new Map(categories.map((name, index) => [name, index]));
  plans.forEach((plan, row) => {
    for (const [name, cell] of table.plans.get(plan)?.cells ?? []) {
      const index = row * categories.length + (columnOf.get(name) ?? 0);
      // Corrections that came before what they correct can leave less than nothing.
      if (cell.executions <= 0) continue;
      executions[index] = cell.executions;
      reward[index] = cell.reward;
      rewardSquares[index] = cell.rewardSquares;
    }
  });
  const newcomer = plans.map((plan) => table.isNewcomer(plan));
  return { plans, categories, newcomer, executions, reward, rewardSquares };
}

/** Spreads before there is evidence. @param mean of rewards; see {@link settings.spread} */
export function priorSpreads(mean = 0.5): Spreads {
  const { plan, category, planInCategory } = settings.spread;
  const scale = 4 * mean * (1 - mean);
  return {
    plan: (plan * scale) ** 2,
    category: (category * scale) ** 2,
    planInCategory: (planInCategory * scale) ** 2,
    noise: 1,
  };
}

/** Effects under given spreads. @param newcomerMean what a newcomer's effect is expected at */
export function solveEffects(cells: Cells, spreads: Spreads, newcomerMean: number): CrossedEffects {
  const [K, C] = [cells.plans.length, cells.categories.length];
  const noise = noiseOf(cells, spreads.noise);
  const weight = new Float64Array(K * C);
  const precision = new Float64Array(C).fill(1 / spreads.category);
  const pull = new Float64Array(C);
  for (let k = 0; k < K; k++)
    for (let c = 0; c < C; c++) {
      const n = at(cells.executions, k * C + c);
      if (n < 1e-9) continue;
      const w = 1 / (spreads.planInCategory + at(noise, k) / n);
      weight[k * C + c] = w;
      precision[c] = at(precision, c) + w;
      pull[c] = at(pull, c) + (w * at(cells.reward, k * C + c)) / n;
    }
  const { matrix, side } = priorOf(cells, spreads, newcomerMean);
  for (let k = 0; k < K; k++)
    for (let c = 0; c < C; c++) {
      const w = at(weight, k * C + c);
      if (w === 0) continue;
      const share = w / at(precision, c);
      side[k] = at(side, k) + w * meanOf(cells, k * C + c) - share * at(pull, c);
      matrix[k * K + k] = at(matrix, k * K + k) + w;
      for (let j = 0; j <= k; j++) matrix[k * K + j] = at(matrix, k * K + j) - share * at(weight, j * C + c);
    }
  const covariance = invertPositiveDefinite(matrix, K);
  const plan = new Float64Array(K);
  for (let k = 0; k < K; k++)
    for (let j = 0; j < K; j++) plan[k] = at(plan, k) + at(covariance, k * K + j) * at(side, j);
  const category = new Float64Array(C);
  for (let c = 0; c < C; c++) {
    let sum = at(pull, c);
    for (let k = 0; k < K; k++) sum -= at(weight, k * C + c) * at(plan, k);
    category[c] = sum / at(precision, c);
  }
  return { cells, spreads, plan, covariance, category, weight, precision, noise };
}

/** A cell's mean reward. */
export const meanOf = (cells: Cells, index: number): number =>
  at(cells.reward, index) / at(cells.executions, index);

/**
 * Precision of the plans' effects before evidence, and its product with their mean: plans are spread about a mean
 * that is itself unknown (integrated out by Sherman and Morrison's formula); newcomers stand by themselves.
 */
function priorOf({ plans, newcomer }: Cells, spreads: Spreads, newcomerMean: number) {
  const K = plans.length;
  const [matrix, side] = [new Float64Array(K * K), new Float64Array(K)];
  const settled = newcomer.filter((isNew) => !isNew).length;
  const unknownMean = settings.spread.mean ** 2;
  const shared = unknownMean / (spreads.plan * (spreads.plan + settled * unknownMean));
  for (let k = 0; k < K; k++) {
    if (newcomer[k] === true) {
      matrix[k * K + k] = 1 / settings.spread.newcomer ** 2;
      side[k] = newcomerMean / settings.spread.newcomer ** 2;
      continue;
    }
    side[k] = 0.5 * (1 / spreads.plan - settled * shared);
    for (let j = 0; j <= k; j++) if (newcomer[j] !== true) matrix[k * K + j] = -shared;
    matrix[k * K + k] = 1 / spreads.plan - shared;
  }
  return { matrix, side };
}

/** Variance of one reward by plan: p (1 - p), less where rewards are graded. */
function noiseOf(cells: Cells, scale: number): Float64Array {
  const C = cells.categories.length;
  const overall = overallMean(cells);
  return Float64Array.from(cells.plans, (_, k) => {
    let [n, sum] = [settings.rateWeight, settings.rateWeight * overall];
    for (let c = 0; c < C; c++) {
      n += at(cells.executions, k * C + c);
      sum += at(cells.reward, k * C + c);
    }
    const p = sum / n;
    return Math.max(0.005, scale * p * (1 - p));
  });
}

/** Mean reward over all, with ten at one half. */
export function overallMean(cells: Cells): number {
  let [n, sum] = [10, 5];
  for (let index = 0; index < cells.executions.length; index++) {
    n += at(cells.executions, index);
    sum += at(cells.reward, index);
  }
  return sum / n;
}
