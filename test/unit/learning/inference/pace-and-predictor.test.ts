import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from '../../../../src/evidence/multiplicity.js';
import { seededUniform } from '../../../../src/evidence/random.js';
import { fitPredictor, judge, judgePace } from '../../../../src/learning/inference/judge.js';
import { lookShare } from '../../../../src/learning/inference/look-spending.js';
import type { Observation } from '../../../../src/learning/inference/observation.js';

function runs(
  tasks: number,
  of: (uniform: () => number, task: number) => Partial<Observation>,
): Observation[] {
  const uniform = seededUniform('runs');
  return Array.from({ length: tasks * 4 }, (_, index) => ({
    id: `${index}`,
    task: `${Math.floor(index / 4)}`,
    agent: 'a',
    features: [],
    success: true,
    length: 5,
    iterations: 4,
    durationMs: 100,
    cost: null,
    at: 0,
    ...of(uniform, Math.floor(index / 4)),
  }));
}

describe('pace', () => {
  const quick = (share: number) =>
    runs(40, (uniform, task) => {
      const shown = uniform() < 0.5;
      const base = 1_000 * (1 + task) * Math.exp(0.3 * (uniform() - 0.5));
      return { features: [shown ? 'q' : 'z'], durationMs: shown ? base * share : base };
    });

  it('finds what takes markedly less for the same tasks, whatever they take', () => {
    const [verdict] = judgePace(quick(0.5), 'durationMs');
    expect(verdict).toMatchObject({
      feature: 'q',
      state: 'asserted',
      measure: 'durationMs',
      compared: 'trials',
    });
    expect(verdict?.ratio).toBeGreaterThan(0.45);
    expect(verdict?.ratio).toBeLessThan(0.55);
    expect(verdict?.interval[0]).toBeLessThan(verdict?.ratio ?? 0);
    expect(verdict?.interval[1]).toBeGreaterThan(verdict?.ratio ?? 1);
  });

  it('is asserted of nothing real in at most 5% of 100 groups', () => {
    const errors = Array.from({ length: 100 }, (_, seed) => {
      const uniform = seededUniform(`idle pace|${seed}`);
      const idle = runs(15, (_draw, task) => ({
        features: Array.from({ length: 20 }, (__, index) => `f${index}`).filter(() => uniform() < 0.3),
        durationMs: 1_000 * (1 + task) * Math.exp(3 * (uniform() - 0.5)),
      }));
      return judgePace(idle, 'durationMs').some(({ state }) => state === 'asserted');
    }).filter(Boolean).length;
    expect(errors).toBeLessThanOrEqual(5);
  });

  it('leaves out what is not markedly quicker, failures, and what has no figures', () => {
    expect(judgePace(quick(0.9), 'durationMs')).toEqual([]);
    expect(
      judgePace(
        quick(0.5).map((each) => ({ ...each, success: false })),
        'durationMs',
      ),
    ).toEqual([]);
    expect(judgePace(quick(0.5), 'cost')).toEqual([]);
  });
});

describe('prediction', () => {
  const decided = runs(60, (uniform) => {
    const [a, b] = [uniform() < 0.5, uniform() < 0.5];
    return {
      features: [...(a ? ['a'] : []), ...(b ? ['b'] : [])],
      success: uniform() < (a ? 0.85 : 0.25),
    };
  });

  it('is near the chance of success', () => {
    const predict = fitPredictor(decided, judge(decided));
    expect(predict(['a'])).toBeGreaterThan(0.7);
    expect(predict(['b'])).toBeLessThan(0.4);
    expect(predict(['a', 'unknown'])).toBe(predict(['a']));
  });

  it('of nothing, and of one outcome only, is a probability', () => {
    expect(fitPredictor([], [])(['a'])).toBe(0.5);
    const all = decided.map((each) => ({ ...each, success: true }));
    const chance = fitPredictor(all, judge(all))(['a']);
    expect(chance).toBeGreaterThan(0.9);
    expect(chance).toBeLessThan(1);
  });
});

it('Benjamini and Hochberg as computed by hand', () => {
  expect(benjaminiHochberg([0.01, 0.04, 0.03, 0.5]).map((each) => +each.toFixed(6))).toEqual([
    0.04, 0.053333, 0.053333, 0.5,
  ]);
});

it('looks spend no more than the level, over every doubling there is', () => {
  let spent = 0;
  for (let doubling = 0; doubling < 1_000; doubling += 1) spent += lookShare(16 * 2 ** doubling);
  expect(spent).toBeLessThanOrEqual(1);
  expect(spent).toBeGreaterThan(0.95);
});
