import { describe, expect, it } from 'vitest';
import { featureKey, parseFeature } from '../../../src/learning/feature.js';
import { observationsOf, taskKey } from '../../../src/learning/observations-of.js';
import { attempt, failing, interactionOf, type RecordOptions, step } from './execution-records.js';

const observed = (options: RecordOptions) => {
  const interaction = interactionOf(options);
  return observationsOf(interaction, interaction.outcome);
};

describe('observations', () => {
  it('are of actions and plans by category, and of recoveries by signature and class', () => {
    const steps = [failing('test', 'TypeError: 1'), step('edit'), step('test')];
    const found = observed({ id: '1', plan: 'single(a)', attempts: [attempt(steps, 'coder', 5)] });
    expect(found.map(({ kind, group }) => [kind, group])).toEqual([
      ['recovery', 'TypeError: <n>'],
      ['recovery', 'TypeError'],
      ['action', 'bug_fix'],
      ['plan', 'bug_fix'],
    ]);
    const [recovery, , action, plan] = found.map(({ observation }) => observation);
    const common = {
      agent: 'coder',
      iterations: 5,
      durationMs: 1_000,
      cost: null,
      at: 1_700_000_000_000,
      success: true,
    };
    expect(action).toMatchObject({ ...common, id: 't1/1/run', length: 3 });
    expect(plan?.features).toEqual([featureKey({ kind: 'plan', plan: 'single(a)' })]);
    expect(recovery).toMatchObject({ ...common, id: 't1/1/run#0.0', task: action?.task, length: 1 });
    expect(recovery?.features.map(parseFeature)).toEqual([{ kind: 'action', type: 'edit' }]);
  });

  it('have an id of their own within their group', () => {
    const steps = [failing('test', 'E'), step('a'), step('b'), step('c'), step('test')];
    const found = observed({ id: '1', attempts: [attempt(steps), attempt(steps)] });
    const ids = found.map(({ kind, group, observation }) => JSON.stringify([kind, group, observation.id]));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('leave out what an unknown outcome cannot judge, and keep recoveries', () => {
    const steps = [failing('test', 'E'), step('edit')];
    expect(observed({ id: '1', plan: 'single(a)', success: null, steps }).map(({ kind }) => kind)).toEqual([
      'recovery',
    ]);
  });

  it('take the corrected outcome, also of what was never checked', () => {
    const interaction = interactionOf({ id: '1', steps: [failing('test', 'E'), step('edit')] });
    const corrected = observationsOf(interaction, { success: false, source: 'human' });
    expect(corrected.map(({ kind, observation }) => [kind, observation.success])).toEqual([
      ['recovery', false],
      ['action', false],
    ]);
  });

  it('say nothing of executions without actions or recorded for another component', () => {
    expect(observed({ id: '1', attempts: [] })).toEqual([]);
    expect(observed({ id: '1', steps: [] })).toEqual([]);
    const other = { ...interactionOf({ id: '1', steps: [step('a')] }), parts: ['performance' as const] };
    expect(observationsOf(other, other.outcome)).toEqual([]);
  });

  it('share their task between trials, whatever their ids, letter case and white space', () => {
    const task = { description: 'Fix the  bug\nin a.js', context: { b: 1, a: { c: [1] } } };
    expect(taskKey({ description: ' fix the bug in A.js', context: { a: { c: [1] }, b: 1 } })).toBe(
      taskKey(task),
    );
    expect(taskKey({ ...task, context: { ...task.context, b: 2 } })).not.toBe(taskKey(task));
    expect(taskKey({ ...task, description: 'Fix the bug in b.js' })).not.toBe(taskKey(task));
  });
});
