import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import { events } from '../../src/store/event-log.js';
import { preferencesOf } from '../../src/strategy/stored-preferences.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { ownPlace } from './own-place.js';
import { dayAgo, generate, HOSTILE, ODD_DAY, recordWorld, SLOWER } from './performance-world.js';
import { journeyman, type ProgramEnd } from './run-program.js';

const DAY = 86_400_000;
const SELECTION = 'AGENT_SELECTION:weak:parsing';
const SPEED = 'EXECUTION_SPEED:coder:parsing';
const ITERATIONS = 'ITERATION_REDUCTION:weak:parsing';
const PARALLEL = 'PARALLEL_EXECUTION:tester:review';

const place = await ownPlace('performance');
const { name, store } = place;
let recorded = 0;

beforeAll(async () => {
  await setUpStore(store);
  recorded = await recordWorld(store, name);
}, 120_000);

const here = (...args: string[]): Promise<ProgramEnd> => place.here('performance', ...args);
const out = async (...args: string[]): Promise<string> => {
  const end = await here(...args);
  expect(end.code, end.stderr).toBe(0);
  return end.stdout;
};
const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await out(...args, '--json')) as T;
const lineOf = (text: string, start: string): string =>
  text.split('\n').find((line) => line.startsWith(start)) ?? '';

/** Runs something in a terminal of so many columns. */
async function inColumns<T>(columns: number, action: () => Promise<T>): Promise<T> {
  Object.defineProperty(process.stdout, 'columns', { value: columns, configurable: true });
  try {
    return await action();
  } finally {
    Reflect.deleteProperty(process.stdout, 'columns');
  }
}

describe('journeyman performance', () => {
  it('shows the agents, what could go better, and how to go on', async () => {
    const text = await out();
    expect(text).toMatch(/^agent +executions +success +95% interval/);
    expect(lineOf(text, 'coder')).toMatch(/^coder +255 +9\d% +\d+-\d+% /);
    expect(text).toMatch(
      /\n +\d+\/10 Prefer coder over weak for parsing\n {6}on like tasks coder succeeded in /,
    );
    expect(text).toContain(`\n      ${SELECTION}\n`);
    expect(text).toMatch(/\njourneyman performance agent <type> \| compare <a> <b> \| trends/);
    expect(await json()).toMatchObject({
      agents: [{ agentType: HOSTILE }, { agentType: 'coder', executions: 255 }, {}, {}],
      recommendations: expect.arrayContaining([expect.objectContaining({ id: SELECTION })]),
    });
  });

  it('agent tells how one agent does, by category and day by day, and when that changed', async () => {
    const text = await out('agent', 'coder');
    const [first = '', second = ''] = text.split('\n');
    expect(first).toMatch(
      /^coder: 255 executions, 9\d% of 255 succeeded \(95% interval \d+-\d+%\), half within \S+ s, \$0\.01 each/,
    );
    expect(second).toMatch(/^coder became slower by \d+-\d+% from \d{4}-\d\d-\d\d on/);
    const head = lineOf(text, 'category');
    expect(head).toMatch(/^category +executions +success +95% interval +unknown +median time +90% within/);
    expect(lineOf(text, 'parsing')).toMatch(/^parsing +204 +9\d% +\d+-\d+% +0 +\d\.\d s +/);
    expect(lineOf(text, 'parsing').indexOf(' 204')).toBe(head.indexOf('executions') + 6);
    // A gap each seventh day.
    expect(lineOf(text, 'success  ')).toMatch(/^success +[▁-▇]{3} [▁-▇]{6} [▁-▇]{6} .* \d+-\d+%$/);
    expect(text).toMatch(/\nWhat could go better\n(.*\n)* +\d+\/10 Speed up coder in parsing/);
    const found = await json<Record<string, unknown>>(
      'agent',
      'coder',
      '--category',
      'review',
      '--days',
      '30',
    );
    expect(found).toMatchObject({
      window: { from: dayAgo(29), to: dayAgo(0) },
      agent: { agentType: 'coder', category: 'review', successRate: 1, seconds: {}, trust: { n: 0 } },
      categories: [],
      trends: { changes: [], days: expect.arrayContaining([expect.objectContaining({ executions: 1 })]) },
      recommendations: [],
    });
  });

  it('agent takes days, and says where there is nothing in them', async () => {
    const text = await out('agent', 'coder', '--from', dayAgo(7), '--to', dayAgo(7));
    expect(text).toMatch(/^coder has no execution in these days\n/);
    expect(text).toContain('No execution is recorded in these days.');
    const some = await json<{ agent: { executions: number } }>(
      ...['agent', 'coder', '--from', dayAgo(13), '--to', dayAgo(8)],
    );
    expect(some.agent.executions).toBe(6 * 5);
  });

  it('compare has a verdict, what it rests on, and every metric with its interval', async () => {
    const text = await out('compare', 'coder', 'weak');
    const [verdict = '', basis = ''] = text.split('\n');
    expect(verdict).toMatch(
      /^coder succeeds more often than weak on parsing by \d+-\d+ points, needs fewer iterations by .*; no difference shown in time/,
    );
    expect(basis).toMatch(
      /^like tasks from \S+ to \S+: 204 of 255 executions of coder, 102 of 102 executions of weak$/,
    );
    expect(lineOf(text, 'metric')).toMatch(
      /^metric +coder +weak +like for like +95% interval +better +executions +p$/,
    );
    expect(lineOf(text, 'success')).toMatch(
      /^success +9\d% +\d\d% +\+\d\d points +\d\d to \d\d points +coder +204, 102 +< 0\.001$/,
    );
    expect(lineOf(text, 'time')).toMatch(/^time .* -?\S+ to \S+% +not shown +204, 102 +\d\.\d+$/);
    expect(await json('compare', 'coder', 'weak', '--category', 'parsing')).toMatchObject({
      categories: ['parsing'],
      success: { difference: expect.any(Number) },
      metrics: expect.arrayContaining([expect.objectContaining({ metric: 'success', better: 'a' })]),
      verdict,
    });
    const nothing = await out('compare', 'weak', 'tester');
    expect(nothing).toMatch(/^nothing is comparable: weak and tester .*\n$/);
  });

  it('trends finds the day of the change, of an agent and of a category', async () => {
    const text = await out('trends', 'coder', '--category', 'parsing');
    expect(text).toMatch(/^coder on parsing became slower by \d+-\d+% from /);
    const { changes } = await json<{ changes: { metric: string; from: string; to: string }[] }>(
      ...['trends', 'coder', '--category', 'parsing'],
    );
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ metric: 'seconds', value: expect.any(Number), p: expect.any(Number) });
    const day = dayAgo(SLOWER);
    expect((changes[0]?.from ?? '') <= day && day <= (changes[0]?.to ?? '')).toBe(true);
    expect(lineOf(text, 'metric')).toMatch(/^metric +changed on +between +change +95% interval +p$/);
    expect(lineOf(text, 'time ')).toMatch(/^time +\S+ .* \+\d+% +\d+ to \d+% +\S+$/);
    expect(await out('trends', 'weak')).toMatch(/^no change of weak shown\n/);
    expect(await out('trends')).toMatch(/^all work became slower/);
  });

  it('bottlenecks tells which steps and agents take the time', async () => {
    const text = await out('bottlenecks', '--days', '60');
    expect(text).toMatch(/^agent:tester takes \d+% of all time, .*\nagent:coder takes \d+% of all time/);
    expect(lineOf(text, 'step')).toMatch(
      /^step +of all time +times +in all +mean +90% within +trend +95% interval$/,
    );
    expect(lineOf(text, 'agent:tester  ')).toMatch(/^agent:tester +\d+% +\d+ .* s +[+-]?\S+% +\S+ to \S+%$/);
    expect(lineOf(text, 'agent  ')).toMatch(/^agent +of agents' time .* 95% interval$/);
    const found = await json<{ steps: { step: string }[]; agents: object[] }>(
      ...['bottlenecks', '--category', 'parsing', '--limit', '2'],
    );
    expect(found.steps.map(({ step }) => step)).toEqual(['agent:coder', 'agent:weak']);
    expect(found.agents).toMatchObject([{ agentType: 'coder' }, { agentType: 'weak' }]);
  });

  it('anomalies tells of the odd day, and of nothing where every day is as ever', async () => {
    const text = await out('anomalies');
    expect(text).toMatch(new RegExp(`^tester on database, ${dayAgo(ODD_DAY)}: `));
    expect(lineOf(text, 'day')).toMatch(/^day +agent +category +metric +was +expected within/);
    expect(text).toMatch(
      new RegExp(`\\n${dayAgo(ODD_DAY)} +tester +database +success +0% +\\d+% to \\d+% +worse +8 +\\S`),
    );
    const found = await json<{ anomalies: { day: string; worse: boolean }[] }>(
      'anomalies',
      '--agent',
      'tester',
    );
    expect(found).toMatchObject({
      window: { from: dayAgo(6), to: dayAgo(0) },
      lookedAt: expect.any(Number),
      anomalies: expect.arrayContaining([
        expect.objectContaining({
          agentType: 'tester',
          metric: 'success',
          day: dayAgo(ODD_DAY),
          observed: 0,
        }),
      ]),
    });

    // The days beside it are as ever.
    for (const anomaly of found.anomalies)
      expect(anomaly).toMatchObject({ day: dayAgo(ODD_DAY), worse: true });
    const calm = await out('anomalies', '--agent', 'coder', '--days', '3');
    expect(calm).toMatch(/^every day was as its past makes plausible\nlooked at from /);
    const early = await out('anomalies', '--to', '2020-01-01');
    expect(early).toMatch(/^no day could be held against its past/);
  });

  it('stays in the terminal, whatever agents are called', async () => {
    for (const columns of [80, 140])
      for (const args of [
        ['agent', 'coder'],
        ['agent', HOSTILE],
        ['compare', 'coder', HOSTILE],
        ['trends'],
        ['bottlenecks'],
        ['anomalies'],
        ['recommendations', '--state', 'all'],
        ['show', SELECTION],
      ]) {
        const text = await inColumns(columns, () => out(...args));
        const longest = Math.max(...text.split('\n').map((line) => Array.from(line).length));
        expect(longest, `${args.join(' ')} in ${columns}:\n${text}`).toBeLessThanOrEqual(columns);
      }
  }, 60_000);
});

describe('the life of a recommendation', () => {
  it('begins open, with why, what to do and what is promised', async () => {
    const text = await out('recommendations');
    expect(lineOf(text, 'priority')).toMatch(/^priority +advice +promises \(90% interval\) +id$/);
    expect(text.split('\n').find((line) => line.includes(SELECTION))).toMatch(
      /^ +\d+\/10 +Prefer coder over weak for parsing +\d+ points more success \(\d+ to \d+ points\) +AGENT_SELECTION:weak:parsing$/,
    );
    const { recommendations, hitRates } = await json<{
      recommendations: { id: string }[];
      hitRates: object[];
    }>('recommendations');
    expect(hitRates).toEqual([]);
    expect(recommendations.map(({ id }) => id)).toEqual(
      expect.arrayContaining([SELECTION, SPEED, ITERATIONS, PARALLEL]),
    );
    expect(await out('recommendations', '--agent', 'tester')).not.toContain('weak');
    expect(await out('recommendations', '--min-priority', '10')).toBe(
      'Nothing is known that could surely go better.\n',
    );
    const shown = await out('show', SELECTION);
    for (const line of [
      /^\d+\/10 Prefer coder over weak for parsing \(open\)$/m,
      /^ {2}why +on like tasks coder succeeded in /m,
      /^ {2}do +Give parsing to coder in place of weak$/m,
      /^ {2}promises +\d+ points more success \(\d+ to \d+ points\), in 9 of 10 cases/m,
      /^ {2}figures +betterAgent coder, executions 204, /m,
      /^ {2}id +AGENT_SELECTION:weak:parsing$/m,
    ])
      expect(shown).toMatch(line);
    expect(await json('show', PARALLEL)).toMatchObject({
      id: PARALLEL,
      state: 'open',
      type: 'PARALLEL_EXECUTION',
    });
  });

  it('accept says what it changed, and choices follow; dismiss takes that back', async () => {
    const accepted = await out('accept', SELECTION, '--by', 'ann', '--reason', 'agreed');
    expect(accepted).toBe(
      [
        'Prefer coder over weak for parsing: applied',
        '9 of 10 times that a plan of weak is drawn for parsing, the same plan with coder in its place is taken',
        '1 of 10 stays with weak, so that it is measured whether this helps',
        'what comes of it is measured from tomorrow on:',
        `  journeyman performance show ${SELECTION}`,
        'to take it back:',
        `  journeyman performance dismiss ${SELECTION} --reason <text>`,
        '',
      ].join('\n'),
    );
    expect(await preferencesOf(store, name)).toMatchObject([{ id: SELECTION, prefer: 'coder' }]);
    expect(await json('accept', PARALLEL, '--by', 'ann')).toMatchObject({
      state: 'applied',
      accepted: { by: 'ann' },
      changes: [expect.stringMatching(/parallel\(tester\+coder\)/), expect.any(String)],
    });
    expect(await out('dismiss', PARALLEL, '--by', 'bob', '--reason', 'coder waits for it | `always`')).toBe(
      [
        'Run tester and coder at once in review: dismissed',
        'what was preferred by it is preferred no longer',
        'it comes back only with new evidence',
        '',
      ].join('\n'),
    );
    expect((await preferencesOf(store, name)).map(({ id }) => id)).toEqual([SELECTION]);
    expect(await out('show', PARALLEL)).toMatch(
      /^ {2}dismissed +\S+ \S+ by bob: coder waits for it \| `always`$/m,
    );
  });

  it('what people do themselves is accepted, and applied when it is done', async () => {
    const accepted = await out('accept', SPEED);
    expect(accepted).toMatch(
      /^Speed up coder .*: accepted\nto do: Find out .*; once that is done:\n {2}journeyman performance apply EXECUTION_SPEED:coder:parsing\n$/,
    );
    expect(await out('apply', SPEED, '--by', 'ann')).toMatch(
      /: applied\nwhat comes of it is measured from tomorrow on:/,
    );
    const again = await here('apply', SPEED);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toMatch(/is applied; only open or accepted can be applied/);
    expect(await out('dismiss', ITERATIONS, '--reason', 'by design')).toMatch(
      /: dismissed\nit comes back only/,
    );
    await generate(store, name);
    expect(await out('recommendations')).not.toContain(ITERATIONS);
    expect(await out('recommendations', '--state', 'dismissed, accepted')).toMatch(
      /^priority +state +advice .*\n +\d\/10 +dismissed /,
    );
    expect(await out('recommendations', '--state', 'closed')).toBe('There are none.\n');
    const kept = await events(store)
      .find({ tenant: name, itemId: `recommendation:${ITERATIONS}` })
      .toArray();
    expect(kept).toMatchObject([{ by: expect.stringMatching(/@/), detail: { reason: 'by design' } }]);
  });

  it('ends with what came of it, and how often promises were kept', async () => {
    const later = Date.now() + 2 * DAY;
    await Promise.all(
      Array.from({ length: 24 }, (_, n) => {
        const options = { id: `later-${n}`, tenant: name, category: 'parsing', endedAt: later + n };
        return recordExecution(
          store,
          executionRecord({ ...options, plan: 'single(coder)', attempts: [attempt([], 'coder')] }),
        );
      }),
    );
    await generate(store, name, new Date(later));
    const shown = await out('show', SELECTION);
    expect(shown).toMatch(/^\d+\/10 Prefer .* \(kept\)$/m);
    expect(shown).toMatch(/^ {2}came +\d+ points more success \(\d+ to \d+ points, 24 executions\)$/m);
    const text = await out('recommendations', '--state', 'all');
    expect(lineOf(text, 'priority')).toMatch(/^priority +state +advice +promises .* came \(interval\) +id$/);
    expect(text).toMatch(
      /\nPromises that were measured\nkind +measured +kept +partly +broken +unclear +hit rate/,
    );
    expect(text).toMatch(/\nAGENT_SELECTION +1 +1 +0 +0 +0 +100% +\d+-100% +x \d\.\d\d\n/);
    expect(await json('recommendations', '--state', 'verified')).toMatchObject({
      recommendations: expect.arrayContaining([
        expect.objectContaining({
          id: SELECTION,
          verdict: 'kept',
          measured: expect.objectContaining({ after: 24 }),
        }),
      ]),
      hitRates: expect.arrayContaining([expect.objectContaining({ type: 'AGENT_SELECTION', kept: 1 })]),
    });
  });

  it('is all in the report, as Markdown that nothing breaks out of', async () => {
    const text = await out('report');
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      `# Performance of ${name}`,
      ...['## Agents', '## What changed', '## Where the time goes', '## What could go better'],
      ...['## What was decided', '## Promises that were measured'],
    ]);
    expect(text).toContain('| a\\|b\\`c\\`\\<img src=x\\>\\[d\\](http&#58;//e.test) &#64;f | 10 | 100% |');
    expect(text).toMatch(/\n- coder became slower by /);
    expect(text).toContain('| dismissed | ');
    expect(text).toContain('| bob | coder waits for it \\| \\`always\\` |');
    const report = await json<Record<string, unknown>>('report', '--category', 'parsing', '--days', '30');
    expect(report).toMatchObject({
      ...{ tenant: name, category: 'parsing', window: { from: dayAgo(29) } },
      agents: [{ agentType: 'coder' }, { agentType: 'weak' }],
      decided: expect.arrayContaining([expect.objectContaining({ id: SELECTION })]),
    });
    expect(JSON.stringify(report)).not.toContain(PARALLEL);
  });

  it('is told of another tenant by nothing', async () => {
    const other = ['--tenant', `${name}-other`];
    expect(await json('recommendations', '--state', 'all', ...other)).toEqual({
      recommendations: [],
      hitRates: [],
    });
    expect(await out(...other)).toBe('No execution is recorded yet.\n');
    expect(await out('report', ...other)).toContain('No execution is recorded in these days.');
    expect((await here('show', SELECTION, ...other)).code).toBe(2);
    expect((await here('accept', SELECTION, ...other)).stderr).toMatch(/recommendation .* was not found/);
    expect(await out('bottlenecks', ...other)).toBe('no step of any task is recorded in this window\n');
  });
});

describe("a tenant's first day", () => {
  const first = ['--tenant', `${name}-first`];
  beforeAll(async () => {
    for (let n = 0; n < 6; n += 1)
      await recordExecution(
        store,
        executionRecord({
          ...{ id: `first-${n}`, tenant: `${name}-first`, endedAt: Date.now(), success: n > 1 },
          attempts: [attempt([], n % 2 === 0 ? 'coder' : 'tester')],
        }),
      );
  });

  it.each<[string, string[], RegExp]>([
    ['the overview', [], /^coder +3 +67% .*\n(.*\n)*journeyman performance recommendations --state all\n$/m],
    ['agent', ['agent', 'coder'], /^coder: 3 executions, .*\ntoo few days with executions of coder to tell/],
    ['compare', ['compare', 'coder', 'tester'], /no difference shown|not known/],
    ['trends', ['trends'], /^too few days with executions of all work to tell .*\n(.*\n)*success +[▁-▇] /],
    ['bottlenecks', ['bottlenecks'], /^queue:coder .*|^agent:coder takes \d+% of all time/m],
    ['anomalies', ['anomalies'], /^no day could be held against its past/],
    ['recommendations', ['recommendations'], /^Nothing is known that could surely go better\.\n$/],
    [
      'report',
      ['report'],
      /\n\| coder \| 3 \| 67% \|(.*\n)*No change is shown\.\n(.*\n)*Nothing that is sure/,
    ],
  ])('is told by %s as what it is', async (_what, args, expected) => {
    expect(await out(...args, ...first)).toMatch(expected);
  });
});

describe('bad input', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown agent', ['agent', 'codr'], /agent "codr" was not found: .* but of .*coder, tester, weak/],
    ['an unknown agent in trends', ['trends', 'codr'], /agent "codr" was not found/],
    ['an unknown agent in a comparison', ['compare', 'coder', 'nope'], /agent "nope" was not found/],
    ['an unknown agent in anomalies', ['anomalies', '--agent', 'x'], /agent "x" was not found/],
    ['an agent against itself', ['compare', 'coder', 'coder'], /b: "coder" .* another agent/],
    ['one agent to compare', ['compare', 'coder'], /missing required argument 'b'/],
    ['no agent', ['agent'], /missing required argument 'type'/],
    ['no days', ['trends', '--days', '0'], /whole number of at least 1/],
    ['more days than are kept', ['trends', '--days', '4000'], /days: 4000 .*3660/],
    ['a day that is none', ['bottlenecks', '--from', '2026-02-30'], /from: "2026-02-30" is not allowed/],
    [
      'days that end before they begin',
      ['trends', '--from', '2026-02-02', '--to', '2026-02-01'],
      /from: .* not after/,
    ],
    [
      'days twice',
      ['agent', 'coder', '--days', '3', '--from', '2026-02-02'],
      /'--from <day>' cannot be used with/,
    ],
    ['more days than anomalies are', ['anomalies', '--days', '91'], /days: 91 .*90/],
    ['an unknown state', ['recommendations', '--state', 'opened'], /--state: "opened" .* open, accepted/],
    ['a priority beyond all', ['recommendations', '--min-priority', '11'], /minPriority: 11 .*10/],
    ['an unknown recommendation', ['show', 'x'], /recommendation "x" was not found/],
    ['an unknown one to accept', ['accept', 'x'], /recommendation "x" was not found/],
    ['an unknown one to apply', ['apply', 'x'], /recommendation "x" was not found/],
    ['an unknown one to dismiss', ['dismiss', 'x', '--reason', 'y'], /recommendation "x" was not found/],
    ['no reason', ['dismiss', SELECTION], /required option '--reason <text>'/],
    ['an empty reason', ['dismiss', SELECTION, '--reason', ''], /reason: "" is not allowed/],
    ['nobody', ['accept', SELECTION, '--by', ''], /by: "" is not allowed/],
    ['an unknown subcommand', ['speed'], /too many arguments|unknown command/],
  ])('%s ends with exit code 2', async (_what, args, message) => {
    const end = await here(...args);
    expect(end.code, end.stderr).toBe(2);
    expect(end.stderr).toMatch(message);
    expect(end.stdout).toBe('');
  });

  it('ends a process with the code', async () => {
    const options = { cwd: place.folder, env: place.env };
    const missing = await journeyman(['performance', 'show', 'x', '--json'], options);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    const trends = await journeyman(['performance', 'trends', 'coder', '--json'], options);
    expect(trends.code, trends.stderr).toBe(0);
    expect(JSON.parse(trends.stdout)).toMatchObject({ followed: expect.arrayContaining(['seconds']) });
  });
});

describe('every subcommand', () => {
  const parent = createProgram().commands.find((command) => command.name() === 'performance');
  const names = (parent?.commands ?? []).map((command) => command.name());

  it('is there, and all that was recorded is counted', async () => {
    expect(names).toEqual([
      ...['agent', 'compare', 'trends', 'bottlenecks', 'anomalies', 'report'],
      ...['recommendations', 'show', 'accept', 'apply', 'dismiss'],
    ]);
    expect(recorded).toBeGreaterThan(500);
  });

  it.each(names)('%s explains itself with examples and the common options', (each) => {
    let help = '';
    const command = parent?.commands.find((one) => one.name() === each);
    command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toMatch(new RegExp(`Examples:\\n(.*\\n)*.*journeyman performance ${each}`));
    for (const option of ['--config', '--tenant', '--json']) expect(help).toContain(option);
    expect(command?.summary()).not.toBe('');
  });
});
