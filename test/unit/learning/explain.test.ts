import { describe, expect, it } from 'vitest';
import { chooseReadings } from '../../../src/learning/choose-readings.js';
import { explainedBy, isSharper, trendsOf } from '../../../src/learning/explain.js';
import { type Feature, featureKey } from '../../../src/learning/feature.js';
import type { Observation } from '../../../src/learning/inference/observation.js';
import { readingsOf } from '../../../src/learning/readings.js';

const action = (type: string, input?: Record<string, string>): Feature => ({
  kind: 'action',
  type,
  ...(input === undefined ? {} : { input }),
});
const sequence = (gapped: boolean, ...types: string[]): Feature => ({
  kind: 'sequence',
  steps: types.map((type) => ({ type })),
  gapped,
});

describe('a feature is sharper than another', () => {
  it('when it says the same and more', () => {
    expect(isSharper(action('edit', { mode: 'small' }), action('edit'))).toBe(true);
    expect(isSharper(sequence(false, 'edit', 'test'), action('test'))).toBe(true);
    expect(isSharper(sequence(false, 'read', 'edit', 'test'), sequence(false, 'edit', 'test'))).toBe(true);
    expect(isSharper(sequence(false, 'edit', 'test'), sequence(true, 'edit', 'test'))).toBe(true);
    expect(
      isSharper({ kind: 'condition', key: 'language', value: 'go', step: { type: 'edit' } }, action('edit')),
    ).toBe(true);
  });

  it('and not when it says less, something else, or the very same', () => {
    expect(isSharper(action('edit'), action('edit', { mode: 'small' }))).toBe(false);
    expect(isSharper(action('edit'), action('edit'))).toBe(false);
    expect(isSharper(sequence(false, 'edit', 'test'), action('read'))).toBe(false);
    expect(isSharper(sequence(true, 'edit', 'test'), sequence(false, 'edit', 'test'))).toBe(false);
    expect(isSharper(action('edit', { mode: 'small' }), action('edit', { mode: 'large' }))).toBe(false);
  });
});

let made = 0;
/** A run of a task; trials of a task share it. */
function run(task: string, success: boolean, at: number, ...features: Feature[]): Observation {
  made += 1;
  return {
    id: `run-${made}`,
    task,
    agent: 'coder',
    features: features.map(featureKey).sort(),
    success,
    length: 3,
    iterations: 1,
    durationMs: 1_000,
    cost: null,
    at,
  };
}

const group = (rows: readonly Observation[]) => ({
  kind: 'action' as const,
  group: 'bug_fix',
  rows,
  levels: { success: 0.05, pace: 0 },
  seen: rows.length,
});

describe('a general lesson', () => {
  const general = action('edit');
  const sharp = action('edit', { mode: 'small' });

  it('is explained by a sharper one without which nothing is left of its effect', () => {
    const rows = Array.from({ length: 60 }, (_, task) => [
      run(`t${task}`, task % 10 !== 0, task, general, sharp),
      run(`t${task}`, task % 2 === 0, task, general, action('other')),
      run(`t${task}`, task % 2 === 1, task, action('look')),
    ]).flat();
    const chosen = chooseReadings(readingsOf(group(rows), new Set()), new Map());
    const [sharper] = chosen.filter(({ reading }) => reading.verdict.feature === featureKey(sharp));
    expect(sharper?.state).toBe('asserted');
    // As if the general one had been asserted before the sharper one was seen.
    const both = chosen.map((one) => ({ ...one, state: 'asserted' as const }));
    const of = both.find(({ reading }) => reading.verdict.feature === featureKey(general));
    if (of === undefined) throw new Error('the general feature was not chosen');
    expect(explainedBy(both, rows).get(of.reading.id)).toBe(sharper?.reading.id);
  });

  it('stands where it holds without the sharper one too', () => {
    const rows = Array.from({ length: 60 }, (_, task) => [
      run(`t${task}`, task % 10 !== 0, task, general, sharp),
      run(`t${task}`, task % 10 !== 1, task, general, action('other')),
      run(`t${task}`, task % 10 === 2, task, action('look')),
    ]).flat();
    const chosen = chooseReadings(readingsOf(group(rows), new Set()), new Map()).map((one) => ({
      ...one,
      state: 'asserted' as const,
    }));
    expect(chosen.map(({ reading }) => reading.verdict.feature)).toContain(featureKey(general));
    expect(explainedBy(chosen, rows).size).toBe(0);
  });
});

describe('the newest runs', () => {
  const tests = action('test');
  const wanted = [{ feature: featureKey(tests), verb: 'prefer' as const }];
  const key = `prefer|${featureKey(tests)}`;
  const past = (since: boolean) =>
    Array.from({ length: 90 }, (_, task) => {
      const better = task < 60 || since;
      return [
        run(`t${task}`, better ? task % 10 !== 0 : task % 10 === 0, task, tests),
        run(`t${task}`, better ? task % 10 === 0 : task % 10 !== 0, task, action('guess')),
      ];
    }).flat();

  it('speak against a lesson when they end the other way', () => {
    expect(trendsOf(past(false), wanted).get(key)).toBe('against');
  });

  it('speak for it when nothing changed, and say nothing when they are few', () => {
    expect(trendsOf(past(true), wanted).get(key)).toBe('with');
    expect(trendsOf(past(false).slice(0, 40), wanted).size).toBe(0);
  });
});
