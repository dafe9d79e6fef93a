import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { learnings } from '../../src/learning/learning.js';
import { keepVersions } from '../../src/learning/learning-versions.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import { executionRecord } from '../unit/learning/execution-records.js';
import { madeLearning } from '../unit/learning/made-learning.js';
import { ownPlace } from './own-place.js';
import type { ProgramEnd } from './run-program.js';

const place = await ownPlace('learnings');
const { name, folder, store } = place;
const made = madeLearning({ tenant: name });
const { id } = made;

beforeAll(async () => {
  await setUpStore(store);
  await store.transaction(async (session) => {
    await learnings(store).insertOne(made, { session });
    await keepVersions(store, [made], session);
  });
  const offer = (shown: boolean) => [{ id, version: 1, score: 0.5, shown, probability: 0.95 }];
  await recordExecution(
    store,
    executionRecord({ tenant: name, id: 'first', learnings: offer(true), endedAt: 1_000 }),
  );
  await recordExecution(
    store,
    executionRecord({ tenant: name, id: 'second', learnings: offer(false), endedAt: 2_000 }),
  );
  const outcome = { success: false, source: 'human' as const };
  await addOutcome(store, { tenant: name, executionId: `${name}/first/run`, outcome, by: 'ann' });
});
const here = (...args: string[]): Promise<ProgramEnd> => place.here('learnings', ...args);
const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const end = await here(...args, '--json');
  expect(end.code, end.stderr).toBe(0);
  return JSON.parse(end.stdout) as Record<string, unknown>;
};

describe('journeyman learnings', () => {
  it('lists, and marks what people made of them', async () => {
    await here('pin', id, '--by', 'ann');
    const { stdout } = await here();
    const [head = '', row = ''] = stdout.split('\n');
    expect(head).toMatch(/^id +learning +type +state +confidence +with +without +category$/);
    expect(row).toContain(`${id}  In bug fix tasks, use \`run-tests\``);
    expect(row).toMatch(/asserted, pinned +HIGH +18 of 20 +12 of 30 +bug_fix$/);
    expect(head.indexOf('state')).toBe(row.indexOf('asserted'));
    await here('unpin', id, '--by', 'ann');
  });

  it('disable, edit and their opposites say what was done, and history who did it', async () => {
    const disabled = await here('disable', id, '--by', 'ann', '--reason', 'the tool is gone');
    expect(disabled.stdout).toBe(
      `${id} "In bug fix tasks, use \`run-tests\`" is disabled: the next look-up leaves it out\n`,
    );
    expect((await here('disable', id)).stdout).toContain('was disabled already; nothing was changed');
    expect(await json('enable', id, '--if-version', '1')).toMatchObject({
      changed: true,
      learning: { id, control: { disabled: false } },
    });
    const edited = await here('edit', id, '--title', 'Test early', '--reason', 'shorter');
    expect(edited.stdout).toBe(`${id} "Test early" is edited; version 2\n`);
    const shown = await here('show', id);
    expect(shown.stdout).toMatch(/^Test early .* v2\nby rule: In bug fix tasks, use `run-tests`\n/);
    const undone = await here('edit', id, '--undo', '--by', 'bob');
    expect(undone.stdout).toBe(
      `${id} "In bug fix tasks, use \`run-tests\`" is as before its latest edit; version 3\n`,
    );
    const { stdout } = await here('history', id, '--limit', '4');
    const rows = stdout.trimEnd().split('\n');
    expect(rows[0]).toMatch(/^when +learning +act +by +version +what +reason$/);
    expect(rows[1]).toMatch(/undo-edit +bob +3 +the rule's words +-$/);
    expect(rows[2]).toMatch(/edit +\S+@\S+ +2 +title: Test early +shorter$/);
    expect(rows[4]).toMatch(/disable +ann +1 +- +the tool is gone$/);
    expect(rows).toHaveLength(5);
  });

  it('show has numbers, effect, lift, evidence and history', async () => {
    const { stdout } = await here('show', id);
    for (const line of [
      /^When +The task is of category bug_fix$/m,
      /^Type +SUCCESS_PATTERN, observed here$/m,
      /^Runs +with it 18 of 20 succeeded \(90%\), without it 12 of 30 \(40%\)$/m,
      /^Effect +\+40 points \(95% interval \+20 to \+60\), 12 tasks tried with it and without it; p = 0.001$/m,
      /^Lift +-100 points \(-100 to \+\d+\): 0% of 1 shown it succeeded, 100% of 1 .*not told from chance yet$/m,
      /^As data +\{"verb":"prefer","type":"run-tests"\}$/m,
      /^History +\S+ \S+ undo-edit by bob$/m,
    ])
      expect(stdout).toMatch(line);
    expect(await json('show', id)).toMatchObject({
      id,
      lesson: { title: made.title },
      usage: { shown: 1, withheld: 1, applied: 0 },
      history: expect.arrayContaining([expect.objectContaining({ act: 'edit', reason: 'shorter' })]),
    });
  });

  it('trace has the tasks, their outcomes now, and the text as it stood in the prompt', async () => {
    const { stdout } = await here('trace', id);
    const rows = stdout.split('\n');
    const head = rows.findIndex((row) => row.startsWith('task'));
    expect(rows[head]).toMatch(/^task +version +probability +used +outcome now +category +agents +ended$/);
    expect(rows[head + 1]).toMatch(/^second +1 +withheld +0.95 +- +success \(agent\) +bug_fix +search +1970/);
    expect(rows[head + 2]).toMatch(
      /^first +1 +shown +0.95 +- +failed \(human\), corrected +bug_fix +search +1970/,
    );
    expect(stdout).toContain(
      [
        `Version 1   - [${id}] In bug fix tasks, use \`run-tests\``,
        '              When: The task is of category bug_fix',
        `              Advice: ${made.advice}`,
        '              Confidence HIGH (asserted, success rate 90%)',
      ].join('\n'),
    );
    const traced = (await json('trace', id)) as { versions: { version: number; text: string }[] };
    expect(traced).toMatchObject({ counts: { shown: 1, withheld: 1 }, tasks: [{ taskId: 'second' }, {}] });
    expect(traced.versions.find(({ version }) => version === 1)?.text).toContain('  Advice: Use `run-tests`');
  });

  it('add, export, import and audit', async () => {
    const lesson = [
      '--title',
      'Lock first',
      '--condition',
      'A schema is migrated',
      '--advice',
      'Take the lock.',
    ];
    const args = [...lesson, '--category', 'database', '--error', 'LockError: held by 7', '--pin'];
    const added = await here('add', ...args, '--action', 'lock', '--input', 'mode=x', '--by', 'ann');
    expect(added.code, added.stderr).toBe(0);
    expect(added.stdout).toMatch(/^[0-9a-f]{16} "Lock first" is added, as a candidate, pinned\n$/);
    const again = await json('add', ...args, '--action', 'lock', '--input', 'mode=x');
    expect(again).toMatchObject({
      changed: false,
      learning: { signature: 'LockError: held by <n>', action: { type: 'lock', input: { mode: 'x' } } },
    });
    const file = path.join(folder, 'learnings.json');
    expect((await here('export', file)).stdout).toBe(`2 learnings written to ${file}\n`);
    const there = ['--tenant', `${name}-there`];
    expect((await here('import', file, ...there, '--by', 'ann')).stdout).toBe(
      '2 imported, 0 unchanged, 0 left as observed here\n',
    );
    expect(await json('import', file, ...there)).toMatchObject({ imported: 0, unchanged: 2, superseded: 0 });
    const twin = { ...made, _id: `${name}|00000000000000aa`, id: '00000000000000aa', weight: 0.1 };
    await learnings(store).insertOne(twin);
    const audited = await here('audit');
    expect(audited.stdout).toMatch(
      /^duplicate +00000000000000aa In bug fix tasks, use `run-tests`\n +says the same as \w+, .*: disable this one/,
    );
    expect(audited.stdout).toMatch(
      /\n3 in use: 1 duplicate, 0 contradicted, 0 too vague, 0 stale, 0 never used\. Duplicates are 33\.3%\.\n$/,
    );
    expect(await json('audit')).toMatchObject({ inUse: 3, counts: { duplicate: 1 } });
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown learning', ['show', '0000000000000000'], /learning "0000000000000000" was not found/],
    ['an unknown learning to disable', ['disable', 'x'], /learning "x" was not found/],
    ['no learning', ['trace'], /missing required argument 'id'/],
    ['another version', ['pin', id, '--if-version', '99'], /is at version 3, not at the expected 99/],
    ['a version that is none', ['pin', id, '--if-version', 'x'], /whole number of at least 1/],
    ['nobody', ['pin', id, '--by', ' '], /by: " " is not allowed; expected who does so/],
    ['an edit of nothing', ['edit', id], /edit: "nothing" .* --title, --condition and --advice, or --undo/],
    ['an edit and its undo', ['edit', id, '--undo', '--title', 'x'], /edit: "--undo beside new words"/],
    ['nothing to undo', ['edit', id, '--undo'], /has no edit that could be undone/],
    ['a lesson without advice', ['add', '--title', 'x', '--condition', 'y'], /required option '--advice/],
    [
      'an input without an action',
      ['add', '--title', 'x', '--condition', 'y', '--advice', 'z', '--input', 'a=b'],
      /lesson: action: type: ""|lesson: action\.type: ""/,
    ],
    ['a file that is not there', ['import', '/nowhere.json'], /file: "\/nowhere.json" .*ENOENT/],
    ['a place that is not there', ['export', '/nowhere/x.json'], /file: "\/nowhere\/x.json" .*ENOENT/],
    ['no days', ['audit', '--stale-days', '0'], /whole number of at least 1/],
    ['an unknown subcommand', ['forget', id], /too many arguments|unknown command/],
  ])('%s ends with exit code 2', async (_what, args, message) => {
    const end = await here(...args);
    expect(end.code, end.stderr).toBe(2);
    expect(end.stderr).toMatch(message);
    expect(end.stdout).toBe('');
  });
});

describe('every subcommand', () => {
  const parent = createProgram().commands.find((command) => command.name() === 'learnings');
  const names = (parent?.commands ?? []).map((command) => command.name());

  it('is there', () => {
    expect(names).toEqual([
      ...['show', 'trace', 'disable', 'enable', 'pin', 'unpin', 'edit', 'add', 'history', 'audit'],
      ...['export', 'import'],
    ]);
  });

  it.each(names)('%s explains itself with examples and the common options', (each) => {
    let help = '';
    const command = parent?.commands.find((one) => one.name() === each);
    command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toMatch(new RegExp(`Examples:\\n(.*\\n)*.*journeyman learnings ${each}`));
    for (const option of ['--config', '--tenant', '--json']) expect(help).toContain(option);
    expect(command?.summary()).not.toBe('');
  });
});
