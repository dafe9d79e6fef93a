import { describe, expect, it } from 'vitest';
import { type Feature, featureKey, type Step } from '../../../src/learning/feature.js';
import type { PaceVerdict } from '../../../src/learning/inference/pace.js';
import type { Verdict } from '../../../src/learning/inference/verdict.js';
import {
  actionWording,
  paceWording,
  planWording,
  practiceWording,
  recoveryWording,
} from '../../../src/learning/wording.js';

const verdict = (given: Partial<Verdict> = {}): Verdict => ({
  feature: '',
  aliases: [],
  counts: { n: 20, successes: 18, withoutN: 22, withoutSuccesses: 9 },
  tasks: 12,
  effect: 0.38,
  interval: [0.17, 0.59],
  verb: 'prefer',
  state: 'asserted',
  confidence: 'HIGH',
  pValue: 0.001,
  compared: 'trials',
  ...given,
});
const candidate = { state: 'candidate', confidence: 'LOW', pValue: 0.4 } as const;
const edit: Step = { type: 'edit' };
const tests: Step = { type: 'Bash', command: 'npm test' };

describe('the title', () => {
  it.each<[Feature, string, string]>([
    [{ kind: 'action', type: 'edit' }, 'use `edit`', 'avoid using `edit`'],
    [{ kind: 'action', type: 'Bash', command: 'npm test' }, 'run `npm test`', 'avoid running `npm test`'],
    [
      { kind: 'action', type: 'mutate', input: { operator: 'swap', deep: true } },
      'use `mutate` with operator=swap and deep=true',
      'avoid using `mutate` with operator=swap and deep=true',
    ],
    [
      { kind: 'argument', type: 'search', name: 'limit' },
      'give `search` the argument `limit`',
      'avoid giving `search` the argument `limit`',
    ],
    [
      { kind: 'text', type: 'respond', shape: 'question' },
      'ask something in `respond`',
      'avoid asking something in `respond`',
    ],
    [
      { kind: 'sequence', steps: [edit, tests], gapped: false },
      'go from `edit` straight to `npm test`',
      'avoid going from `edit` straight to `npm test`',
    ],
    [
      { kind: 'sequence', steps: [edit, tests], gapped: true },
      'use `edit` before `npm test`',
      'avoid using `npm test` after `edit`',
    ],
    [
      { kind: 'sequence', steps: [edit, edit], gapped: false },
      'use `edit` twice in a row',
      'avoid using `edit` twice in a row',
    ],
    [
      { kind: 'sequence', steps: [edit, tests, edit], gapped: false },
      'use `edit`, `npm test` and `edit` in a row',
      'avoid using `edit`, `npm test` and `edit` in a row',
    ],
    [
      { kind: 'sequence', steps: [edit, edit, edit], gapped: false },
      'use `edit` three times in a row',
      'avoid using `edit` three times in a row',
    ],
    [{ kind: 'edge', at: 'first', step: tests }, 'begin with `npm test`', 'avoid beginning with `npm test`'],
    [{ kind: 'edge', at: 'last', step: edit }, 'end with `edit`', 'avoid ending with `edit`'],
    [
      { kind: 'repeat', step: edit, failed: true },
      'repeat `edit` unchanged after it failed',
      'avoid repeating `edit` unchanged after it failed',
    ],
    [
      { kind: 'repeat', step: edit, failed: false },
      'repeat `edit` with the same input',
      'avoid repeating `edit` with the same input',
    ],
    [
      { kind: 'error', signature: 'TypeError: <text> is no <text>' },
      '"TypeError: … is no …" is a good sign',
      '"TypeError: … is no …" is a bad sign',
    ],
    [{ kind: 'failure', step: edit }, 'a failing `edit` is a good sign', 'a failing `edit` is a bad sign'],
  ])('of %j says what to do, or to avoid', (feature, todo, avoided) => {
    expect(actionWording('bug_fix', feature, verdict()).title).toBe(`In bug fix tasks, ${todo}`);
    const worse = verdict({ verb: 'avoid', effect: -0.3, interval: [-0.5, -0.1] });
    expect(actionWording('bug_fix', feature, worse).title).toBe(`In bug fix tasks, ${avoided}`);
  });

  it('of a condition names the context', () => {
    const feature: Feature = { kind: 'condition', key: 'repo', value: 'acme/shop', step: edit };
    expect(actionWording('bug_fix', feature, verdict())).toMatchObject({
      title: 'In bug fix tasks with repo=acme/shop, use `edit`',
      condition: 'The task is of category bug_fix, and its context says repo=acme/shop',
      text: 'bug_fix edit acme shop',
    });
  });

  it('is readable where there is no category', () => {
    expect(actionWording('unknown', { kind: 'action', type: 'edit' }, verdict())).toMatchObject({
      title: 'In tasks without a category, use `edit`',
      condition: 'The task has no known category',
    });
  });
});

describe('the advice', () => {
  const feature: Feature = { kind: 'action', type: 'edit' };

  it('gives what was seen, what was compared, and how sure it is', () => {
    expect(actionWording('bug_fix', feature, verdict()).advice).toBe(
      'Use `edit`: it goes with success. 18 of 20 runs with it succeeded, 9 of 22 without it. ' +
        'In 12 tasks tried both ways the difference is +38 points (95%: +17 to +59). Luck alone hardly gives that.',
    );
  });

  it('says where only tasks were compared, and what that leaves open', () => {
    const { advice } = actionWording('bug_fix', feature, verdict({ compared: 'tasks', tasks: 40 }));
    expect(advice).toContain('Over 40 tasks, each compared with others, the difference is +38 points');
    expect(advice).toContain('other differences between the tasks might.');
  });

  it.each<[Partial<Verdict>, string]>([
    [{}, 'it may help to use `edit`'],
    [{ verb: 'avoid', effect: -0.2, interval: [-0.5, 0.1] }, 'using `edit` may do harm'],
    [{ verb: 'avoid', effect: 0, interval: [-0.2, 0.2] }, 'using `edit` may make no difference'],
  ])('of a candidate claims nothing: %j', (given, says) => {
    const worded = actionWording('bug_fix', feature, verdict({ ...candidate, ...given }));
    expect(worded.title).toBe(`In bug fix tasks, ${says}`);
    expect(worded.advice.toLowerCase()).toContain(`${says}. 18 of 20`.toLowerCase());
    expect(worded.advice).toContain('Not proven: this can still be luck.');
    expect(worded.advice).not.toMatch(/goes with/);
  });

  it('says when the difference cannot be told', () => {
    const { advice } = actionWording('x', feature, verdict({ ...candidate, tasks: 1, interval: [-1, 1] }));
    expect(advice).toContain('In 1 task tried both ways the difference cannot be told yet.');
  });

  it('names what nearly the same runs show, but not what goes without saying', () => {
    const aliases: Feature[] = [
      { kind: 'argument', type: 'edit', name: 'file' },
      { kind: 'edge', at: 'first', step: { type: 'search' } },
      { kind: 'error', signature: 'Error: no' },
      { kind: 'action', type: 'open' },
    ];
    const { advice } = actionWording('x', feature, verdict({ aliases: aliases.map(featureKey) }));
    expect(advice).toMatch(/Nearly the same runs show beginning with `search` and "Error: no" and 1 more\.$/);
  });

  it('takes what happens to a run for a sign, not for something to do', () => {
    const sign: Feature = { kind: 'failure', step: edit };
    const worse = verdict({ verb: 'avoid', effect: -0.3, interval: [-0.5, -0.1] });
    expect(actionWording('x', sign, worse).advice).toMatch(/^Take it for a reason to change the approach\./);
    expect(actionWording('x', sign, verdict()).advice).toMatch(/^Those who met it were on a way that works/);
  });
});

describe('recoveries, plans, pace and practice', () => {
  const counts = { n: 3, successes: 3, withoutN: 0, withoutSuccesses: 0 };

  it('a recovery says what ends the error, and what does not', () => {
    const retry: Feature = { kind: 'retry', step: edit, changed: true };
    expect(recoveryWording('Error: <n> of <n>', retry, verdict())).toEqual({
      title: 'After "Error: … of …", try `edit` again with another input',
      condition: 'An action failed with "Error: … of …"',
      advice:
        'Try `edit` again with another input first: it ended the error in 18 of 20 tries, everything else in 9 of 22. ' +
        'In 12 tasks tried both ways the difference is +38 points (95%: +17 to +59). Luck alone hardly gives that.',
      text: 'Error of edit',
    });
    const alone = recoveryWording('E', { kind: 'action', type: 'x' }, verdict({ ...candidate, counts }));
    expect(alone.title).toBe('After "E", it may help to use `x`');
    expect(alone.advice).toContain('it ended the error in 3 of 3 tries; nothing else was tried.');
    const worse = verdict({ verb: 'avoid' });
    expect(recoveryWording('E', { kind: 'action', type: 'x' }, worse)).toMatchObject({
      title: 'After "E", do not count on using `x`',
      advice: expect.stringMatching(/^Do something else than using `x`: it ended/),
    });
  });

  it('a plan is compared with other plans', () => {
    const worded = planWording('database', { kind: 'plan', plan: 'single(code)' }, verdict());
    expect(worded.title).toBe('For database tasks, run `single(code)`');
    expect(worded.advice).toContain('18 of 20 runs with it succeeded, 9 of 22 with other plans.');
  });

  it.each([
    ['iterations', 'fewer iterations', 'iterations'],
    ['durationMs', 'less time', 'time'],
    ['cost', 'less money', 'money'],
  ] as const)('pace by %s says what is saved', (measure, gain, unit) => {
    const pace: PaceVerdict = { ...verdict(), measure, ratio: 0.6, interval: [0.45, 0.8], effect: -0.4 };
    const worded = paceWording('database', { kind: 'plan', plan: 'single(code)' }, pace);
    expect(worded.title).toBe(`For database tasks, run \`single(code)\`: ${gain}`);
    expect(worded.advice).toContain(
      `successes took 60% of the ${unit} that others took (95%: 45% to 80%). Luck alone`,
    );
    const unsure = paceWording('database', { kind: 'plan', plan: 'p' }, { ...pace, ...candidate });
    expect(unsure.title).toBe(`For database tasks, running \`p\` may take ${gain}`);
  });

  it('a best practice names its categories', () => {
    const worded = practiceWording({ kind: 'action', type: 'lint' }, ['a', 'b', 'c'], verdict());
    expect(worded).toMatchObject({
      title: 'Best practice: use `lint`',
      condition: 'The task is like those of a, b and c',
    });
    expect(worded.advice).toMatch(/^Use `lint`: it goes with success in each of 3 categories\./);
  });
});
