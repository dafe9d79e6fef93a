import { describe, expect, it } from 'vitest';
import { statisticsOf } from '../../../src/performance/statistics/executions.js';
import type { Attempt, Outcome } from '../../../src/shared/task.js';
import { attempt, executionRecord } from '../learning/execution-records.js';

const named = (agentType: string, more: Partial<Attempt> = {}): Attempt => ({
  ...attempt([], agentType),
  ...more,
});
const verified = (agentType: string, success: boolean): Attempt =>
  named(agentType, { success, source: 'verifier' });
/** Successes, failures and unknown of each agent. */
const countsOf = (attempts: Attempt[], outcome: Outcome) =>
  Object.fromEntries(
    statisticsOf(executionRecord({ id: 'x', attempts }), outcome).map(({ dimensions, sums }) => [
      dimensions['agentType'],
      [sums['successes'] ?? 0, sums['failures'] ?? 0, sums['unknown'] ?? 0],
    ]),
  );
const says = (source: Outcome['source'], success: boolean | null): Outcome => ({ success, source });

describe('statistics of several agents whose work together is the result', () => {
  it('hold none to a part that another did wrong', () => {
    const parts = [verified('fine', true), verified('off', false)];
    for (const source of ['verifier', 'human'] as const)
      expect(countsOf(parts, says(source, false))).toEqual({ fine: [1, 0, 0], off: [0, 1, 0] });
  });

  it('follow the task where its parts do not say why it failed', () => {
    const parts = [verified('one', true), named('two')];
    expect(countsOf(parts, says('human', false))).toEqual({ one: [0, 1, 0], two: [0, 1, 0] });
    expect(countsOf(parts, says('human', true))).toEqual({ one: [1, 0, 0], two: [1, 0, 0] });
    const unsaid = [verified('off', false), named('unseen')];
    expect(countsOf(unsaid, says('verifier', false))).toEqual({ off: [0, 1, 0], unseen: [0, 1, 0] });
  });

  it('correct an agent alone, whatever its verifier said', () => {
    expect(countsOf([verified('one', true)], says('human', false))).toEqual({ one: [0, 1, 0] });
    expect(countsOf([verified('one', false)], says('human', true))).toEqual({ one: [1, 0, 0] });
  });
});
