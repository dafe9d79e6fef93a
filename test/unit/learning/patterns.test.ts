import { describe, expect, it } from 'vitest';
import { actionKey, parseActionKey } from '../../../src/learning/action-key.js';
import { patternIncrements, patternsOf } from '../../../src/learning/patterns.js';
import { recoveriesOf } from '../../../src/learning/recoveries.js';
import { attempt, failing, interactionOf, type RecordOptions, step } from './execution-records.js';

const facts = (options: RecordOptions) => {
  const interaction = interactionOf(options);
  return patternsOf(interaction, interaction.outcome);
};
const mutate = (operator: string) => ({ operator, line: 12, file: { path: 'a.js' } });
const swap = '["mutate",{"operator":"swap"}]';
const drop = '["mutate",{"operator":"drop"}]';

describe('action keys', () => {
  it('keep short texts and switches at the top level, sorted, and nothing else', () => {
    const input = { z: true, a: 'x', n: 3, list: ['x'], nested: { a: 1 }, long: 'y'.repeat(41), none: null };
    expect(actionKey({ type: 'edit', input })).toBe('["edit",{"a":"x","z":true}]');
    expect(actionKey({ type: 'edit', input: 'text' })).toBe('["edit"]');
    expect(parseActionKey('["edit",{"a":"x"}]')).toEqual({ type: 'edit', input: { a: 'x' } });
    expect(parseActionKey('["edit","test"]')).toEqual({ type: 'edit', input: {}, then: 'test' });
  });
});

describe('recoveries', () => {
  it('count each action tried after an error once an attempt, and not the one that raised it', () => {
    const { errors, recoveries } = recoveriesOf(
      attempt([
        step('read'),
        failing('test', 'AssertionError: 3 !== 4'),
        failing('mutate', 'AssertionError: 5 !== 4', mutate('drop')),
        failing('mutate', 'TypeError: x', mutate('drop')),
        failing('test', 'AssertionError: 3 !== 4'),
        [{ type: 'mutate', input: mutate('swap') }, { success: true }],
        step('format'),
      ]),
    );
    const signature = 'AssertionError: <n> !== <n>';
    expect(errors).toEqual([signature]);
    expect(recoveries).toEqual([
      { signature, action: drop, worked: false },
      { signature, action: swap, worked: true },
    ]);
  });

  it('begin anew after a success, and need an error text and a result', () => {
    const { errors, recoveries } = recoveriesOf(
      attempt([failing('a'), step('b'), failing('a', '  '), step('b'), failing('c', 'E1'), step('d')]),
    );
    expect(errors).toEqual(['E<n>']);
    expect(recoveries).toEqual([{ signature: 'E<n>', action: '["d"]', worked: true }]);
    const cut = attempt([failing('c', 'E'), step('d')]);
    cut.report.results.pop();
    expect(recoveriesOf(cut).recoveries).toEqual([]);
  });
});

describe('pattern facts', () => {
  it('count types and pairs once, their base row, the plan and the place of the error', () => {
    const found = facts({
      id: '1',
      plan: 'single(search)',
      attempts: [
        attempt([failing('test', 'E'), step('edit'), step('test'), step('edit'), step('test')], 'search', 5),
      ],
    });
    const named = (kind: string) =>
      Object.fromEntries(
        found.filter((fact) => fact.kind === kind).map(({ action, sums }) => [action, sums]),
      );
    const one = { n: 1, successes: 1 };
    expect(named('action')).toEqual({
      '*': one,
      '["test"]': one,
      '["edit"]': one,
      '["test","edit"]': one,
      '["edit","test"]': one,
    });
    const figures = { ...one, iterations: 5, iterationsSquared: 25, durationMs: 1_000 };
    expect(named('plan')).toEqual({ '*': figures, 'single(search)': figures });
    expect(named('recovery')).toEqual({ '["edit"]': one, '*': one });
    expect(named('place')).toEqual({ bug_fix: { n: 1, successes: 0 } });
  });

  it('leave out what an unknown outcome cannot judge, and keep recoveries', () => {
    const steps = [failing('test', 'E'), step('edit')];
    const found = facts({ id: '1', plan: 'single(a)', success: null, steps });
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['place', 'recovery']));
  });

  it('say nothing of executions without actions or recorded for another component', () => {
    expect(facts({ id: '1', attempts: [] })).toEqual([]);
    const other = { ...interactionOf({ id: '1', steps: [step('a')] }), parts: ['performance' as const] };
    expect(patternsOf(other, other.outcome)).toEqual([]);
  });

  it('become increments whose base is the sum of the recoveries', () => {
    const interaction = interactionOf({
      id: '1',
      attempts: [
        attempt([failing('test', 'E'), failing('x'), step('y')]),
        attempt([failing('test', 'E'), step('y')]),
      ],
    });
    const recoveries = patternIncrements(interaction, interaction.outcome)
      .filter(({ dimensions }) => dimensions['kind'] === 'recovery')
      .map(({ dimensions, sums }) => [dimensions['action'], sums]);
    expect(Object.fromEntries(recoveries)).toEqual({
      '["x"]': { n: 1 },
      '["y"]': { n: 2, successes: 2 },
      '*': { n: 3, successes: 2 },
    });
  });

  it('bound what one execution can add', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => step(`type${index}`));
    expect(facts({ id: '1', steps: many }).length).toBeLessThanOrEqual(201);
  });
});
