import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSince } from '../../src/cli/strategy-what-if.js';
import { whatIfText } from '../../src/cli/what-if-table.js';
import { type Interaction, interactions } from '../../src/learning/interactions.js';
import { loggedChoices } from '../../src/recording/logged-choices.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { setUpStore } from '../../src/setup.js';
import type { LoggedChoice } from '../../src/strategy/what-if/logged-choice.js';
import { always, greedy } from '../../src/strategy/what-if/policy.js';
import type { WhatIfReport } from '../../src/strategy/what-if/what-if.js';
import { whatIf } from '../../src/strategy/what-if/what-if.js';
import { attempt, executionRecord, step } from '../unit/learning/execution-records.js';
import { adaptiveLog, choiceOf, planOf } from '../unit/strategy/what-if/made-log.js';
import { ownPlace } from './own-place.js';
import { journeymanHere, type ProgramEnd } from './run-program.js';

const { name, folder, store, env } = await ownPlace('what-if');
const FIRST_END = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const TASKS = 400;
const { choices } = adaptiveLog('command', TASKS, 0.4);

/** The interaction that a choice would be logged as; one ends an hour. */
function interactionOf(choice: LoggedChoice, index: number, tenant = name): Interaction {
  const endedAt = FIRST_END + index * HOUR_MS;
  const record = executionRecord({
    tenant,
    id: `t${index}`,
    category: choice.category,
    success: choice.success,
    plan: choice.plan,
    endedAt,
    attempts: [{ ...attempt([step('think')]), report: { ...attempt([]).report, cost: choice.cost ?? 0 } }],
  });
  if (record.choice === null) throw new Error('a record without a choice');
  return {
    ...record,
    _id: record.executionId,
    startedAt: endedAt - 90_000,
    steps: { ...record.steps, approval: 60_000 },
    choice: {
      ...record.choice,
      propensity: choice.propensity,
      candidates: choice.candidates.map(({ plan, cost, ...rest }) => ({
        key: plan,
        executions: 0,
        ...rest,
        ...(cost === null ? {} : { cost }),
      })),
    },
    recordedAt: new Date(endedAt),
    generations: [],
    parts: ['learning', 'performance', 'strategy'],
  };
}

beforeAll(async () => {
  await setUpStore(store);
  await interactions(store).insertMany([
    ...choices.map((choice, index) => interactionOf(choice, index)),
    ...Array.from({ length: 50 }, (_, index) => interactionOf(choiceOf([0.5, 0.5]), index, `${name}-other`)),
  ]);
});

const run = (...args: string[]): Promise<ProgramEnd> => journeymanHere(['strategy', 'what-if', ...args], env);
type Answer = WhatIfReport & { since: string | null; category: string | null };
const asked = async (...args: string[]): Promise<Answer> => {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Answer;
};

describe('strategy what-if', () => {
  it('answers from the tenant’s log, with stable keys', async () => {
    const report = await asked('--policy', 'greedy', '--policy', `always ${planOf(1)}`);
    expect(Object.keys(report)).toEqual(
      'since category logged drawn unknown happened policies plans'.split(' '),
    );
    expect(report).toMatchObject({ logged: TASKS, drawn: TASKS, unknown: 0, since: null, category: null });
    expect(report.happened.seconds).toEqual({ tasks: TASKS, mean: 30 });
    const [first, second] = report.policies;
    expect(Object.keys(first ?? {})).toEqual('policy notOffered success score cost seconds'.split(' '));
    expect(Object.keys(first?.success ?? {})).toEqual(
      'tasks effectiveSample answerable tasksNeeded happened doublyRobust selfNormalised difference'.split(
        ' ',
      ),
    );
    expect(second?.policy).toBe(`always ${planOf(1)}`);
    expect(second?.success.answerable).toBe(true);
    const direct = await whatIf([greedy, always(planOf(1))], choices);
    expect(first?.success).toEqual(direct.policies[0]?.success);
    expect(second?.cost).toEqual(direct.policies[1]?.cost);
  });

  it('narrows to a category and a time', async () => {
    const inCategory = await asked('--policy', 'uniform', '--category', 'category-1');
    expect(inCategory.category).toBe('category-1');
    expect(inCategory.logged).toBe(choices.filter(({ category }) => category === 'category-1').length);
    const since = new Date(FIRST_END + 300 * HOUR_MS).toISOString();
    const late = await asked('--policy', 'uniform', '--since', since);
    expect(late).toMatchObject({ since, logged: TASKS - 300 });
  });

  it('goes by what later words made of an outcome, and by nobody else’s tasks', async () => {
    const tenant = `${name}-other`;
    const before = await asked('--policy', `always ${planOf(0)}`, '--tenant', tenant);
    expect(before).toMatchObject({ logged: 50, happened: { success: { mean: 1 } } });
    await addOutcome(store, {
      tenant,
      executionId: `${tenant}/t0/run`,
      outcome: { success: false, source: 'human', score: 0.25 },
      by: 'ada',
    });
    const after = await asked('--policy', `always ${planOf(0)}`, '--tenant', tenant);
    expect(after.happened.success.mean).toBeCloseTo(0.98);
    expect(after.happened.score).toEqual({ tasks: 1, mean: 0.25 });
    const read: LoggedChoice[] = [];
    for await (const choice of loggedChoices(store, tenant)) read.push(choice);
    expect(read[0]).toEqual({ ...choiceOf([0.5, 0.5]), success: false, score: 0.25, cost: 0, seconds: 30 });
  });

  it('compares policies in a table, and says why it cannot answer', async () => {
    await writeFile(path.join(folder, 'routes.json'), `{"category-0":"${planOf(0)}","*":"single(nobody)"}`);
    const { code, stdout } = await run(
      ...['--policy', 'cheapest', '--policy', `by-category ${path.join(folder, 'routes.json')}`],
      ...['--policy', 'always single(nobody)'],
    );
    const text = stripVTControlCharacters(stdout);
    expect(code).toBe(0);
    expect(text).toMatch(/^policy +success +95% interval/);
    expect(text).toMatch(/\nwhat happened +\d+%/);
    expect(text).toMatch(/\ncheapest +\d+% +\d+% to \d+% /);
    expect(text).toMatch(/routes.json: \d+% of what it wants was not on offer and is left out\./);
    expect(text).toMatch(/always single\(nobody\): not answerable: no task with a known outcome was offered/);
    expect(text).toContain(`offered were ${planOf(0)}, ${planOf(1)}, ${planOf(2)}.`);
    expect(text).toMatch(/From 400 choices drawn by chance of 400 logged/);
  });

  it('says so where nothing was logged', async () => {
    const { code, stdout } = await run('--policy', 'greedy', '--tenant', `${name}-nobody`);
    expect([code, stripVTControlCharacters(stdout)]).toEqual([0, 'No task was logged yet.\n']);
  });

  it.each([
    [[], "required option '--policy <policy>' not specified"],
    [['--policy', 'best'], 'policy: "best" is not allowed; expected one of "always <plan>"'],
    [
      ['--policy', 'by-category none.json'],
      'policy by-category: "none.json" is not allowed; expected a readable file',
    ],
    [['--policy', 'greedy', '--since', 'soon'], 'Allowed is a date'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stripVTControlCharacters(stderr)).toContain(message);
  });

  it('explains itself with an example of each policy', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const policy of ['always', 'greedy', 'cheapest', 'within', 'uniform', 'by-category'])
      expect(stdout).toContain(`\n  ${policy}`);
    expect(stdout).toMatch(/Examples:\n.*journeyman strategy what-if/);
    for (const option of ['--since', '--category', '--tenant', '--json']) expect(stdout).toContain(option);
  });
});

describe('the table', () => {
  it.each([80, 140])('fits into %d columns', async (width) => {
    const report = await whatIf(
      [greedy, always(planOf(2)), always('single(an-agent-with-a-name-that-takes-much-room)')],
      choices,
    );
    const lines = stripVTControlCharacters(whatIfText(report, width)).split('\n');
    const table = lines.slice(0, lines.indexOf(''));
    expect(table).toHaveLength(5);
    for (const line of table) expect(line.length).toBeLessThanOrEqual(width);
    expect(table[0]?.includes('by weight alone')).toBe(width === 140);
  });
});

describe('since', () => {
  it('is a date, a time or an age', () => {
    expect(parseSince('2026-01-31')).toEqual(new Date('2026-01-31'));
    expect(parseSince('2026-01-31T08:00Z')).toEqual(new Date('2026-01-31T08:00Z'));
    expect(Math.abs(Date.now() - 48 * HOUR_MS - parseSince('2d').getTime())).toBeLessThan(5_000);
    expect(() => parseSince('2026-13-31')).toThrow('Allowed is a date');
    expect(() => parseSince('')).toThrow('Allowed is a date');
  });
});
