import { describe, expect, it } from 'vitest';
import { bottlenecksOf } from '../../../src/performance/analysis/bottlenecks.js';
import { timeSums } from '../../../src/performance/statistics/executions.js';
import { type CounterRow, sumIncrements } from '../../../src/store/counters.js';
import { Chance, dayAt } from './made-days.js';

const window = { from: dayAt(0), to: dayAt(29) };

interface Taken {
  step: string;
  category?: string;
  day: number;
  ms: number;
}

const rowsOf = (taken: readonly Taken[]): CounterRow[] =>
  sumIncrements(
    taken.map(({ step, category = 'api', day, ms }) => ({
      ...{ projection: 'steps', dimensions: { step, category, day: dayAt(day) } },
      sums: { executions: 1, ms: Math.round(ms), ...timeSums(Math.round(ms)) },
    })),
  );

/** A month of one step, 3 times a day. */
function month(
  step: string,
  ms: number,
  later: number,
  options: { category?: string; pace?: number } = {},
): Taken[] {
  const chance = new Chance(`${step}${options.category}`);
  return Array.from({ length: 30 * (options.pace ?? 3) }, (_, index): Taken => {
    const day = index % 30;
    const spread = Math.exp(0.3 * chance.normal());
    return { step, day, ms: ms * spread * (day >= 15 ? later : 1), category: options.category ?? 'api' };
  });
}

describe('bottlenecksOf', () => {
  const steps = rowsOf([
    ...month('agent:code', 60_000, 1),
    ...month('queue:code', 6_000, 2),
    ...month('retry:code', 20_000, 1, { pace: 1 }),
    ...month('tool:bash', 15_000, 1),
    ...month('lookUp', 100, 1),
    ...month('recording', 0, 1),
  ]);

  it('orders steps by their share of all time, retries and tools within that of agents', () => {
    const { steps: found, totalSeconds, verdict } = bottlenecksOf(steps, [], window, 10);
    expect(found.map(({ step, kind }) => [step, kind])).toEqual([
      ['agent:code', 'agent'],
      ['tool:bash', 'tool'],
      ['queue:code', 'queue'],
      ['retry:code', 'retry'],
      ['lookUp', 'task'],
      ['recording', 'task'],
    ]);
    const own = found.filter(({ kind }) => kind !== 'tool' && kind !== 'retry');
    expect(own.reduce((sum, { timeShare }) => sum + timeShare, 0)).toBeCloseTo(1, 10);
    expect(own.reduce((sum, one) => sum + one.totalSeconds, 0)).toBeCloseTo(totalSeconds, 6);
    expect(verdict).toMatch(
      /^agent:code takes \d\d% of all time, \d\d s each on average, at most \d\d s in 9 of 10; tool:bash takes/,
    );
    expect(bottlenecksOf(steps, [], window, 2).steps).toHaveLength(2);
  });

  it('tells mean, 90th percentile and how often', () => {
    const [first] = bottlenecksOf(steps, [], window, 1).steps;
    expect(first).toMatchObject({ step: 'agent:code', executions: 90 });
    expect(first?.meanSeconds).toBeGreaterThan(55);
    expect(first?.meanSeconds).toBeLessThan(72);
    expect(first?.p90Seconds).toBeGreaterThan(75);
    expect(first?.p90Seconds).toBeLessThan(110);
    expect(bottlenecksOf(steps, [], window, 10).steps.at(-1)).toMatchObject({
      ...{ step: 'recording', p90Seconds: null, trend: null, timeShare: 0 },
    });
  });

  it('shows what takes longer in the second half, and only that', () => {
    const { steps: found } = bottlenecksOf(steps, [], window, 10);
    expect(found.filter(({ trend }) => trend?.shown).map(({ step }) => step)).toEqual(['queue:code']);
    const queue = found.find(({ step }) => step === 'queue:code');
    expect(queue?.trend?.interval.low).toBeGreaterThan(1.5);
    expect(queue?.trend?.interval.high).toBeLessThan(2.6);
    expect(queue?.sentence).toMatch(/; in the second half of the window \d+-\d+% more than in the first$/);
  });

  it('does not take a changed mix of categories for a trend', () => {
    const quick = month('agent:code', 1_000, 1, { category: 'quick', pace: 6 });
    const slow = month('agent:code', 90_000, 1, { category: 'slow', pace: 6 });
    const mixed = [
      ...quick.filter(({ day }, index) => day < 15 || index % 5 === 0),
      ...slow.filter(({ day }, index) => day >= 15 || index % 5 === 0),
    ];
    const [step] = bottlenecksOf(rowsOf(mixed), [], window, 10).steps;
    expect(step?.trend).toMatchObject({ shown: false });
    expect(step?.trend?.ratio).toBeGreaterThan(0.8);
    expect(step?.trend?.ratio).toBeLessThan(1.25);
  });

  it('keeps the shares of agents, and says when nothing is recorded', () => {
    const agent = (agentType: string, executions: number, durationMs: number): CounterRow => ({
      dimensions: { agentType },
      sums: { executions, durationMs },
    });
    const {
      agents,
      steps: none,
      verdict,
    } = bottlenecksOf([], [agent('a', 3, 1_000), agent('b', 1, 3_000)], window, 10);
    expect(agents).toMatchObject([
      { agentType: 'b', timeShare: 0.75, executionShare: 0.25, totalSeconds: 3 },
      { agentType: 'a', timeShare: 0.25, executionShare: 0.75 },
    ]);
    expect(none).toEqual([]);
    expect(verdict).toBe('no step of any task is recorded in this window');
  });
});
