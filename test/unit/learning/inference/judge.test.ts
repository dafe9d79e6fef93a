import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permutedWithin } from '../../../../bench/patterns/permuted.js';
import { regimes } from '../../../../bench/patterns/regimes.js';
import { drawWorld } from '../../../../bench/patterns/world.js';
import { seededUniform } from '../../../../src/evidence/random.js';
import { judge } from '../../../../src/learning/inference/judge.js';
import type { Observation } from '../../../../src/learning/inference/observation.js';

const run = (id: string, task: string, success: boolean, features: string[], more = {}): Observation => ({
  id,
  task,
  agent: 'a',
  features,
  success,
  length: 5,
  iterations: 1,
  durationMs: 1,
  cost: null,
  at: 0,
  ...more,
});

/** Each task is tried once with the feature and once without, and succeeds only with it. */
const separated = (tasks: number, features = ['x']): Observation[] =>
  Array.from({ length: tasks }, (_, task) => [
    run(`${task}-0`, `${task}`, true, features),
    run(`${task}-1`, `${task}`, false, []),
  ]).flat();

describe('trials of the same tasks', () => {
  it('assert what decides them', () => {
    const [verdict] = judge(separated(30));
    expect(verdict).toMatchObject({
      feature: 'x',
      state: 'asserted',
      verb: 'prefer',
      compared: 'trials',
      tasks: 30,
      effect: 1,
      counts: { n: 30, successes: 30, withoutN: 30, withoutSuccesses: 0 },
    });
    const failing = separated(30).map((each) => ({ ...each, success: !each.success }));
    expect(judge(failing)[0]).toMatchObject({ state: 'asserted', verb: 'avoid', effect: -1 });
  });

  it('say nothing where only tasks differ, however many there are', () => {
    const between = Array.from({ length: 600 }, (_, index) =>
      run(`${index}`, `${index % 200}`, index % 2 === 0, index % 2 === 0 ? ['easy'] : []),
    );
    expect(judge(between)).toMatchObject([{ feature: 'easy', state: 'candidate', effect: 0, pValue: 1 }]);
  });

  it('do not blame a feature for the agent that shows it, nor for length', () => {
    const uniform = seededUniform('confounded');
    const runs = Array.from({ length: 1_200 }, (_, index) => {
      const good = uniform() < 0.5;
      const length = Math.ceil(40 * uniform());
      return run(
        `${index}`,
        `${Math.floor(index / 4)}`,
        uniform() < (good ? 0.8 : 0.4) * (length < 20 ? 1 : 0.6),
        [
          ...(uniform() < (good ? 0.8 : 0.2) ? ['of-good'] : []),
          ...(uniform() < length / 40 ? ['of-long'] : []),
        ],
        { agent: good ? 'good' : 'bad', length },
      );
    });
    expect(judge(runs).map(({ state }) => state)).toEqual(['candidate', 'candidate']);
    expect(judge(runs, { given: [] }).map(({ state }) => state)).toEqual(['asserted', 'asserted']);
  });

  it('a feature that only goes along with one that matters is not asserted', () => {
    const uniform = seededUniform('echo');
    const runs = Array.from({ length: 1_200 }, (_, index) => {
      const real = uniform() < 0.5;
      const echo = uniform() < 0.7 ? real : uniform() < 0.5;
      return run(`${index}`, `${Math.floor(index / 4)}`, uniform() < (real ? 0.75 : 0.35), [
        ...(real ? ['real'] : []),
        ...(echo ? ['echo'] : []),
      ]);
    });
    expect(judge(runs).map(({ feature, state }) => [feature, state])).toEqual([
      ['real', 'asserted'],
      ['echo', 'candidate'],
    ]);
  });
});

describe('tasks that are never repeated', () => {
  const once = (runs: number, share: (shown: boolean) => number): Observation[] => {
    const uniform = seededUniform('once');
    return Array.from({ length: runs }, (_, index) => {
      const shown = index % 2 === 0;
      return run(`${index}`, `${index}`, uniform() < share(shown), shown ? ['x'] : [], {
        length: 1 + (index % 7),
      });
    });
  };

  it('assert a large difference at most with MEDIUM confidence', () => {
    expect(judge(once(400, (shown) => (shown ? 0.9 : 0.2)))).toMatchObject([
      { state: 'asserted', confidence: 'MEDIUM', compared: 'tasks', verb: 'prefer', tasks: 400 },
    ]);
  });

  it('leave a small one unasserted, which hidden differences between the tasks could explain', () => {
    expect(judge(once(4_000, (shown) => (shown ? 0.56 : 0.48)))[0]).toMatchObject({ state: 'candidate' });
  });
});

describe('the answer', () => {
  const { observations } = drawWorld(
    { ...regimes.planted, tasks: [60, 60], idle: [20, 20] },
    seededUniform('order'),
  );

  it('does not depend on the order of the runs', () => {
    const reference = judge(observations);
    expect(reference.length).toBeGreaterThan(20);
    fc.assert(
      fc.property(fc.shuffledSubarray([...observations], { minLength: observations.length }), (shuffled) => {
        expect(judge(shuffled)).toEqual(reference);
      }),
      { numRuns: 5 },
    );
  });

  it('holds what is asserted to the level', () => {
    for (const { state, pValue, effect, interval, verb } of judge(observations)) {
      expect(state === 'asserted').toBe(pValue <= 0.05);
      expect(interval[0]).toBeLessThanOrEqual(effect);
      expect(interval[1]).toBeGreaterThanOrEqual(effect);
      expect(verb === 'prefer').toBe(effect > 0);
    }
  });

  it('names features of nearly the same runs as aliases', () => {
    const verdicts = judge(separated(30, ['a-longer-key', 'x', 'y']));
    expect(verdicts).toHaveLength(1);
    expect(verdicts[0]).toMatchObject({ feature: 'x', aliases: ['a-longer-key', 'y'] });
  });

  it('is stricter for what was looked at before, and for a smaller level', () => {
    const once = judge(separated(14))[0]?.pValue ?? 0;
    expect(judge(separated(14), { seen: 1_000_000 })[0]?.pValue).toBeGreaterThan(once);
    expect(judge(separated(14))[0]?.state).toBe('asserted');
    expect(judge(separated(14), { level: 1e-6 })[0]?.state).toBe('candidate');
  });
});

describe('nothing to find', () => {
  it('is found in nothing, in one run, in one task, and where all went well or badly', () => {
    expect(judge([])).toEqual([]);
    expect(judge([run('1', 't', true, ['x'])])).toEqual([]);
    const one = Array.from({ length: 40 }, (_, index) =>
      run(`${index}`, 't', index % 2 === 0, index % 4 ? ['x'] : []),
    );
    expect(judge(one)[0]).toMatchObject({ state: 'candidate' });
    for (const success of [true, false]) {
      const all = separated(50).map((each) => ({ ...each, success }));
      expect(judge(all)).toMatchObject([{ state: 'candidate', effect: 0, pValue: 1 }]);
    }
  });

  it('10,000 features of the same runs are one', () => {
    const features = Array.from({ length: 10_000 }, (_, index) => `f${index}`);
    const verdicts = judge(separated(20, features));
    expect(verdicts).toHaveLength(1);
    expect(verdicts[0]?.aliases).toHaveLength(9_999);
  });

  it('is asserted in at most 5% of worlds whose outcomes were permuted within tasks', () => {
    const small = { ...regimes.planted, tasks: [30, 80] as const, idle: [20, 60] as const };
    const errors = Array.from({ length: 100 }, (_, seed) => {
      const world = drawWorld(small, seededUniform(`permuted|${seed}`));
      return judge(permutedWithin(world.observations, seededUniform(`order|${seed}`))).some(
        ({ state }) => state === 'asserted',
      );
    }).filter(Boolean).length;
    expect(errors).toBeLessThanOrEqual(5);
  });
});
