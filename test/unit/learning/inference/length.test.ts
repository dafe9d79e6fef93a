import { describe, expect, it } from 'vitest';
import { drawOptionalWorld } from '../../../../bench/patterns/optional-world.js';
import { optionalRegimes } from '../../../../bench/patterns/regimes.js';
import { ratesOf, tallyOf } from '../../../../bench/patterns/tally.js';
import { seededUniform } from '../../../../src/evidence/random.js';
import { judge } from '../../../../src/learning/inference/judge.js';
import type { Observation } from '../../../../src/learning/inference/observation.js';

/** 60 tasks in 6 trials each: three actions are taken or left, of which planning helps, and nothing else is done. */
function optionalRuns(seed: number): Observation[] {
  const uniform = seededUniform(`optional actions|${seed}`);
  return Array.from({ length: 360 }, (_, index) => {
    const features = ['plan', 'polish', 'search'].filter(() => uniform() < 0.5);
    return {
      ...{ id: `${index}`, task: `${Math.floor(index / 6)}`, agent: 'a', features },
      success: uniform() < (features.includes('plan') ? 0.7 : 0.3),
      length: features.length,
      ...{ iterations: 1, durationMs: 1, cost: null, at: index },
    };
  });
}

describe('a run as long as what it did', () => {
  it('does not make what has no effect look harmful beside what helps', () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const asserted = judge(optionalRuns(seed)).filter(({ state }) => state === 'asserted');
      expect(asserted.map(({ feature, verb }) => [feature, verb])).toEqual([['plan', 'prefer']]);
      // A difference of .4 was planted: the lengths of the runs take nothing from it.
      expect(asserted[0]?.effect).toBeGreaterThan(0.25);
      expect(asserted[0]?.effect).toBeLessThan(0.55);
    }
  });

  it.each(['optional', 'amongOthers'] as const)('finds what matters and little else: %s', (kind) => {
    const tallies = Array.from({ length: 40 }, (_, seed) => {
      const world = drawOptionalWorld(optionalRegimes[kind], seededUniform(`test ${kind}|${seed}`));
      return tallyOf(world, judge(world.observations));
    });
    const { power, falseDiscoveryRate } = ratesOf(tallies);
    expect(power).toBeGreaterThanOrEqual(0.8);
    expect(falseDiscoveryRate).toBeLessThanOrEqual(0.05);
  });
});
