/** How far plans and categories differ, learned from their evidence. */
import {
  type Cells,
  type CrossedEffects,
  meanOf,
  overallMean,
  priorSpreads,
  type Spreads,
  solveEffects,
} from './crossed-effects.js';
import { settings } from './settings.js';
import { at } from './symmetric.js';

/**
 * Fits the spreads by expectation maximisation (Dempster, Laird and Rubin, JRSS B 39, 1977) with an inverse gamma
 * prior on each, and solves the effects under them.
 *
 * @param start spreads of an earlier fit, from which fewer steps lead on
 */
export function fitEffects(cells: Cells, start: Spreads, steps: number): CrossedEffects {
  let spreads = start;
  let effects = solveEffects(cells, spreads, 0.5);
  for (let step = 0; step < steps; step++) {
    spreads = { ...maximised(effects), noise: gradedNoise(cells) };
    effects = solveEffects(cells, spreads, best(effects));
  }
  return effects;
}

/** What newcomers are expected at: as good as the best of the others is believed to be. */
export const best = ({ cells, plan }: CrossedEffects): number => {
  const settled = plan.filter((_, k) => cells.newcomer[k] !== true);
  return settled.length === 0 ? 0.5 : Math.max(...settled);
};

function maximised(effects: CrossedEffects): Omit<Spreads, 'noise'> {
  const { cells, plan, covariance } = effects;
  const K = cells.plans.length;
  const prior = priorSpreads(overallMean(cells));
  const nu = settings.spreadWeight;
  const settled = cells.plans.flatMap((_, k) => (cells.newcomer[k] === true ? [] : k));
  const mean = settled.reduce((sum, k) => sum + at(plan, k), 0) / Math.max(1, settled.length);
  let sum = nu * prior.plan;
  for (const k of settled) {
    sum += (at(plan, k) - mean) ** 2 + at(covariance, k * K + k);
    for (const j of settled) sum -= at(covariance, k * K + j) / settled.length;
  }
  const { category, planInCategory } = categorySpreads(effects, prior);
  return { plan: sum / Math.max(1, settled.length - 1 + nu), category, planInCategory };
}

function categorySpreads(effects: CrossedEffects, prior: Spreads) {
  const { cells, plan, covariance, category, weight, precision, spreads } = effects;
  const [K, C] = [cells.plans.length, cells.categories.length];
  const nu = settings.spreadWeight;
  const ofCategory = { sum: nu * prior.category, count: nu };
  const ofCell = { sum: nu * prior.planInCategory, count: nu };
  const lean = new Float64Array(K);
  for (let c = 0; c < C; c++) {
    const tried = cells.plans.flatMap((_, k) => (at(weight, k * C + c) > 0 ? k : []));
    if (tried.length === 0) continue;
    lean.fill(0);
    for (const j of tried)
      for (let k = 0; k < K; k++) lean[k] = at(lean, k) + at(weight, j * C + c) * at(covariance, j * K + k);
    const uncertain = tried.reduce((sum, k) => sum + at(lean, k) * at(weight, k * C + c), 0);
    const variance = 1 / at(precision, c) + uncertain / at(precision, c) ** 2;
    ofCategory.sum += at(category, c) ** 2 + variance;
    ofCategory.count += 1;
    for (const k of tried) {
      const share = spreads.planInCategory * at(weight, k * C + c);
      const effect = share * (meanOf(cells, k * C + c) - at(plan, k) - at(category, c));
      const together = at(covariance, k * K + k) - (2 * at(lean, k)) / at(precision, c) + variance;
      ofCell.sum += effect ** 2 + spreads.planInCategory * (1 - share) + share ** 2 * together;
      ofCell.count += 1;
    }
  }
  return { category: ofCategory.sum / ofCategory.count, planInCategory: ofCell.sum / ofCell.count };
}

/** How many times p (1 - p) a plan's rewards vary: 1 for yes and no, less for grades. */
function gradedNoise(cells: Cells): number {
  const C = cells.categories.length;
  const overall = overallMean(cells);
  let seen = settings.noiseWeight * overall * (1 - overall);
  let binary = seen;
  cells.plans.forEach((_, k) => {
    let [n, sum, squares] = [0, 0, 0];
    for (let c = 0; c < C; c++) {
      n += at(cells.executions, k * C + c);
      sum += at(cells.reward, k * C + c);
      squares += at(cells.rewardSquares, k * C + c);
    }
    if (n <= 1) return;
    const p = sum / n;
    seen += Math.max(0, squares - sum * p);
    binary += Math.max(0, (n - 1) * p * (1 - p));
  });
  return Math.min(1, seen / binary);
}
