import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureKey, parseFeature } from '../../../src/learning/feature.js';
import { recoveriesOf } from '../../../src/learning/recoveries.js';
import { attempt, failing, type Step, step } from './execution-records.js';

const E = 'AssertionError: 3 !== 4';
const signature = 'AssertionError: <n> !== <n>';
const bash = (command: string, error?: string): Step => {
  const input = { command };
  return error === undefined ? step('Bash', input) : failing('Bash', error, input);
};
/** What was tried, and whether it worked. */
const tried = (steps: readonly Step[], success: boolean | null = true, of = signature) =>
  Object.fromEntries(
    recoveriesOf(attempt(steps), success)
      .recoveries.filter((recovery) => recovery.signature === of)
      .map(({ action, worked }) => [action, worked]),
  );
const key = (type: string, input?: Record<string, string>) =>
  featureKey({ kind: 'action', type, ...(input === undefined ? {} : { input }) });
const run = (command: string) => featureKey({ kind: 'action', type: 'Bash', command });
const again = (type: string, changed: boolean, command?: string) =>
  featureKey({ kind: 'retry', changed, step: { type, ...(command === undefined ? {} : { command }) } });

describe('recoveries', () => {
  it('by an operator are told from those that left the error standing', () => {
    const mutate = (operator: string, error?: string): Step => [
      { type: 'mutate', input: { operator, at: { file: 'a.js', line: 12 } } },
      error === undefined ? { success: true } : { success: false, error },
    ];
    const steps = [
      failing('run-tests', E),
      mutate('drop', E),
      mutate('swap', E),
      mutate('drop', E),
      mutate('swap'),
    ];
    const { errors, recoveries } = recoveriesOf(attempt(steps));
    expect(errors).toEqual([signature]);
    expect(recoveries).toEqual([
      {
        signature,
        action: key('mutate', { operator: 'drop' }),
        features: [key('mutate', { operator: 'drop' }), key('mutate')],
        worked: false,
        tries: 2,
      },
      {
        signature,
        action: key('mutate', { operator: 'swap' }),
        features: [key('mutate', { operator: 'swap' }), key('mutate')],
        worked: true,
        tries: 2,
      },
    ]);
  });

  it('work when what had failed works again, not when the next action does', () => {
    const steps = [
      bash('npm test', E),
      bash('ls'),
      bash('sed -i s/a/b/ x.js'),
      bash('npm test', E),
      bash('npm install'),
      bash('npm test'),
    ];
    expect(tried(steps)).toEqual({ [run('ls')]: false, [run('sed')]: false, [run('npm install')]: true });
  });

  it('are not made by running the check again', () => {
    expect(tried([step('read'), failing('test', E), step('edit'), failing('test', E)])).toEqual({
      [key('edit')]: false,
    });
  });

  it('may be the same again, right after the error, or the same with another input', () => {
    expect(tried([bash('npm install', E), bash('npm install')])).toEqual({
      [again('Bash', false, 'npm install')]: true,
    });
    expect(tried([bash('npm install', E), bash('npm install --force')])).toEqual({
      [again('Bash', true, 'npm install')]: true,
    });
    expect(tried([failing('edit', E, 'x'), failing('edit', E, 'y'), step('edit', 'z')])).toEqual({
      [again('edit', true)]: true,
    });
  });

  it('are not told by the type of what had failed, only by what was new in them', () => {
    const decode = (encoding: string, error?: string): Step => {
      const input = { encoding, at: 4 };
      return error === undefined ? step('decode', input) : failing('decode', error, input);
    };
    const { recoveries } = recoveriesOf(
      attempt([
        decode('utf-8', E),
        bash('ls'),
        decode('cp1252'),
        bash('npm test', 'F x'),
        bash('make'),
        bash('./'),
      ]),
    );
    expect(recoveries.map(({ features }) => features)).toEqual([
      [run('ls'), key('Bash')],
      [again('decode', true), key('decode', { encoding: 'cp1252' })],
      [run('make')],
      [],
    ]);
  });

  it('that were never checked count only where the attempt did not fail', () => {
    const steps = [bash('npm test', E), bash('cat x.js')];
    expect(tried(steps, true)).toEqual({ [run('cat')]: true });
    expect(tried(steps, null)).toEqual({ [run('cat')]: true });
    expect(tried(steps, false)).toEqual({ [run('cat')]: false });
  });

  it('also count when another error comes in place of the first, unless that one comes back', () => {
    const steps = [failing('test', E), step('edit'), failing('test', 'TypeError: x'), step('format')];
    expect(tried(steps, false)).toEqual({ [key('edit')]: true });
    expect(tried(steps, false, 'TypeError: x')).toEqual({ [key('format')]: false });
    expect(tried([...steps, failing('test', E)], false)).toEqual({ [key('edit')]: false });
  });

  it('do not count what failed itself', () => {
    expect(tried([failing('test', E), failing('edit', 'Denied'), step('fix'), step('test')])).toEqual({
      [key('edit')]: false,
      [key('fix')]: true,
    });
  });

  it('need an error text and a result', () => {
    expect(recoveriesOf(attempt([failing('a'), step('b'), failing('a', '  '), step('b')]))).toEqual({
      errors: [],
      recoveries: [],
    });
    const cut = attempt([failing('c', 'E'), step('d')]);
    cut.report.results.pop();
    expect(recoveriesOf(cut).recoveries).toEqual([]);
  });

  it('are what was done next, and no more than fits', () => {
    const letters = Array.from({ length: 20 }, (_, at) => step(`do-${String.fromCharCode(97 + at)}`));
    expect(Object.keys(tried([failing('test', E), ...letters]))).toEqual(
      letters.slice(0, 8).map(([{ type }]) => key(type)),
    );
    const errors = Array.from({ length: 400 }, (_, at) =>
      failing(`t${at % 90}`, `Error of ${'abcdefghij'[at % 10]}${'klmnopqrst'[Math.floor(at / 10) % 10]}`),
    );
    expect(recoveriesOf(attempt(errors)).recoveries.length).toBeLessThanOrEqual(200);
  });

  it('of a run in which nothing failed are none; of any run, the same each time', () => {
    const steps = fc.array(
      fc
        .tuple(
          fc.constantFrom('edit', 'test', 'Bash'),
          fc.constantFrom('', 'npm test', 'ls'),
          fc.constantFrom(null, 'E', 'F x'),
        )
        .map(([type, command, error]) =>
          error === null ? step(type, { command }) : failing(type, error, { command }),
        ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(steps, (taken) => {
        const { errors, recoveries } = recoveriesOf(attempt(taken));
        if (taken.every(([, { success }]) => success)) expect(recoveries).toEqual([]);
        for (const recovery of recoveries) {
          expect(errors).toContain(recovery.signature);
          expect(recovery.tries).toBeGreaterThan(0);
          for (const feature of recovery.features)
            expect(['action', 'retry']).toContain(parseFeature(feature).kind);
        }
        expect(recoveriesOf(attempt(taken)).recoveries).toEqual(recoveries);
        // Who failed recovered from no more than who did not.
        const worked = (success: boolean) =>
          recoveriesOf(attempt(taken), success).recoveries.filter((recovery) => recovery.worked).length;
        expect(worked(false)).toBeLessThanOrEqual(worked(true));
      }),
    );
  });
});
