import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { itemKey, knowledgeItems } from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { setUpStore } from '../../src/setup.js';
import { ownPlace } from './own-place.js';
import { journeyman, type ProgramEnd } from './run-program.js';

const place = await ownPlace('knowledge-upkeep', () => ({ retrieval: { embedder: 'none' } }));
const { name, folder, store } = place;
const hub = new KnowledgeHub(store, name);
const base = new KnowledgeBase(store, name);
const here = (...args: string[]): Promise<ProgramEnd> => place.here('knowledge', ...args);
const done = async (...args: string[]): Promise<string> => {
  const end = await here(...args);
  expect(end.code, end.stderr).toBe(0);
  return end.stdout;
};
const json = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse(await done(...args, '--json')) as Record<string, unknown>;

const DAY_MS = 86_400_000;
const long = new Date(Date.now() - 100 * DAY_MS);

beforeAll(async () => {
  await setUpStore(store);
  const share = (id: string, agent: string, title: string) =>
    hub.shareKnowledge({ id, sourceAgent: agent, type: 'DISCOVERY', title, content: `${title}, it seems.` });
  await share('old-1', 'coder', 'Yellow lamps blink at noon');
  await share('fresh-1', 'coder', 'Tests need a clock of their own');
  await share('liar-1', 'liar', 'Backups are not needed');
  await share('both-1', 'coder', 'Queues drain before midnight');
  await hub.voteUseful('both-1', 'liar');
  await base.recordUsage('fresh-1', true, { by: 'liar' });
  await knowledgeItems(store).updateOne(
    { _id: itemKey(name, 'old-1') },
    { $set: { createdAt: long, updatedAt: long } },
  );
});

describe('pruning', () => {
  it('says first what would go and why, then lets go of it, and brings it back', async () => {
    const planned = await done('prune', '--dry-run');
    expect(planned).toMatch(
      /^id +title +state +rule +why\nold-1 +Yellow lamps .* unused +nobody was shown it/,
    );
    expect(planned).toMatch(/\n\n1 item would go: 1 unused\n$/);
    expect(await done('pruned')).toMatch(/^Nothing was pruned/);
    const report = await json('prune', '--by', 'ana');
    expect(report).toMatchObject({ dryRun: false, total: 1, counts: { unused: 1, budget: 0 } });
    const run = String(report['run']);
    expect(await done('pruned')).toMatch(new RegExp(`^id +title +type +pruned +run\\nold-1 .* ${run}\\n$`));
    expect(await done('restore-pruned', '--run', run, '--reason', 'wanted')).toBe(
      `1 item of run ${run} brought back\n`,
    );
    await knowledgeItems(store).updateOne({ _id: itemKey(name, 'old-1') }, { $set: { updatedAt: long } });
    expect(await done('prune')).toMatch(
      /\n1 item pruned: 1 unused\njourneyman knowledge restore-pruned --run/,
    );
    expect(await json('restore-pruned', 'old-1', '--reason', 'wanted')).toMatchObject({
      restored: 1,
      item: { state: 'EXPERIMENTAL', prunedAt: null },
    });
  });
});

describe('retracting', () => {
  const retract = ['retract', '--source', 'agent:liar', '--reason', 'it lies'];

  it('says first what it would come to, does it, and takes it back', async () => {
    expect(await done(...retract, '--dry-run')).toMatch(
      /^Retracting agent:liar would come to:\n\neffect +number\nitems that came from it alone, archived +1\n/,
    );
    expect(await json('show', 'liar-1')).toMatchObject({ state: 'EXPERIMENTAL' });
    const retraction = await json(...retract);
    expect(retraction).toMatchObject({
      ...{ source: 'agent:liar', state: 'done', reason: 'it lies' },
      figures: { archived: 1, votes: 1, usages: 1 },
    });
    const id = String(retraction['id']);
    expect(await done('show', 'liar-1')).toMatch(/^State +ARCHIVED, retracted/m);
    expect(await done('sources', 'liar-1')).toMatch(new RegExp(`agent:liar .* ${id}\\n`));
    expect(await done('retractions')).toMatch(
      new RegExp(`\\n${id} +agent:liar +done +1 +\\d+ +1 +\\S+ \\S+ +\\S+ +it lies\\n$`),
    );
    const again = await here(...retract);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/agent:liar is retracted by .*undo that first/);
    expect(await done('retract', '--undo', id)).toBe(
      `${id}: the retraction of agent:liar is undone; all is as before\n`,
    );
    expect(await json('show', 'liar-1')).toMatchObject({ state: 'EXPERIMENTAL' });
    expect(await json('show', 'both-1')).toMatchObject({ votes: 1 });
  });
});

describe('files', () => {
  const file = path.join(folder, 'knowledge.json');
  const there = ['--tenant', `${name}-there`];

  it('export what is chosen, and import it once', async () => {
    expect(await done('export', file)).toBe(`4 items written to ${file}\n`);
    const proven = path.join(folder, 'proven.json');
    expect(await json('export', proven, '--min-usages', '1', '--min-success', '0.5')).toEqual({
      ...{ file: proven, exported: 1 },
    });
    expect(await done('export', proven, '--state', 'VALIDATED', '--type', 'SOLUTION', '--tag', 'x')).toBe(
      `0 items written to ${proven}\n`,
    );
    const imported = await done('import', file, ...there);
    expect(imported).toMatch(
      /^items +\S+\n {4}4 {2}new\n\njourneyman knowledge retract --source import:\w+ /,
    );
    expect(await json('import', file, ...there)).toMatchObject({ added: 0, unchanged: 4, faulty: 0 });
    await done('edit', 'fresh-1', ...there, '--content', 'else', '--because', 'changed');
    expect(await done('import', file, ...there)).toMatch(/ 1 +left as they are here, with other content\n/);
    expect(await json('import', file, ...there, '--on-conflict', 'both', '--atomic')).toMatchObject({
      ...{ copied: 1, unchanged: 3 },
    });
  });

  it('a faulty file is refused with its lines; --lenient leaves them out and ends with exit code 1', async () => {
    const lines = (await readFile(file, 'utf8')).split('\n');
    const at = lines.findIndex((line) => line.includes('"id":"fresh-1"'));
    lines[at] = (lines[at] ?? '').replace('"type":"DISCOVERY"', '"type":"RUMOUR"');
    const faulty = path.join(folder, 'faulty.json');
    await writeFile(faulty, lines.join('\n'));
    const tenant = ['--tenant', `${name}-faulty`];
    const problem = new RegExp(`${faulty}:${at + 1}: .*type: "RUMOUR" is not allowed`);
    const refused = await here('import', faulty, ...tenant);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(problem);
    expect(refused.stderr).toMatch(/nothing was taken in\n$/);
    expect(await json('list', ...tenant)).toEqual([]);
    // As a process: the exit code is the process's own.
    const lenient = await journeyman(['knowledge', 'import', faulty, ...tenant, '--lenient', '--json'], {
      ...{ cwd: folder, env: place.env },
    });
    expect(lenient.code, lenient.stderr).toBe(1);
    expect(JSON.parse(lenient.stdout)).toMatchObject({
      ...{ added: 3, faulty: 1, problems: [{ line: at + 1, message: expect.stringContaining('RUMOUR') }] },
    });
  });
});

describe('bad input', () => {
  const why = ['--reason', 'x'];
  it.each<[string, string[], RegExp]>([
    ['an unknown item', ['show', 'nope'], /knowledge item "nope" was not found/],
    ['an unknown item to archive', ['archive', 'nope', ...why], /knowledge item "nope" was not found/],
    ['an id that is none', ['show', 'a b'], /id: "a b" is not allowed/],
    ['no reason', ['archive', 'old-1'], /required option '--reason <text>'/],
    ['an empty reason', ['archive', 'old-1', '--reason', ' '], /reason: " " is not allowed/],
    ['an unknown state', ['list', '--state', 'GOOD'], /Allowed choices are EXPERIMENTAL/],
    ['an unknown order', ['--order', 'best'], /Allowed choices are newest/],
    ['a source that is none', ['list', '--source', 'x'], /source: "x" .* <kind>:<id>/],
    ['an unknown version', ['diff', 'old-1', '1', '9'], /version "9" was not found.*versions 1 to 1/],
    ['a version that is none', ['diff', 'old-1', '1', 'x'], /whole number of at least 1/],
    [
      'no content',
      ['share', '--agent', 'a', '--title', 't', '--content', ' '],
      /content: " " is not allowed/,
    ],
    [
      'a file that is not there',
      ['add', '--category', 'c', '--title', 't', '--content-file', '/nowhere'],
      /--content-file: "\/nowhere" .*ENOENT/,
    ],
    [
      'content twice',
      ['edit', 'old-1', '--because', 'x', '--content', 'a', '--content-file', 'b'],
      /cannot be used with option/,
    ],
    ['an unknown channel', ['subscribe', 'a', 'nope'], /channel: "nope" .* one of code, debugging/],
    ['a channel that is no name', ['channels', 'create', 'A B'], /name: "A B" is not allowed/],
    ['an edit of nothing', ['edit', 'old-1', '--because', 'x'], /expected at least one of newContent, title/],
    ['a vote and its withdrawal', ['vote', 'old-1', '--not-useful', '--withdraw'], /cannot be used with/],
    ['no word on a use', ['use', 'old-1'], /use: "nothing" .* one of --success, --failure, --unknown/],
    ['two words on a use', ['use', 'old-1', '--success', '--failure'], /cannot be used with option/],
    ['a task beside a word', ['use', 'old-1', '--success', '--task', 't'], /cannot be used with option/],
    ['nothing to restore', ['restore-pruned', ...why], /id: undefined .* the id of an item, or --run/],
    ['an item that was not pruned', ['restore-pruned', 'old-1', ...why], /is not pruned/],
    ['an unknown run', ['restore-pruned', '--run', 'x', ...why], /run of pruning "x" was not found/],
    ['an item that was not merged', ['unmerge', 'old-1', ...why], /old-1 is not merged/],
    ['no source', ['retract', ...why], /--source: undefined .* --undo/],
    ['no reason to retract', ['retract', '--source', 'agent:x'], /--reason: undefined/],
    [
      'a source of an unknown kind',
      ['retract', '--source', 'rumour:x', ...why],
      /source: "rumour:x" .*task, agent/,
    ],
    [
      'an undo beside a source',
      ['retract', '--source', 'agent:x', '--undo', 'r'],
      /cannot be used with option/,
    ],
    ['an unknown retraction', ['retract', '--undo', 'r_0'], /retraction "r_0" was not found/],
    ['both ways at once', ['import', 'x.json', '--atomic', '--lenient'], /cannot be used with option/],
    ['an unknown policy', ['import', 'x.json', '--on-conflict', 'oldest'], /Allowed choices are/],
    ['a file to import that is not there', ['import', '/nowhere.json'], /\/nowhere\.json.*ENOENT/],
    ['a place that is not there', ['export', '/nowhere/x.json'], /\/nowhere\/x\.json.*ENOENT/],
    ['a share beyond all', ['export', 'x.json', '--min-success', '2'], /a number from 0 to 1/],
    ['an unknown type to export', ['export', 'x.json', '--type', 'X'], /Allowed choices are SOLUTION/],
    [
      'an agent without subscription',
      ['watch', '--agent', 'nobody'],
      /--agent: "nobody" .* subscribes to a channel/,
    ],
    ['an unknown channel to watch', ['watch', '--channel', 'nope'], /channel: "nope" .* one of code/],
    ['the last of a subscription', ['watch', '--agent', 'a', '--last', '3'], /cannot be used with option/],
    ['an unknown subcommand', ['forget', 'old-1'], /too many arguments|unknown command/],
  ])('%s ends with exit code 2', async (_what, args, message) => {
    const end = await here(...args);
    expect(end.code, end.stderr).toBe(2);
    expect(end.stderr).toMatch(message);
    expect(end.stdout).toBe('');
  });
});
