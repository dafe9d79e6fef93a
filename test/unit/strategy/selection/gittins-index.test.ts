import { describe, expect, it } from 'vitest';
import { beliefIn } from '../../../../src/strategy/selection/belief.js';
import { cellsOf, priorSpreads } from '../../../../src/strategy/selection/crossed-effects.js';
import { EvidenceTable } from '../../../../src/strategy/selection/evidence-table.js';
import { fitEffects } from '../../../../src/strategy/selection/fit-spreads.js';
import { gittinsBonus, gittinsIndex } from '../../../../src/strategy/selection/gittins-index.js';
import { evidenceRow } from './evidence-rows.js';

const believed = (table: EvidenceTable, plans: string[], category: string) =>
  beliefIn(fitEffects(cellsOf(table, plans, category), priorSpreads(), 12), category);

/**
 * The bonus by backward induction on a grid of posterior means: at each trial, stop for nothing or go on.
 */
function exactBonus(trials: number, ratio: number): number {
  const deviation = Math.sqrt(ratio);
  const [size, widest] = [601, 6 * deviation];
  const step = (2 * widest) / (size - 1);
  const nodes = Array.from({ length: 41 }, (_, i) => (i - 20) / 4);
  const weights = nodes.map((z) => Math.exp((-z * z) / 2));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let worth = new Float64Array(size);
  for (let trial = trials - 1; trial >= 0; trial--) {
    const move = Math.sqrt(1 / (1 / ratio + trial) - 1 / (1 / ratio + trial + 1));
    const goingOn = Float64Array.from({ length: size }, (_, i) => {
      const mean = i * step - widest;
      let later = 0;
      nodes.forEach((z, n) => {
        const place = (mean + move * z + widest) / step;
        const [low, weight] = [Math.min(size - 2, Math.floor(place)), (weights[n] ?? 0) / all];
        if (place <= 0) return;
        const [left, right] = [worth[low] ?? 0, worth[low + 1] ?? 0];
        later += weight * (left + (place - low) * (right - left));
      });
      return mean + later;
    });
    if (trial === 0) {
      const first = goingOn.findIndex((value) => value > 0);
      return (widest - first * step) / deviation;
    }
    worth = goingOn.map((value) => Math.max(0, value));
  }
  return 0;
}

describe('the bonus of the Gittins index', () => {
  it('is near the solution of the dynamic program', () => {
    for (const [trials, ratio] of [
      [10, 0.05],
      [50, 0.1],
      [100, 0.02],
      [150, 0.3],
    ] as const)
      expect(Math.abs(gittinsBonus(trials, ratio) - exactBonus(trials, ratio))).toBeLessThan(0.08);
  });

  it('is nothing for the last task', () => {
    expect(gittinsBonus(1, 0.2)).toBe(0);
  });
});

describe('the worth of trying', () => {
  const table = new EvidenceTable([
    evidenceRow({ plan: 'good', executions: 400, reward: 320 }),
    evidenceRow({ plan: 'bad', executions: 400, reward: 80 }),
  ]);
  const belief = believed(table, ['good', 'bad', 'untried'], 'x');
  const bonus = (plan: number, tasks: number): number =>
    (gittinsIndex(belief, [0, 1, 2], { tasks, share: 1 })[plan] ?? 0) - (belief.mean[plan] ?? 0);

  it('grows with the tasks to come, and is more for the untried', () => {
    expect(bonus(2, 1_000)).toBeGreaterThan(bonus(2, 10));
    expect(bonus(2, 100)).toBeGreaterThan(0.05);
    expect(bonus(2, 100)).toBeGreaterThan(bonus(1, 100));
  });

  it('does not lift a plan that is known to be bad', () => {
    const index = gittinsIndex(belief, [0, 1, 2], { tasks: 4_000, share: 1 });
    expect(index[1]).toBeLessThan(belief.mean[0] ?? 0);
  });

  it('leaves out plans that are not eligible', () => {
    expect(gittinsIndex(belief, [1], { tasks: 10, share: 1 })[0]).toBe(Number.NEGATIVE_INFINITY);
  });
});
