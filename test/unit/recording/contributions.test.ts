import { describe, expect, it } from 'vitest';
import { contributionsOf } from '../../../src/recording/contributions.js';
import { sumIncrements } from '../../../src/store/counters.js';
import { attempt, interactionOf } from '../learning/execution-records.js';

describe('what an execution adds to the counters', () => {
  it.each([9e12, 1e300, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN, 0.4])(
    'can always be added up: %d',
    (figure) => {
      const made = attempt([]);
      const figures = { cost: figure, iterations: figure, tokens: { input: figure, output: figure } };
      const interaction = interactionOf({
        id: 'x',
        plan: 'single(a)',
        attempts: [{ ...made, durationMs: figure, report: { ...made.report, ...figures } }],
      });
      const increments = contributionsOf(interaction, { success: true, source: 'agent' });
      const sums = increments.flatMap((increment) => Object.values(increment.sums));
      expect(sums.length).toBeGreaterThan(5);
      for (const sum of sums) expect(Math.abs(sum)).toBeLessThanOrEqual(1e12);
      // A thousand such executions still come to exact sums.
      expect(() => sumIncrements(Array.from({ length: 1_000 }, () => increments).flat())).not.toThrow();
    },
  );
});
