import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../../src/evidence/random.js';
import { estimateDuration } from '../../../../src/strategy/analysis/duration.js';
import type { DurationSums } from '../../../../src/strategy/analysis/history.js';
import { analyzeTask, noHistory } from '../../../../src/strategy/analyze-task.js';
import { durationIncrement, LOG_SCALE } from '../../../../src/strategy/durations.js';

interface Task {
  category: string;
  complexity: string;
  seconds: number;
}

const incrementOf = ({ category, complexity, seconds }: Task) =>
  durationIncrement({
    plan: 'single(a)',
    category,
    complexity,
    success: true,
    durationMs: seconds * 1_000,
    endedAt: 0,
  });

/** The past as the counters would hold it. */
function sumsOf(tasks: readonly Task[]): DurationSums[] {
  const rows = new Map<string, DurationSums>();
  for (const task of tasks) {
    const { dimensions, sums } = incrementOf(task);
    const key = JSON.stringify(dimensions);
    const { category, complexity } = task;
    const row = rows.get(key) ?? { category, complexity, tasks: 0, logSum: 0, logSquares: 0 };
    row.tasks += sums['tasks'] ?? 0;
    row.logSum += (sums['logSum'] ?? 0) / LOG_SCALE;
    row.logSquares += (sums['logSquares'] ?? 0) / LOG_SCALE;
    rows.set(key, row);
  }
  return [...rows.values()];
}

interface World {
  categories: number;
  complexities: number;
  /** Standard deviations of log seconds: between categories, between complexities, within, and of that itself. */
  apart: number;
  levels: number;
  within: number;
  uneven: number;
  past: number;
}

/** Draws many tenants, and says in how many of their fresh tasks the interval held. */
function coverageOf(name: string, world: World): number {
  const uniform = seededUniform(name);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const index = (count: number): number => Math.floor(uniform() * count);
  let held = 0;
  let tried = 0;
  for (let tenant = 0; tenant < 300; tenant += 1) {
    const means = Array.from({ length: world.categories }, () => 4 + world.apart * normal());
    const cells = means.flatMap((mean) =>
      Array.from({ length: world.complexities }, () => ({
        mean: mean + world.levels * normal(),
        spread: world.within * Math.exp(world.uneven * normal()),
      })),
    );
    const draw = (): Task => {
      const at = index(cells.length);
      const { mean, spread } = cells[at] ?? { mean: 0, spread: 1 };
      return {
        category: `c${Math.floor(at / world.complexities)}`,
        complexity: `l${at % world.complexities}`,
        seconds: Math.exp(mean + spread * normal()),
      };
    };
    const rows = sumsOf(Array.from({ length: world.past }, draw));
    for (let fresh = 0; fresh < 20; fresh += 1) {
      const { category, complexity, seconds } = draw();
      const estimate = estimateDuration(rows, category, complexity);
      if (estimate === null) throw new Error('no estimate');
      tried += 1;
      if (seconds >= estimate.low && seconds <= estimate.high) held += 1;
    }
  }
  return held / tried;
}

const usual: World = {
  categories: 5,
  complexities: 3,
  apart: 1,
  levels: 0.5,
  within: 0.6,
  uneven: 0,
  past: 60,
};

describe('the 80% interval of a duration', () => {
  it.each<[string, Partial<World>]>([
    ['a usual tenant', {}],
    ['a long past', { past: 1_000 }],
    ['a short past', { past: 12 }],
    ['six tasks', { past: 6, categories: 3, complexities: 2, levels: 1 }],
    ['categories that are all alike', { apart: 0, levels: 0, past: 30 }],
    ['many categories, far apart', { categories: 20, apart: 2, past: 200 }],
    ['spreads that differ', { uneven: 0.4, past: 300 }],
    ['one category', { categories: 1, past: 20 }],
  ])('holds 75 to 85% of fresh tasks: %s', (name, more) => {
    const coverage = coverageOf(name, { ...usual, ...more });
    expect(coverage).toBeGreaterThan(0.75);
    expect(coverage).toBeLessThan(0.85);
  });

  const fast = (seconds: number): Task => ({ category: 'fast', complexity: 'SIMPLE', seconds });
  const slow = (seconds: number): Task => ({ category: 'slow', complexity: 'SIMPLE', seconds });
  const both = Array.from({ length: 40 }, (_, at) => [
    fast(10 * 1.2 ** ((at % 5) - 2)),
    slow(1_000 * 1.2 ** ((at % 5) - 2)),
  ]).flat();

  it('is that of the tasks alike where there are many, and of all where there are none', () => {
    const rows = sumsOf(both);
    expect(estimateDuration(rows, 'fast', 'SIMPLE')).toMatchObject({ alike: 40, inCategory: 40, inAll: 80 });
    expect(estimateDuration(rows, 'fast', 'SIMPLE')?.median).toBeCloseTo(10, 0);
    expect(estimateDuration(rows, 'slow', 'SIMPLE')?.low).toBeGreaterThan(500);
    const unknown = estimateDuration(rows, 'new', 'SIMPLE');
    expect(unknown?.median).toBeCloseTo(100, -1);
    expect(unknown?.low).toBeLessThan(10);
    expect(unknown?.high).toBeGreaterThan(1_000);
  });

  it('is absent before five tasks are known; then a guess is given', () => {
    const rows = sumsOf(both.slice(0, 4));
    expect(estimateDuration(rows, 'fast', 'SIMPLE')).toBe(null);
    expect(estimateDuration([], 'fast', 'SIMPLE')).toBe(null);
    expect(analyzeTask('Say hello', {}).estimatedDuration).toBe(15);
    expect(analyzeTask('Say hello', {})).not.toHaveProperty('durationInterval');
  });

  it('stands in the analysis, with how many tasks it is told from', () => {
    const rows = sumsOf(
      Array.from({ length: 30 }, (_, at) => ({
        ...fast(20 + at),
        category: 'general',
        complexity: 'TRIVIAL',
      })),
    );
    const analysis = analyzeTask('Say hello', {}, [], { ...noHistory, durations: rows });
    expect(analysis.estimatedDuration).toBeGreaterThan(25);
    expect(analysis.estimatedDuration).toBeLessThan(40);
    expect(analysis.durationInterval?.low).toBeLessThan(analysis.estimatedDuration);
    expect(analysis.durationInterval?.high).toBeGreaterThan(analysis.estimatedDuration);
    expect(analysis.evidence.at(-1)).toBe(
      'duration: from 30 past tasks of this category and complexity, 30 of the category and 30 in all',
    );
  });

  it('is moved by integers only, whatever the duration', () => {
    for (const seconds of [0, 1e-9, 0.5, 1, 86_400, 1e12]) {
      const { sums } = incrementOf(fast(seconds));
      expect(Object.values(sums).every(Number.isSafeInteger)).toBe(true);
    }
    expect(incrementOf(fast(Math.E)).sums).toEqual({
      tasks: 1,
      logSum: 1_000,
      logSquares: 1_000,
      successes: 1,
    });
  });

  it('is told in time from the past of tens of thousands of categories', () => {
    const rows = Array.from({ length: 50_000 }, (_, at) => ({
      category: `c${at % 20_000}`,
      complexity: at % 2 === 0 ? 'SIMPLE' : 'COMPLEX',
      tasks: 2,
      logSum: 2 * (at % 7),
      logSquares: 2 * (at % 7) ** 2 + 1,
    }));
    const first = estimateDuration(rows, 'c1', 'SIMPLE');
    const before = process.cpuUsage();
    for (let again = 0; again < 20; again += 1) expect(estimateDuration(rows, 'c1', 'SIMPLE')).toEqual(first);
    const { user, system } = process.cpuUsage(before);
    // Microseconds; each would take 100 ms if all were summed up anew.
    expect((user + system) / 20).toBeLessThan(10_000);
  });
});
