import { describe, expect, it } from 'vitest';
import type { UsageSums } from '../../../src/evidence/lift.js';
import { type AuditFacts, audit, type FindingKind } from '../../../src/learning/audit.js';
import { duplicatesAmong } from '../../../src/learning/duplicates.js';
import { featureKey } from '../../../src/learning/feature.js';
import { type Learning, learningId, NO_CONTROL } from '../../../src/learning/learning.js';
import { madeLearning } from './made-learning.js';

const action = (type: string) => featureKey({ kind: 'action', type });
/** A learning on its own action of a category. */
const on = (type: string, given: Partial<Learning> = {}): Learning => {
  const { category = 'bug_fix' } = given;
  return madeLearning({
    pattern: { kind: 'action', group: category, action: action(type) },
    title: `In ${category} tasks, use \`${type}\``,
    text: `${category} ${type}`,
    ...given,
  });
};
const quiet: AuditFacts = { usage: new Map(), newest: null, longAgo: null };
const kinds = (all: Learning[], facts: Partial<AuditFacts> = {}): [string, FindingKind][] =>
  audit(all, { ...quiet, ...facts }).findings.map(({ learningId: id, kind }) => [id, kind]);

describe('duplicates', () => {
  it('are those of the same pattern, or of one that nearly the same runs show', () => {
    const kept = on('edit', { weight: 0.9, aliases: [action('open')] });
    const alias = on('open', { weight: 0.5 });
    const imported = on('edit', { id: '00000000000000aa', origin: 'imported', weight: 0.3 });
    const report = audit([alias, imported, kept, on('search')], quiet);
    expect(report.findings.map(({ kind, learningId: id, others }) => ({ kind, id, others }))).toEqual([
      { kind: 'duplicate', id: alias.id, others: [kept.id] },
      { kind: 'duplicate', id: imported.id, others: [kept.id] },
    ]);
    expect(report).toMatchObject({ inUse: 4, duplicateShare: 0.5, counts: { duplicate: 2 } });
    expect(report.findings[0]).toMatchObject({
      reason: `says the same as ${kept.id}, "In bug_fix tasks, use \`edit\`"`,
      advice: expect.stringContaining('disable this one'),
    });
  });

  it('are those in nearly the same words; of two, the pinned one stays', () => {
    const one = on('run-tests', { weight: 0.9 });
    const other = on('run_tests', { weight: 0.2, control: { ...NO_CONTROL, pinned: true } });
    expect([...duplicatesAmong([one, other])]).toEqual([[one.id, other]]);
    const added = (title: string): Learning =>
      madeLearning({ ...{ id: learningId('BEST_PRACTICE', 'prefer', null, title), title }, origin: 'added' });
    const lint = added('Run the linter before the tests of the shop are run');
    const lints = added('Run the linters before the tests of the shop are run');
    expect(duplicatesAmong([lint, lints]).size).toBe(1);
    expect(duplicatesAmong([lint, added('Run the tests of the shop before the linter is run')]).size).toBe(0);
  });

  it.each<[string, Partial<Learning>]>([
    ['another category', { category: 'database' }],
    ['another error', { signature: 'Error: no' }],
    ['the opposite', { verb: 'avoid' }],
    ['another kind of lesson', { type: 'BEST_PRACTICE' }],
  ])('are not those about %s', (_what, given) => {
    const other = on('edit', { id: '00000000000000aa', ...given });
    expect(duplicatesAmong([on('edit'), other]).size).toBe(0);
  });

  it('are not two orders of the same actions', () => {
    const order = (first: string, second: string): Learning => {
      const steps = [{ type: first }, { type: second }];
      const key = featureKey({ kind: 'sequence', steps, gapped: false });
      const title = `In bug fix tasks, go from \`${first}\` straight to \`${second}\``;
      return madeLearning({ pattern: { kind: 'action', group: 'bug_fix', action: key }, title });
    };
    expect(duplicatesAmong([order('edit', 'test'), order('test', 'edit')]).size).toBe(0);
  });

  it('are found among thousands in a moment, each as by comparing all', () => {
    const names = ['edit', 'test', 'open', 'search', 'lint', 'build', 'find', 'scroll', 'ask', 'end'];
    const all = Array.from({ length: 4_000 }, (_, index) => {
      const digits = String(index).padStart(4, '0').split('');
      const title = `use ${digits.map((digit) => names[Number(digit)]).join(' then ')}`;
      return madeLearning({ id: index.toString(16).padStart(16, '0'), title, origin: 'added' });
    });
    const copies = [7, 70, 700].map((index) =>
      madeLearning({ ...all[index], id: `f${index.toString(16).padStart(15, '0')}`, weight: 0.1 }),
    );
    const began = performance.now();
    const found = duplicatesAmong([...all, ...copies]);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(new Set([...found.keys()].filter((id) => id.startsWith('f')))).toEqual(
      new Set(copies.map(({ id }) => id)),
    );
  });

  it('leave out what is not in use', () => {
    const twin = (given: Partial<Learning>) => on('edit', { id: '00000000000000aa', ...given });
    for (const given of [
      { state: 'retired' as const },
      { supersededBy: '00000000000000bb' },
      { control: { ...NO_CONTROL, disabled: true } },
    ])
      expect(audit([on('edit'), twin(given)], quiet)).toMatchObject({ inUse: 1, findings: [] });
  });
});

describe('contradicted', () => {
  it('is what does harm where it is shown, with the figures', () => {
    const usage = new Map([
      [
        on('edit').id,
        {
          shownSuccesses: 100,
          shownFailures: 900,
          withheldSuccesses: 900,
          withheldFailures: 100,
          applied: 5,
        },
      ],
    ]);
    const [found] = audit([on('edit')], { ...quiet, usage }).findings;
    expect(found).toMatchObject({
      kind: 'contradicted',
      reason: 'tasks shown it succeeded in 10% of 1000, those it was withheld from in 90% of 1000',
      advice: 'disable it: showing it does harm',
    });
  });

  it('is what the observations speak against by now, as pins may keep it', () => {
    const against = { effect: -0.3, interval: [-0.5, -0.1] as const };
    expect(kinds([on('edit', against)])).toEqual([[on('edit').id, 'contradicted']]);
    expect(kinds([on('edit', { ...against, verb: 'avoid' })])).toEqual([]);
  });

  it('is what another one says the opposite of', () => {
    const prefer = on('edit');
    const avoid = on('edit', {
      verb: 'avoid',
      type: 'FAILURE_PATTERN',
      effect: -0.3,
      interval: [-0.5, -0.1],
    });
    expect(kinds([prefer, avoid])).toEqual([
      [prefer.id, 'contradicted'],
      [avoid.id, 'contradicted'],
    ]);
    expect(kinds([prefer, on('edit', { verb: 'avoid', category: 'database', interval: null })])).toEqual([]);
  });
});

describe('too vague', () => {
  it('is what nearly every run shows', () => {
    const counts = { n: 98, successes: 50, withoutN: 2, withoutSuccesses: 0 };
    const [found] = audit([on('respond', { counts })], quiet).findings;
    expect(found).toMatchObject({ kind: 'too vague', reason: expect.stringMatching(/^98 of 100 runs/) });
    expect(kinds([on('respond', { counts: { ...counts, withoutN: 20 } })])).toEqual([]);
  });

  it('is what says neither when nor what', () => {
    const added = { origin: 'added', effect: null, interval: null } as const;
    expect(kinds([madeLearning({ ...added, advice: 'Beware' })])).toMatchObject([
      [expect.anything(), 'too vague'],
    ]);
    const empty = madeLearning({ ...added, category: 'shop', title: 'Shop', condition: 'shop' });
    expect(audit([empty], quiet).findings).toMatchObject([{ reason: 'it does not say when' }]);
    const good = madeLearning({ ...added, title: 'Lock first', condition: 'A schema is migrated' });
    expect(kinds([good])).toEqual([]);
  });
});

describe('stale and never used', () => {
  const day = (date: string) => new Date(`${date}T00:00:00Z`);

  it('counts days of the tenant’s own work, not of the calendar', () => {
    const seen = on('edit', { lastSeen: day('2026-01-01') });
    expect(kinds([seen], { newest: day('2026-03-31') })).toEqual([]);
    expect(kinds([seen], { newest: day('2026-04-01') })).toEqual([[seen.id, 'stale']]);
    expect(
      audit([seen], { ...quiet, newest: day('2026-01-11') }, { staleDays: 10, unusedAfter: 1 }),
    ).toMatchObject({ findings: [{ reason: 'last seen 10 days before the newest task' }] });
  });

  it('is never used what nobody was offered for long', () => {
    const seen = on('edit', { firstSeen: day('2026-01-01') });
    expect(kinds([seen], { longAgo: day('2026-01-02') })).toEqual([[seen.id, 'never used']]);
    expect(kinds([seen], { longAgo: day('2025-12-31') })).toEqual([]);
    const usage = new Map([[seen.id, { shown: 1 }]]);
    expect(kinds([seen], { longAgo: day('2026-01-02'), usage })).toEqual([]);
  });

  it('is never used what many were shown and nobody used, if agents say what they use', () => {
    const [vain, of] = [on('edit'), on('open')];
    const shown = new Map([[vain.id, { shown: 30 }]]);
    expect(kinds([vain, of], { usage: shown })).toEqual([]);
    const told = new Map<string, UsageSums>([...shown, [of.id, { shown: 30, applied: 1 }]]);
    expect(kinds([vain, of], { usage: told })).toEqual([[vain.id, 'never used']]);
    expect(
      kinds([vain, of], { usage: new Map<string, UsageSums>([...told, [vain.id, { shown: 29 }]]) }),
    ).toEqual([]);
  });
});
