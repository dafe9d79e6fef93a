import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fisherExact, holm } from '../../../src/evidence/fisher.js';
import { liftOf } from '../../../src/evidence/lift.js';
import { seededUniform } from '../../../src/evidence/random.js';
import { actionDrafts, planDrafts, practiceDrafts, recoveryDrafts } from '../../../src/learning/drafts.js';
import { confidenceOf, judgeRates, type PatternRow } from '../../../src/learning/verdict.js';

const row = (action: string, successes: number, n: number): PatternRow => ({
  action,
  sums: { n, successes },
});
const swap = '["mutate",{"operator":"swap-comparison"}]';

describe("Fisher's exact test", () => {
  // Reference values: the tea tasting (1/70 each side), and exact sums of binomials in big integers.
  it.each([
    [4, 4, 0, 4, 0.028571428571],
    [3, 4, 1, 4, 0.485714285714],
    [1, 12, 9, 14, 0.005303540180374],
    [7, 9, 5, 60, 0.00002280606458391],
    [5, 5, 0, 0, 1],
    [0, 10, 0, 10, 1],
    [50, 100, 50, 100, 1],
  ])('of %i/%i against %i/%i', (a, n, b, m, expected) => {
    expect(Math.abs(fisherExact(a, n, b, m) - expected)).toBeLessThan(1e-11);
  });

  it('agrees with the sum over all tables', () => {
    const choose = (n: number, k: number): number => {
      let result = 1;
      for (let i = 1; i <= k; i += 1) result = (result * (n - k + i)) / i;
      return result;
    };
    const sides = fc.record({
      n: fc.integer({ min: 0, max: 15 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(sides, sides, (one, other) => {
        const a = Math.round(one.share * one.n);
        const b = Math.round(other.share * other.n);
        const weight = (x: number) => choose(one.n, x) * choose(other.n, a + b - x);
        let all = 0;
        let extreme = 0;
        for (let x = Math.max(0, a + b - other.n); x <= Math.min(one.n, a + b); x += 1) {
          all += weight(x);
          if (weight(x) <= weight(a) * (1 + 1e-7)) extreme += weight(x);
        }
        expect(fisherExact(a, one.n, b, other.n)).toBeCloseTo(extreme / all, 9);
      }),
    );
  });

  it('stays a number for large counts and refuses what is no table', () => {
    expect(fisherExact(90_000, 100_000, 10_000, 100_000)).toBe(0);
    expect(fisherExact(50_100, 100_000, 50_000, 100_000)).toBeCloseTo(0.658, 2);
    expect(() => fisherExact(4, 3, 0, 1)).toThrow(RangeError);
  });

  it("is corrected by Holm's method", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(6)))).toEqual([
      0.03, 0.06, 0.06, 0.02,
    ]);
    expect(holm([])).toEqual([]);
  });
});

describe('verdicts', () => {
  it('need three observations and compare with the rest of the group', () => {
    const [verdict, ...others] = judgeRates([row('*', 12, 69), row(swap, 7, 9), row('["x"]', 2, 2)]);
    expect(others).toEqual([]);
    expect(verdict).toMatchObject({
      verb: 'prefer',
      state: 'asserted',
      counts: { n: 9, successes: 7, withoutN: 60, withoutSuccesses: 5 },
      confidence: 'MEDIUM',
    });
  });

  it('grow in confidence with both the proof and the number of observations', () => {
    expect(confidenceOf(0.05, 100)).toBe('LOW');
    expect(confidenceOf(0.0001, 9)).toBe('MEDIUM');
    expect(confidenceOf(0.0001, 19)).toBe('HIGH');
    expect(confidenceOf(0.0001, 20)).toBe('VERY_HIGH');
    expect(confidenceOf(0.02, 100)).toBe('MEDIUM');
  });

  it('rarely assert anything where nothing is to be found', () => {
    const uniform = seededUniform('null patterns');
    let groupsWithAssertion = 0;
    for (let group = 0; group < 400; group += 1) {
      const rows = Array.from({ length: 12 }, (_, index) => {
        const n = 3 + Math.floor(uniform() * 30);
        const successes = Array.from({ length: n }, () => uniform()).filter((draw) => draw < 0.3).length;
        return row(`["a${index}"]`, successes, n);
      });
      const sum = (name: string) => rows.reduce((total, { sums }) => total + (sums[name] ?? 0), 0);
      const verdicts = judgeRates([row('*', sum('successes'), sum('n')), ...rows]);
      if (verdicts.some(({ state }) => state === 'asserted')) groupsWithAssertion += 1;
    }
    expect(groupsWithAssertion / 400).toBeLessThan(0.06);
  });
});

describe('drafts', () => {
  const signature = 'AssertionError: <text>';

  it('say in words and machine-readably what to do after an error', () => {
    const [draft] = recoveryDrafts(signature, [row('*', 12, 69), row(swap, 7, 9)], 'bug_fix');
    expect(draft).toMatchObject({
      type: 'ERROR_RECOVERY',
      title: 'After "AssertionError: <text>", mutate with operator=swap-comparison',
      action: { verb: 'prefer', type: 'mutate', input: { operator: 'swap-comparison' } },
      signature,
      category: 'bug_fix',
      text: 'AssertionError mutate with operator swap comparison',
    });
    expect(draft?.advice).toContain(
      'Do this first: it worked in 7 of 9 tries; other actions worked in 5 of 60.',
    );
  });

  it('show what is worse only once it is asserted, and what is better as a candidate before', () => {
    const rows = [row('*', 33, 73), row('["good"]', 3, 3), row('["bad"]', 0, 20), row('["meh"]', 30, 50)];
    const drafts = recoveryDrafts(signature, rows, null);
    expect(drafts.map(({ verb, state, pattern }) => [pattern.action, verb, state])).toEqual([
      ['["good"]', 'prefer', 'candidate'],
      ['["bad"]', 'avoid', 'asserted'],
      ['["meh"]', 'prefer', 'asserted'],
    ]);
    expect(drafts[0]?.advice).toContain('Not proven');
    expect(drafts[1]?.title).toBe('After "AssertionError: <text>", do not bad');
  });

  it('tell success from failure patterns, and give pairs no machine-readable action', () => {
    const drafts = actionDrafts('bug_fix', [
      row('*', 40, 80),
      row('["test"]', 38, 40),
      row('["guess"]', 2, 40),
      row('["edit","test"]', 38, 40),
      row('["always"]', 40, 80),
    ]);
    expect(drafts.map(({ type, confidence, action }) => [type, confidence, action])).toEqual([
      ['SUCCESS_PATTERN', 'VERY_HIGH', { verb: 'prefer', type: 'test' }],
      ['FAILURE_PATTERN', 'VERY_HIGH', { verb: 'avoid', type: 'guess' }],
      ['SUCCESS_PATTERN', 'VERY_HIGH', null],
    ]);
    const elsewhere = actionDrafts('docs', [row('*', 30, 60), row('["test"]', 28, 30)]);
    const practices = practiceDrafts([...drafts.slice(0, 1), ...elsewhere]);
    expect(practices).toHaveLength(1);
    expect(practices[0]).toMatchObject({
      type: 'BEST_PRACTICE',
      title: 'Best practice: test',
      counts: { n: 70, successes: 66 },
      confidence: 'VERY_HIGH',
    });
    expect(practiceDrafts(drafts)).toEqual([]);
  });

  it('find plans that succeed more, and plans that need fewer iterations', () => {
    const plan = (action: string, n: number, successes: number, iterations: number): PatternRow => ({
      action,
      sums: {
        n,
        successes,
        iterations: successes * iterations,
        iterationsSquared: successes * (iterations ** 2 + 1),
      },
    });
    const a = plan('single(a)', 30, 28, 4);
    const b = plan('single(b)', 30, 10, 9);
    const sums = Object.fromEntries(
      Object.entries(a.sums).map(([name, value]) => [name, value + (b.sums[name] ?? 0)]),
    );
    const drafts = planDrafts('docs', [{ action: '*', sums }, a, b]);
    expect(drafts.map(({ type, verb, state, pattern }) => [type, verb, state, pattern.action])).toEqual([
      ['TASK_STRATEGY', 'prefer', 'asserted', 'single(a)'],
      ['TASK_STRATEGY', 'avoid', 'asserted', 'single(b)'],
      ['OPTIMIZATION', 'prefer', 'asserted', 'single(a)'],
    ]);
    expect(drafts[2]?.advice).toContain('4.0 iterations on average, 9.0 with other plans');
  });
});

describe('lift', () => {
  const sums = (shown: [number, number], withheld: [number, number]) => ({
    shownSuccesses: shown[0],
    shownFailures: shown[1],
    withheldSuccesses: withheld[0],
    withheldFailures: withheld[1],
  });

  it('is not known while an arm is empty', () => {
    expect(liftOf(sums([5, 5], [0, 0]))).toBeNull();
    expect(liftOf({ shown: 4, shownUnknown: 4, withheld: 1 })).toBeNull();
  });

  it('has the published width, arm by arm', () => {
    const lift = liftOf(sums([60, 40], [30, 70]));
    const half = 0.85 * Math.sqrt((Math.log(Math.log(200)) + 0.72 * Math.log(10.4 / 0.025)) / 100);
    expect(lift?.lift).toBeCloseTo(0.3);
    expect(lift?.low).toBeCloseTo(0.3 - 2 * half);
    expect(lift?.high).toBeCloseTo(0.3 + 2 * half);
  });

  it('stays valid though it is looked at after every task', () => {
    const uniform = seededUniform('lift');
    let missed = 0;
    for (let run = 0; run < 200; run += 1) {
      const [shown, withheld]: [[number, number], [number, number]] = [
        [0, 0],
        [0, 0],
      ];
      let covered = true;
      for (let task = 0; task < 500; task += 1) {
        const arm = uniform() < 0.5 ? shown : withheld;
        arm[uniform() < 0.5 ? 0 : 1] += 1;
        const lift = liftOf(sums(shown, withheld));
        if (lift !== null && (lift.low > 0 || lift.high < 0)) covered = false;
      }
      if (!covered) missed += 1;
    }
    expect(missed / 200).toBeLessThanOrEqual(0.05);
  });
});
