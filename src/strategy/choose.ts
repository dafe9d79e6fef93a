/** Thompson sampling over plans: each is chosen as often as it is believed to be the best. */
import { beta, seededUniform } from '../evidence/random.js';
import type { PlanCandidate } from '../shared/task.js';
import type { PlanPosterior } from './posterior.js';

/** Draws that the propensities are estimated from; their error is at most about 1 / sqrt(4 x draws). */
const PROPENSITY_DRAWS = 200;

/** The chosen plan's key, and every plan's propensity under the same policy. */
export interface Choice {
  key: string;
  propensity: number;
  candidates: PlanCandidate[];
}

/**
 * Chooses a plan by one draw from each posterior (Thompson, Biometrika 25, 1933). The propensities are
 * estimated by Monte Carlo with add-one smoothing, so none is ever 0.
 *
 * @param posteriors by plan key; at least one
 * @param seed decides the draw: the same seed and posteriors make the same choice
 */
export function choosePlan(posteriors: ReadonlyMap<string, PlanPosterior>, seed: string): Choice {
  const plans = [...posteriors];
  const uniform = seededUniform(seed);
  const best = (): string => {
    let [key, top] = ['', -1];
    for (const [candidate, { a, b }] of plans) {
      const draw = beta(a, b, uniform);
      if (draw > top) [key, top] = [candidate, draw];
    }
    return key;
  };
  const key = best();
  const wins = new Map<string, number>(plans.map(([candidate]) => [candidate, 1]));
  if (plans.length > 1)
    for (let draw = 0; draw < PROPENSITY_DRAWS; draw++) {
      const winner = best();
      wins.set(winner, (wins.get(winner) ?? 0) + 1);
    }
  const total = [...wins.values()].reduce((sum, count) => sum + count, 0);
  const candidates = plans
    .map(([candidate, { a, b, executions }]) => ({
      key: candidate,
      propensity: (wins.get(candidate) ?? 0) / total,
      mean: a / (a + b),
      executions,
    }))
    .sort((one, other) => other.propensity - one.propensity || one.key.localeCompare(other.key));
  return { key, propensity: (wins.get(key) ?? 0) / total, candidates };
}
