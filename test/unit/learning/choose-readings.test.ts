import { describe, expect, it } from 'vitest';
import { chooseReadings } from '../../../src/learning/choose-readings.js';
import { featureKey } from '../../../src/learning/feature.js';
import type { Observation } from '../../../src/learning/inference/observation.js';
import type { Verdict } from '../../../src/learning/inference/verdict.js';
import type { Learning } from '../../../src/learning/learning.js';
import { learningId } from '../../../src/learning/learning.js';
import { type Reading, readingsOf } from '../../../src/learning/readings.js';
import { madeLearning } from './made-learning.js';

const key = (type: string, input?: Record<string, string>) =>
  featureKey({ kind: 'action', type, ...(input === undefined ? {} : { input }) });

function reading(type: string, given: Partial<Verdict> = {}): Reading {
  const verdict: Verdict = {
    feature: key(type),
    aliases: [],
    counts: { n: 10, successes: 7, withoutN: 10, withoutSuccesses: 5 },
    tasks: 10,
    effect: 0.2,
    interval: [-0.1, 0.5],
    verb: 'prefer',
    state: 'candidate',
    confidence: 'LOW',
    pValue: 0.4,
    compared: 'trials',
    ...given,
  };
  const id = learningId('SUCCESS_PATTERN', verdict.verb, 'bug_fix', verdict.feature);
  return { id, type: 'SUCCESS_PATTERN', feature: { kind: 'action', type }, verdict, level: 0.01 };
}

const storedAs = (one: Reading, given: Partial<Learning>): [string, Learning] => [
  one.id,
  madeLearning({ id: one.id, ...given }),
];
const namesOf = (chosen: ReturnType<typeof chooseReadings>) =>
  chosen.map(({ reading: { feature }, state }) => `${'type' in feature ? feature.type : ''} ${state}`);

describe('what is asserted', () => {
  it('stays asserted as long as its interval is on its side, and no longer', () => {
    const leaning = reading('check', { interval: [0.05, 0.6], pValue: 0.3 });
    const before = new Map([storedAs(leaning, { state: 'asserted' })]);
    expect(namesOf(chooseReadings([leaning], before))).toEqual(['check asserted']);
    expect(namesOf(chooseReadings([leaning], new Map()))).toEqual(['check candidate']);
    expect(namesOf(chooseReadings([reading('check')], before))).toEqual(['check candidate']);
  });

  it('falls in confidence only when it would even if it were surer', () => {
    const sure = reading('check', { state: 'asserted', confidence: 'MEDIUM', pValue: 0.003, tasks: 12 });
    const before = new Map([storedAs(sure, { confidence: 'HIGH' })]);
    expect(chooseReadings([sure], before)[0]?.confidence).toBe('HIGH');
    expect(chooseReadings([sure], new Map())[0]?.confidence).toBe('MEDIUM');
    const less = { ...sure, verdict: { ...sure.verdict, tasks: 5 } };
    expect(chooseReadings([less], before)[0]?.confidence).toBe('MEDIUM');
  });
});

describe('candidates', () => {
  it('are the best few of what may help; what may harm is none', () => {
    const some = ['a', 'b', 'c', 'd', 'e', 'f'].map((type, index) =>
      reading(type, { pValue: 0.1 * (index + 1) }),
    );
    const worse = reading('worse', { verb: 'avoid', effect: -0.2, interval: [-0.5, 0.1], pValue: 0.01 });
    expect(namesOf(chooseReadings([worse, ...some], new Map()))).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((type) => `${type} candidate`),
    );
  });

  it('differ markedly from the rest, or did when they became known', () => {
    const slight = reading('slight', { effect: 0.06, interval: [-0.1, 0.22] });
    const marked = reading('marked', { effect: 0.3, interval: [-0.4, 1] });
    expect(namesOf(chooseReadings([slight, marked], new Map()))).toEqual(['marked candidate']);
    const known = new Map([storedAs(slight, { state: 'candidate' })]);
    expect(namesOf(chooseReadings([slight], known))).toEqual(['slight candidate']);
    expect(chooseReadings([reading('none', { effect: 0 })], new Map())).toEqual([]);
  });

  it('that are known keep their place until many are better', () => {
    const some = Array.from({ length: 20 }, (_, index) => reading(`a${index}`, { pValue: index / 20 }));
    const known = (at: number) => new Map([storedAs(some[at] as Reading, { state: 'candidate' })]);
    expect(namesOf(chooseReadings(some, known(9)))).toContain('a9 candidate');
    expect(namesOf(chooseReadings(some, known(15)))).not.toContain('a15 candidate');
  });
});

describe('a special case of what is asserted', () => {
  const general = reading('check', { state: 'asserted', effect: 0.3, interval: [0.1, 0.5], pValue: 0.001 });
  const special = (effect: number): Reading => ({
    ...reading('check', { feature: key('check', { how: 'twice' }), effect }),
    feature: { kind: 'action', type: 'check', input: { how: 'twice' } },
    id: 'special',
  });

  it('is no candidate, unless it is markedly better', () => {
    expect(namesOf(chooseReadings([general, special(0.35)], new Map()))).toEqual(['check asserted']);
    expect(namesOf(chooseReadings([general, special(0.45)], new Map()))).toEqual([
      'check asserted',
      'check candidate',
    ]);
  });
});

let made = 0;
function run(task: string, success: boolean, features: string[]): Observation {
  made += 1;
  return {
    id: `run-${made}`,
    task,
    agent: 'coder',
    features: features.toSorted(),
    success,
    length: 1,
    iterations: 1,
    durationMs: 1_000,
    cost: null,
    at: made,
  };
}
const group = (kind: 'action' | 'recovery', rows: readonly Observation[]) => ({
  kind,
  group: 'bug_fix',
  rows,
  levels: { success: 0.05, pace: 0.01 },
  seen: rows.length,
});

describe('readings', () => {
  it('say of one finding only what to do', () => {
    const rows = Array.from({ length: 40 }, (_, task) => [
      run(`t${task}`, true, [key('mutate'), key('mutate', { operator: 'swap' })]),
      run(`t${task}`, false, [key('mutate'), key('mutate', { operator: 'drop' })]),
    ]).flat();
    const asserted = readingsOf(group('recovery', rows), new Set()).filter(
      ({ verdict }) => verdict.state === 'asserted',
    );
    expect(asserted.map(({ verdict }) => [verdict.verb, verdict.feature])).toEqual([
      ['prefer', key('mutate', { operator: 'swap' })],
    ]);
  });

  it('stand for features of the same runs by the one that says most, or that was chosen before', () => {
    const rows = Array.from({ length: 40 }, (_, task) => [
      run(`t${task}`, true, [key('bash'), key('bash', { command: 'make' })]),
      run(`t${task}`, false, [key('look')]),
    ]).flat();
    const [first] = readingsOf(group('action', rows), new Set());
    expect(first?.verdict.feature).toBe(key('bash', { command: 'make' }));
    expect(first?.verdict.aliases).toEqual([key('bash')]);
    const kept = learningId('SUCCESS_PATTERN', 'prefer', 'bug_fix', key('bash'));
    const [again] = readingsOf(group('action', rows), new Set([kept]));
    expect(again?.id).toBe(kept);
    expect(again?.verdict.counts).toEqual(first?.verdict.counts);
  });

  it('of an error that whatever was tried ended may all help, and one is chosen; of one that stayed, none', () => {
    const verbs = (success: boolean) => {
      const rows = Array.from({ length: 3 }, (_, task) => [
        run(`t${task}`, success, [key('list')]),
        run(`t${task}`, success, [key('ask')]),
      ]).flat();
      const readings = readingsOf(group('recovery', rows), new Set());
      return [readings.map(({ verdict: { verb } }) => verb), namesOf(chooseReadings(readings, new Map()))];
    };
    expect(verbs(true)).toEqual([['prefer', 'prefer'], ['ask candidate']]);
    expect(verbs(false)).toEqual([['avoid', 'avoid'], []]);
  });

  it('name what is quicker once, by the measure that tells', () => {
    const rows = Array.from({ length: 40 }, (_, task) =>
      [key('careful'), key('hasty')].map((feature, index) => ({
        ...run(`t${task}`, true, [feature]),
        iterations: index === 0 ? 2 + (task % 2) : 8 + (task % 3),
        durationMs: index === 0 ? 2_000 + task : 8_000 + 7 * task,
        cost: index === 0 ? 0.1 : 0.5,
      })),
    ).flat();
    const quicker = readingsOf(group('action', rows), new Set()).filter(
      ({ type }) => type === 'OPTIMIZATION',
    );
    expect(quicker.map(({ verdict }) => [verdict.feature, verdict.state])).toEqual([
      [key('careful'), 'asserted'],
    ]);
    expect(quicker[0]?.verdict).toMatchObject({ measure: 'iterations' });
  });
});
