/** How large an effect is, and how surely. Pure. */
import { Z_95 } from '../../evidence/intervals.js';
import type { Score } from './score-test.js';

/**
 * How much the scores of clusters vary beyond what independent runs would give, over all features together; 1 where
 * they do not. Runs of a task that depend on each other, such as tries of one run, show here.
 */
export function dispersionOf(scores: readonly Score[]): number {
  let [found, expected] = [0, 0];
  for (const { clusters } of scores) {
    if (clusters.size < 2) continue;
    let [sum, squares, variance] = [0, 0, 0];
    for (const cluster of clusters.values()) {
      sum += cluster.score;
      squares += cluster.score ** 2;
      variance += cluster.variance;
    }
    found += ((squares - sum ** 2 / clusters.size) * clusters.size) / (clusters.size - 1);
    expected += variance;
  }
  return expected > 0 ? Math.max(1, found / expected) : 1;
}

/** The difference of rates within sets, weighted as Mantel and Haenszel do, with its 95% interval. */
export function effectOf(
  { score, variance, plainVariance, weight, clusters }: Score,
  dispersion: number,
): { effect: number; interval: readonly [number, number] } {
  if (weight === 0 || plainVariance === 0 || variance < 1e-9) return { effect: 0, interval: [-1, 1] };
  const scale = (weight * variance) / plainVariance;
  const effect = Math.min(1, Math.max(-1, score / scale));
  let centred = 0;
  for (const cluster of clusters.values()) centred += (cluster.score - score / clusters.size) ** 2;
  const margin = (Z_95 * Math.sqrt(Math.max(variance * dispersion, centred))) / scale;
  return { effect, interval: [Math.max(-1, effect - margin), Math.min(1, effect + margin)] };
}
