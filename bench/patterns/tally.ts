/** What was asserted beside what is true. */
import type { Verdict } from '../../src/learning/inference/verdict.js';
import { detectable } from './detectable.js';
import { normal95 } from './interval.js';
import type { World } from './world.js';

export interface Tally {
  detectable: number;
  found: number;
  asserted: number;
  wrong: number;
  wrongFeatures: string[];
}

/** An assertion is right if it names a real feature, itself or as an alias, and its direction. */
export function tallyOf(world: World, verdicts: readonly Verdict[]): Tally {
  const asserted = verdicts.filter(({ state }) => state === 'asserted');
  const rightOnes = (verdict: Verdict): string[] =>
    [verdict.feature, ...verdict.aliases].filter((name) => {
      const effect = world.effects.get(name);
      return effect !== undefined && effect > 0 === (verdict.verb === 'prefer');
    });
  const found = new Set(asserted.flatMap(rightOnes));
  const wrong = asserted.filter((verdict) => rightOnes(verdict).length === 0);
  const sought = detectable(world);
  return {
    detectable: sought.length,
    found: sought.filter((name) => found.has(name)).length,
    asserted: asserted.length,
    wrong: wrong.length,
    wrongFeatures: wrong.map(({ feature }) => feature),
  };
}

export interface Rates {
  worlds: number;
  detectable: number;
  power: number | null;
  powerInterval: readonly [number, number] | null;
  asserted: number;
  /** Mean over worlds of the share of errors among what was asserted. */
  falseDiscoveryRate: number;
  falseDiscoveryRateInterval: readonly [number, number];
  /** Wrong assertions by what seemed to make them right. */
  wrong: Record<string, number>;
}

export function ratesOf(tallies: readonly Tally[]): Rates {
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((all, tally) => all + of(tally), 0);
  const sought = sum((tally) => tally.detectable);
  const power = sought === 0 ? null : sum((tally) => tally.found) / sought;
  // A ratio of sums over worlds: its error from the residual of each world.
  const residuals = tallies.map(({ found, detectable: all }) => found - (power ?? 0) * all);
  const error = Math.sqrt(residuals.reduce((all, each) => all + each ** 2, 0)) / Math.max(1, sought);
  const shares = tallies.map(({ wrong, asserted }) => (asserted === 0 ? 0 : wrong / asserted));
  const { mean, interval } = normal95(shares);
  const wrong: Record<string, number> = {};
  for (const feature of tallies.flatMap(({ wrongFeatures }) => wrongFeatures)) {
    const kind = feature.split('-')[0] ?? '';
    wrong[kind] = (wrong[kind] ?? 0) + 1;
  }
  return {
    worlds: tallies.length,
    detectable: sought,
    power,
    powerInterval: power === null ? null : [power - 1.96 * error, Math.min(1, power + 1.96 * error)],
    asserted: sum((tally) => tally.asserted),
    falseDiscoveryRate: mean,
    falseDiscoveryRateInterval: interval,
    wrong,
  };
}
