import { describe, expect, it } from 'vitest';
import { versionBefore } from '../../../src/knowledge/provenance/reverts.js';
import {
  executionRestsOn,
  isWithdrawn,
  subjectOfExecution,
  subjectsOfEvents,
} from '../../../src/knowledge/provenance/use-subjects.js';
import { contributionOf, parseSource } from '../../../src/knowledge/source.js';
import { oneApplication, usageEvent } from '../../../src/knowledge/usage/increments.js';
import type { Outcome } from '../../../src/shared/task.js';
import { sumIncrements } from '../../../src/store/counters.js';
import { attempt, executionRecord } from '../learning/execution-records.js';

describe('contributionOf', () => {
  it('ties the sources together that said the same thing', () => {
    const sources = ['agent:a', 'task:t', 'agent:a'].map(parseSource);
    expect(contributionOf(sources)).toEqual([
      { key: 'agent:a', with: ['task:t'] },
      { key: 'task:t', with: ['agent:a'] },
    ]);
    expect(contributionOf([parseSource('person:ann')])).toEqual([{ key: 'person:ann' }]);
  });
});

describe('versionBefore', () => {
  const versions = (...made: { by: string; source?: string; contentVersion?: number }[]) =>
    new Map(made.map((each, at) => [at + 1, { version: at + 1, ...each }]));

  it('is the last whose words are not the source’s', () => {
    const all = versions({ by: 'a' }, { by: 'b' }, { by: 'bad' }, { by: 'bad' });
    expect(versionBefore(4, 'agent:bad', all)).toBe(2);
    expect(versionBefore(4, 'person:bad', all)).toBe(2);
    expect(versionBefore(4, 'task:bad', all)).toBeNull();
    expect(versionBefore(2, 'agent:bad', all)).toBeNull();
  });

  it('is none where all words are the source’s', () => {
    expect(versionBefore(2, 'agent:bad', versions({ by: 'bad' }, { by: 'bad' }))).toBeNull();
  });

  it('looks at who wrote the words, not at who brought them back or tagged them', () => {
    const all = versions(
      { by: 'a' },
      { by: 'bad' },
      { by: 'ann', contentVersion: 2 },
      { by: 'bad', contentVersion: 1 },
    );
    expect(versionBefore(3, 'agent:bad', all)).toBe(1);
    expect(versionBefore(4, 'agent:bad', all)).toBeNull();
    expect(versionBefore(3, 'agent:ann', all)).toBeNull();
  });

  it('goes by the source where it is known', () => {
    const all = versions({ by: 'a' }, { by: 'a', source: 'import:i' });
    expect(versionBefore(2, 'import:i', all)).toBe(1);
    expect(versionBefore(2, 'agent:a', all)).toBeNull();
  });
});

describe('what use rests on', () => {
  const judged = (outcome: Outcome, agents = ['a']) => ({
    execution: {
      ...executionRecord({ id: 't', attempts: agents.map((agent) => attempt([], agent)) }),
      knowledge: [{ id: 'k', version: 1, score: 1, shown: true, probability: 1 }],
    },
    outcome,
  });

  it.each([
    ['agent', ['task:t', 'agent:a', 'agent:b']],
    ['verifier', ['task:t']],
    ['human', ['task:t']],
    ['system', ['task:t']],
  ] as const)('is the agents’ word only where nobody else spoke: %s', (source, restsOn) => {
    expect(executionRestsOn(judged({ success: true, source }, ['a', 'b']))).toEqual(restsOn);
  });

  it('leaves agents out whose attempt did not decide', () => {
    const one = judged({ success: true, source: 'agent' }, ['a', 'b']);
    const [first] = one.execution.attempts;
    if (first !== undefined) first.decisive = false;
    expect(executionRestsOn(one)).toEqual(['task:t', 'agent:b']);
  });

  it('is of an execution all that its record counts of knowledge, and of learnings nothing', () => {
    const one = judged({ success: true, source: 'human' });
    one.execution.learnings = [{ id: 'l', version: 1, score: 1, shown: true, probability: 1 }];
    expect(subjectOfExecution(one).increments.map(({ projection }) => projection)).toEqual([
      'knowledgeUsage',
    ]);
  });

  it('is of a report its reporters, each counted while one of them stands', () => {
    const report = (key: string, by: string, detail: object, success: boolean | null) =>
      usageEvent('t1', key, by, [oneApplication('k', 1, success)], { itemId: 'k', ...detail }, ['g1']);
    const settled = { itemId: 'k', taskId: 't', settles: 'task' };
    const corrected = usageEvent('t1', 'c', 'system', [oneApplication('k', 1, true)], settled, ['g1']);
    const [alone, line, ...others] = subjectsOfEvents(
      [
        report('1', 'a', {}, true),
        report('2', 'a', { taskId: 't' }, null),
        report('3', 'b', { taskId: 't' }, null),
        corrected,
        report('4', 'ops', { withdraws: 'x' }, true),
        report('5', 'system', { taskId: 't', executionId: 'e', settles: 'execution' }, true),
      ],
      new Map(),
    );
    expect(others).toEqual([]);
    expect(alone).toMatchObject({ id: 't1|usage|1', restsOn: [], toldBy: [['agent:a', 'person:a']] });
    expect(line).toMatchObject({
      restsOn: ['task:t'],
      toldBy: [
        ['agent:a', 'person:a'],
        ['agent:b', 'person:b'],
      ],
    });
    if (alone === undefined || line === undefined) throw new Error('two were expected');
    expect(sumIncrements(line.increments)).toMatchObject([{ sums: { applied: 3, appliedSuccesses: 1 } }]);
    const without = (...retracted: string[]) =>
      [alone, line].map((each) => isWithdrawn(each, (key) => retracted.includes(key)));
    expect(without()).toEqual([false, false]);
    expect(without('agent:a')).toEqual([true, false]);
    expect(without('agent:a', 'person:b')).toEqual([true, true]);
    expect(without('task:t')).toEqual([false, true]);
  });

  it('is of an import that import alone', () => {
    const [one] = subjectsOfEvents(
      [usageEvent('t1', 'i', 'ann', [oneApplication('k', 1, true)], { file: 'x', importId: 'i' }, ['g1'])],
      new Map(),
    );
    expect(one).toMatchObject({ restsOn: ['import:i'], toldBy: [] });
  });
});
