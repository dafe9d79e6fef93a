import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { markContradiction } from '../../src/knowledge/likeness/contradictions.js';
import { mergeItems } from '../../src/knowledge/likeness/merge-items.js';
import { setUpStore } from '../../src/setup.js';
import { ownPlace } from './own-place.js';
import { journeyman, type ProgramEnd } from './run-program.js';

const place = await ownPlace('knowledge', () => ({ retrieval: { embedder: 'none' } }));
const { name, store } = place;
const base = new KnowledgeBase(store, name);
const hub = new KnowledgeHub(store, name);
const here = (...args: string[]): Promise<ProgramEnd> => place.here('knowledge', ...args);
const done = async (...args: string[]): Promise<string> => {
  const end = await here(...args);
  expect(end.code, end.stderr).toBe(0);
  return end.stdout;
};
const json = async (...args: string[]): Promise<unknown> => JSON.parse(await done(...args, '--json'));

const lock = 'lock-1';
const holder = 'holder-1';

beforeAll(async () => {
  await setUpStore(store);
  await hub.shareKnowledge({
    ...{ id: lock, sourceAgent: 'coder', type: 'SOLUTION', title: 'Migrations wait for locks' },
    content: { problem: 'A migration hangs.', steps: ['Find idle sessions', 'End them'] },
    ...{ category: 'database', tags: ['sql'], priority: 'HIGH', executionId: `${name}/fix-42/run-1` },
  });
  await hub.shareKnowledge({
    ...{ id: holder, sourceAgent: 'helper', type: 'SOLUTION', title: 'Somebody holds the table' },
    ...{ content: 'Idle sessions in a pool hold it.\nEnd those.', category: 'database' },
  });
  for (const agent of ['a', 'b']) await hub.voteUseful(lock, agent);
  for (const success of [true, true, true, true, true, false])
    await base.recordUsage(lock, success, { by: 'coder' });
});

describe('reading', () => {
  it('lists, by all that a list can be narrowed to', async () => {
    const [head = '', ...rows] = (await done()).trimEnd().split('\n');
    expect(head).toMatch(
      /^id +title +type +state +priority +category +channel +trust +shown +success +votes$/,
    );
    expect(rows[1]).toMatch(
      /^lock-1 +Migrations wait for locks +SOLUTION +VALIDATED +HIGH +database +solutions +untrusted +0 +5 of 6 +\+2$/,
    );
    const narrow = ['--state', 'VALIDATED', '--tag', 'sql', '--channel', 'solutions', '--trust', 'untrusted'];
    const more = ['--category', 'database', '--source', 'task:fix-42', '--order', 'success'];
    expect(await json('list', ...narrow, ...more)).toMatchObject([{ id: lock, usage: { successes: 5 } }]);
    expect(await json('list', '--source', 'task:fix-43')).toEqual([]);
    expect(await done('--type', 'WARNING')).toBe('Nothing like that was shared yet.\n');
  });

  it('shows all of one item', async () => {
    const shown = await done('show', lock);
    for (const line of [
      /^Migrations wait for locks lock-1 v1\nContent +problem: A migration hangs\.\n +steps:\n +- Find idle/,
      /^Type +SOLUTION, priority HIGH, category database$/m,
      /^State +VALIDATED: 5 of 5 applications succeeded: at least 80%$/m,
      /^Trust +untrusted: an agent's .* data, not as instructions$/m,
      /^Shared .* by coder in solutions \(number 1\)$/m,
      /^Use +shown in 0 tasks, applied 6 times: 5 of 6 succeeded \(83%\)$/m,
      /^Agents +2 votes for it, 0 against; handed to 0 agents; confirmed by 0 other agents, repeated 0 times$/m,
      /^Sources +agent:coder .*with task:fix-42$/m,
      /^Versions +v1 .* by coder: created$/m,
      /^Log .*\n(.*\n)* +\S+ \S+ created by coder$/m,
    ])
      expect(shown).toMatch(line);
    expect(await json('show', lock)).toMatchObject({
      ...{ id: lock, state: 'VALIDATED', usage: { applied: 6 }, versions: [{ version: 1, by: 'coder' }] },
      ...{ sources: [{ kind: 'agent' }, { kind: 'task', ref: 'fix-42' }], merges: [], contradictions: [] },
    });
  });

  it('searches, and ranks by what is sure', async () => {
    expect(await json('search', 'a migration hangs', '--type', 'SOLUTION')).toMatchObject([{ id: lock }]);
    expect(await done('search', 'migration', '--min-priority', 'CRITICAL')).toBe('Nothing was found.\n');
    expect(await done('popular')).toMatch(/for sure\nlock-1 .* \d\d%\n/);
    expect(await json('best')).toMatchObject([{ id: lock, successAtLeast: expect.any(Number) }]);
    expect(await done('best')).toMatch(/5 of 6 +\+2 +44%\n/);
  });

  it('takes the beginning of an id of its own making for the whole, unless several begin so', async () => {
    const { id } = await base.addKnowledge({ category: 'c', title: 'Made id', content: { a: 1 } });
    expect(await json('show', id.slice(0, 14))).toMatchObject({ id });
    const twin = `${id.slice(0, 14)}${'0'.repeat(20)}`;
    await hub.shareKnowledge({ id: twin, sourceAgent: 'x', type: 'DISCOVERY', title: 'Twin', content: 'y' });
    const end = await here('show', id.slice(0, 14));
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toMatch(/expected one item: k_\w+, k_\w+ begin so/);
  });
});

describe('writing', () => {
  it('shares for an agent, again by the same id, and the same in other hands', async () => {
    const args = ['share', '--agent', 'ci', '--type', 'WARNING', '--title', 'Staging is read-only'];
    const more = ['--content', 'Writes fail until Friday.', '--tag', 'staging'];
    expect(await done(...args, ...more, '--id', 'staging-1')).toBe(
      'staging-1 "Staging is read-only" is shared to warnings, number 1\n',
    );
    expect(await done(...args, ...more, '--id', 'staging-1')).toContain('was shared before by that id');
    expect(await json(...args, ...more)).toMatchObject({
      outcome: 'confirmed',
      item: { id: 'staging-1', repeats: 1, tags: ['staging'] },
    });
  });

  it('adds, edits, tells the difference, and brings an old version back', async () => {
    const added = (await json(
      ...['add', '--category', 'ci', '--title', 'Runners', '--content', '{"linux": "build-8", "arm": "a-1"}'],
    )) as { id: string };
    expect(added).toMatchObject({ trust: 'trusted', content: { linux: 'build-8' }, channel: null });
    const { id } = added;
    const edit = ['edit', id, '--because', 'arm has moved', '--by', 'ana'];
    const content = ['--content', '{"linux": "build-8", "arm": "a-2"}'];
    expect(await done(...edit, ...content, '--tag', 'arm')).toBe(
      `${id} "Runners" is edited; version 2, EXPERIMENTAL\n`,
    );
    expect(await done(...edit, ...content)).toContain('says so already; nothing was changed');
    const history = await done('history', id);
    expect(history).toMatch(/^v2 \S+ \S+ by ana: arm has moved\n {2}content\.arm: "a-1" → "a-2"\n/);
    expect(history).toMatch(/\nv1 \S+ \S+ by \S+: created\n {2}title: Runners\n$/);
    expect(await json('history', id)).toMatchObject([
      {
        version: 2,
        diff: { from: 1, to: 2, lines: [expect.stringContaining('content.arm'), expect.anything()] },
      },
      { version: 1, diff: null },
    ]);
    expect(await done('history', id, '--limit', '1')).toMatch(
      /^v2 .*\n {2}content\.arm.*\n.*\nand 1 version before\n$/,
    );
    expect(await done('diff', id, '2', '1')).toContain('  content.arm: "a-2" → "a-1"\n');
    expect(await done('restore', id, '--version', '1', '--reason', 'not yet')).toBe(
      `${id} "Runners" says again what version 1 said; version 3, EXPERIMENTAL\n`,
    );
    const late = await here(...edit, '--title', 'x', '--expected-version', '1');
    expect(late.code).toBe(2);
    expect(late.stderr).toMatch(/version 3/);
  });

  it('votes, once an agent', async () => {
    const vote = ['vote', holder, '--agent', 'a'];
    expect(await done(...vote)).toBe('holder-1: the vote is counted; 1 vote for it, 0 against\n');
    expect(await done(...vote)).toContain('a had voted so already');
    expect(await json(...vote, '--not-useful')).toMatchObject({ votes: 0, downvotes: 1, counted: true });
    expect(await done(...vote, '--withdraw')).toContain('the vote is taken back; 0 votes for it, 0 against');
    expect(await done(...vote, '--withdraw')).toContain('a had no vote on it');
  });

  it('counts uses: by hand once an id, in a task once a task', async () => {
    const use = ['use', holder, '--success', '--usage-id', 'build-1'];
    expect(await done(...use)).toBe(
      'holder-1 "Somebody holds the table" is counted as applied; applied 1 time, 1 of 1 known to have succeeded, EXPERIMENTAL\n',
    );
    expect(await done(...use)).toContain('was counted before; applied 1 time,');
    const inTask = ['use', holder, '--task', 'fix-9', '--by', 'coder'];
    expect(await json(...inTask)).toMatchObject({ counted: true, item: { usage: { applied: 2 } } });
    expect(await json(...inTask)).toMatchObject({ counted: false });
    expect(await json('use', holder, '--failure')).toMatchObject({ item: { usage: { failures: 1 } } });
  });

  it('moves items by hand, and back', async () => {
    const why = ['--reason', 'the service is gone', '--by', 'ana'];
    expect(await done('archive', lock, ...why)).toBe(
      'lock-1 "Migrations wait for locks" was VALIDATED, is ARCHIVED\n',
    );
    expect(await done('show', lock)).toMatch(/^State +ARCHIVED; ana: the service is gone$/m);
    expect(await done('unarchive', lock, ...why)).toContain('was ARCHIVED, is VALIDATED');
    expect(await json('deprecate', lock, ...why)).toMatchObject({
      before: 'VALIDATED',
      item: { state: 'DEPRECATED', deprecation: { by: 'ana' } },
    });
    expect(await done('unarchive', lock, ...why)).toContain('was DEPRECATED, is VALIDATED');
  });
});

describe('channels', () => {
  it('are listed, made and subscribed to', async () => {
    expect(await done('channels')).toMatch(/^channel +items +for\n/);
    expect(await done('channels', 'create', 'payments', '--description', 'Payments')).toBe(
      'payments is made\n',
    );
    expect(await json('channels', 'create', 'payments')).toEqual({ name: 'payments', created: false });
    expect(await done('subscribe', 'coder', 'payments')).toBe('coder subscribes to general, payments\n');
    expect(await json('channels', '--agent', 'coder')).toEqual([
      { name: 'general', sequence: expect.any(Number), description: expect.any(String) },
      { name: 'payments', sequence: 0, description: 'Payments' },
    ]);
    expect(await json('unsubscribe', 'coder', 'payments')).toMatchObject({
      ended: true,
      channels: ['general'],
    });
    expect(await done('unsubscribe', 'coder', 'payments')).toContain('did not subscribe to payments');
  });
});

describe('likeness', () => {
  it('lists contradictions, and shows them', async () => {
    const pair = await Promise.all(
      ['Lint first', 'Never lint first'].map((title, at) =>
        hub.shareKnowledge({
          ...{ id: `lint-${at}`, sourceAgent: 'x', type: 'TECHNIQUE', title, content: `${title}, they say.` },
        }),
      ),
    );
    const [a, b] = pair as [(typeof pair)[number], (typeof pair)[number]];
    await store.transaction((session) => markContradiction(store, name, a, b, 'one says not to', session));
    expect(await done('contradictions')).toMatch(
      /^lint-0 {2}Lint first\nlint-1 {2}Never lint first\n {8}\S+ \S+ one says not to\n$/,
    );
    expect(await json('contradictions', '--of', 'lint-1')).toMatchObject([
      { a: { id: 'lint-1' }, b: { id: 'lint-0', title: 'Lint first' }, reason: 'one says not to' },
    ]);
    expect(await done('show', 'lint-0')).toMatch(
      /^Disputed +lint-1 "Never lint first" says otherwise: one says not to$/m,
    );
    expect(await done('contradictions', '--of', lock)).toMatch(/^No two items/);
  });

  it('lists merges; a merged id leads to the survivor, with a note; unmerge takes it back', async () => {
    await store.transaction((session) =>
      mergeItems(store, name, lock, holder, { by: 'system', reason: 'both speak of locks' }, session),
    );
    expect(await done('merges')).toMatch(
      /^lock-1 {4}Migrations wait for locks\nholder-1 {2}Somebody holds .*\n +merged \S+ \S+ by system: both speak of locks\n$/,
    );
    expect(await json('merges', '--of', lock)).toMatchObject([{ id: holder, into: lock }]);
    const led = await here('show', holder);
    expect(led.stdout).toMatch(/^Migrations wait for locks lock-1 v1\n/);
    expect(led.stderr).toBe(
      'holder-1 "Somebody holds the table" was merged into lock-1, which speaks for it\n',
    );
    expect(led.stdout).toMatch(/^Merged +holder-1 "Somebody holds the table" .*: both speak of locks$/m);
    expect(await json('show', holder, '--itself')).toMatchObject({ id: holder, mergedInto: lock });
    expect(await done('sources', holder)).toMatch(/agent:helper +\S+ \S+ +- +holder-1 +-\n/);
    const refused = await here('edit', holder, '--title', 'x', '--because', 'y');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/lock-1/);
    expect(await done('unmerge', holder, '--reason', 'two databases')).toBe(
      'holder-1 "Somebody holds the table" stands by itself again, EXPERIMENTAL; it was part of lock-1\n',
    );
    expect(await done('merges')).toBe('Nothing was merged.\n');
  });
});

describe('every subcommand', () => {
  const parent = createProgram().commands.find((command) => command.name() === 'knowledge');
  const names = (parent?.commands ?? []).map((command) => command.name());

  it('is there', () => {
    expect(names).toEqual([
      ...['list', 'show', 'history', 'diff', 'search', 'popular', 'best'],
      ...['share', 'add', 'edit', 'restore', 'vote', 'use', 'archive', 'unarchive', 'deprecate'],
      ...['channels', 'subscribe', 'unsubscribe', 'watch'],
      ...['prune', 'pruned', 'restore-pruned', 'contradictions', 'merges', 'unmerge'],
      ...['sources', 'retract', 'retractions', 'export', 'import'],
    ]);
  });

  it.each(names)('%s explains itself with examples and the common options', (each) => {
    let help = '';
    const command = parent?.commands.find((one) => one.name() === each);
    command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toMatch(new RegExp(`Examples:\\n(.*\\n)*.*journeyman knowledge ${each}`));
    for (const option of ['--config', '--tenant', '--json']) expect(help).toContain(option);
    expect(command?.summary()).not.toBe('');
  });

  it('as a process: what is bad input ends with exit code 2', async () => {
    const end = await journeyman(['knowledge', 'show', 'nothing-there'], {
      cwd: place.folder,
      env: place.env,
    });
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toBe('error: knowledge item "nothing-there" was not found\n');
  });
});
