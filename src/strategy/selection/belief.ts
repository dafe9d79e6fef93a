/** What is believed of every plan in one category: a joint normal distribution of their mean rewards there. */
import { type CrossedEffects, meanOf } from './crossed-effects.js';
import { at } from './symmetric.js';

/** Indices are those of the model's plans. */
export interface Belief {
  mean: Float64Array;
  /** Variance of one reward. */
  noise: Float64Array;
  /** Covariance of two plans' mean rewards in the category. */
  covariance(one: number, other: number): number;
  /** Covariance of a plan's mean reward in the category with another's effect in all categories. */
  transfer(inCategory: number, everywhere: number): number;
}

/**
 * The belief in a category of the model. With u the category's effect and g a plan's own in the category, both
 * given the plans' effects a: the mean of plan k is (1 - h)(a + u) + h (mean seen), h the share of the cell's own
 * record, and covariances follow from that of a.
 */
export function beliefIn(effects: CrossedEffects, category: string): Belief {
  const { cells, spreads, plan, covariance: V, weight, precision, noise } = effects;
  const [K, C] = [cells.plans.length, cells.categories.length];
  const c = cells.categories.indexOf(category);
  if (c < 0) throw new RangeError(`category ${category}: not in the model`);
  const own = new Float64Array(K);
  const mean = new Float64Array(K);
  for (let k = 0; k < K; k++) {
    own[k] = spreads.planInCategory * at(weight, k * C + c);
    const base = at(plan, k) + at(effects.category, c);
    mean[k] = at(own, k) === 0 ? base : base + at(own, k) * (meanOf(cells, k * C + c) - base);
  }
  // Of most categories nothing but the means is asked.
  let leaning: { lean: Float64Array; onAll: number } | undefined;
  const leans = (): { lean: Float64Array; onAll: number } => {
    leaning ??= leansOn(effects, c);
    return leaning;
  };
  return {
    mean,
    noise,
    covariance: (k, j) => {
      const { lean, onAll } = leans();
      return (
        (1 - at(own, k)) *
          (1 - at(own, j)) *
          (at(V, k * K + j) - at(lean, k) - at(lean, j) + onAll + 1 / at(precision, c)) +
        (k === j ? spreads.planInCategory * (1 - at(own, k)) : 0)
      );
    },
    transfer: (k, j) => (1 - at(own, k)) * (at(V, k * K + j) - at(leans().lean, j)),
  };
}

/** Covariance of each plan's effect with what the category's effect is leant on, and that of the latter. */
function leansOn({ cells, covariance: V, weight, precision }: CrossedEffects, c: number) {
  const [K, C] = [cells.plans.length, cells.categories.length];
  const lean = new Float64Array(K);
  for (let j = 0; j < K; j++) {
    const w = at(weight, j * C + c) / at(precision, c);
    if (w > 0) for (let k = 0; k < K; k++) lean[k] = at(lean, k) + w * at(V, j * K + k);
  }
  let onAll = 0;
  for (let k = 0; k < K; k++) onAll += (at(lean, k) * at(weight, k * C + c)) / at(precision, c);
  return { lean, onAll };
}
