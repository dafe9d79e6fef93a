/** What following the advice is promised to bring. Pure. */
import { normalTail } from '../../evidence/normal.js';
import type { Effect, Promise90, PromisedMetric } from './candidate.js';

/** Spreads that effects may have, as multiples of the typical one, each as likely. */
const SPREADS = [0.5, 1, 2, 4, 8] as const;

interface Part {
  weight: number;
  mean: number;
  spread: number;
}

/**
 * The promise of an effect. What is advised was chosen for its size, and at the time when it first looked large, so that
 * estimates are too large on average (the winner's curse). A belief that began at zero and was moved by the estimate is
 * right on average whatever was chosen and however often was looked, as far as it began right: hence a mixture of normal
 * beliefs of several spreads, which leaves large and exact estimates as they are.
 *
 * @see S. Senn, "A note concerning a selection paradox of Dawid's", The American Statistician 62 (2008); M. Stephens,
 *   "False discovery rates: a new deal", Biostatistics 18 (2017), for mixtures of spreads
 */
export function promiseOf(effect: Effect, metric: PromisedMetric): Promise90 {
  const parts = beliefIn(effect);
  const at = (share: number): number => promised(effect, quantileOf(parts, share));
  return { metric, value: at(0.5), low: at(0.05), high: at(0.95) };
}

function beliefIn({ estimate, error, typical, least }: Effect): Part[] {
  // What was chosen for something else than its size needs no shrinking.
  if (least === null) return [{ weight: 1, mean: estimate, spread: error }];
  const parts = SPREADS.map((times) => {
    const prior = (times * typical) ** 2;
    const all = prior + error ** 2;
    const kept = prior / all;
    const log = -0.5 * (Math.log(all) + estimate ** 2 / all);
    return { log, mean: kept * estimate, spread: Math.sqrt(kept) * error };
  });
  const most = Math.max(...parts.map(({ log }) => log));
  const total = parts.reduce((sum, { log }) => sum + Math.exp(log - most), 0);
  return parts.map(({ log, mean, spread }) => ({ weight: Math.exp(log - most) / total, mean, spread }));
}

/** The value below which the given share of the belief lies, by bisection. */
function quantileOf(parts: readonly Part[], share: number): number {
  let low = Math.min(...parts.map(({ mean, spread }) => mean - 8 * spread));
  let high = Math.max(...parts.map(({ mean, spread }) => mean + 8 * spread));
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    const above = parts.reduce(
      (sum, { weight, mean, spread }) => sum + weight * normalTail((middle - mean) / spread),
      0,
    );
    if (above > 1 - share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** An effect as a promise: what is promised is never less than nothing. */
function promised({ scale }: Effect, effect: number): number {
  const share = scale === 'ratio' ? 1 - Math.exp(-effect) : effect;
  return Math.max(0, Math.min(1, share));
}
