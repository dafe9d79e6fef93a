import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readReplayFile } from '../../../src/evaluate/replay-file.js';
import { InvalidInputError } from '../../../src/shared/errors.js';

const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-replay-file-'));
const file = path.join(folder, 'replay.jsonl');
afterAll(() => rm(folder, { recursive: true }));

const header = '{"agents":["a","b"]}';
const row = (id: string, more = '"reward":[0,1]') =>
  `{"id":"${id}","text":"t","context":{"repo":"r"},${more}}`;

async function read(lines: readonly string[], options?: Parameters<typeof readReplayFile>[1]) {
  await writeFile(file, lines.join('\n'));
  return readReplayFile(file, options);
}

it('reads agents and tasks in order, and what else a row may have', async () => {
  const replay = await read([
    header,
    row('x', '"reward":[0.5,1],"cost":[0.1,null],"createdAt":"2020-01-01T00:00:00Z","other":1'),
    '',
    row('y'),
  ]);
  expect(replay.agents).toEqual(['a', 'b']);
  expect(replay.tasks).toEqual([
    { id: 'x', text: 't', context: { repo: 'r' }, reward: [0.5, 1], cost: [0.1, null] },
    { id: 'y', text: 't', context: { repo: 'r' }, reward: [0, 1] },
  ]);
});

it('stops at the limit, and does not read what is behind it', async () => {
  const replay = await read([header, row('x'), 'no JSON'], { limit: 1 });
  expect(replay.tasks.map(({ id }) => id)).toEqual(['x']);
});

const malformed: Record<string, { lines: string[]; says: RegExp; costRequired?: true }> = {
  'a line that is no JSON': {
    lines: [header, row('x'), '{"id":'],
    says: /:3: column 7: "end of text".*expected a value/,
  },
  'a first line without agents': { lines: [row('x')], says: /:1: agents: undefined.*expected array/ },
  'agents of one name': {
    lines: ['{"agents":["a","a"]}'],
    says: /:1: agents: \["a","a"\].*names that differ/,
  },
  'a reward out of range': {
    lines: [header, row('x', '"reward":[0,1.5]')],
    says: /:2: reward\[1\]: 1\.5 .*expected a number from 0 to 1/,
  },
  'a reward that is text': {
    lines: [header, row('x', '"reward":["0",1]')],
    says: /:2: reward\[0\]: "0".*expected a number from 0 to 1/,
  },
  'too few rewards': { lines: [header, row('x', '"reward":[1]')], says: /:2: reward: \[1\].*2 numbers/ },
  'too many costs': {
    lines: [header, row('x', '"reward":[1,1],"cost":[1,1,1]')],
    says: /:2: cost: .*2 numbers/,
  },
  'a negative cost': {
    lines: [header, row('x', '"reward":[1,1],"cost":[1,-1]')],
    says: /:2: cost\[1\]: -1 .*expected a number of USD/,
  },
  'an id twice': { lines: [header, row('x'), row('x')], says: /:3: id: "x".*line 2 has it/ },
  'an id that no task may have': { lines: [header, row('a b')], says: /:2: id: "a b".*letters, digits/ },
  'no context': { lines: [header, '{"id":"x","text":"t","reward":[1,1]}'], says: /:2: context: undefined/ },
  'a row that is a list': { lines: [header, '[]'], says: /:2: \[\] .*expected object/ },
  nothing: { lines: [], says: /:1: "" .*first line/ },
  'no task': { lines: [header], says: /:2: "" .*at least one task/ },
  'a missing cost where it is weighed': {
    lines: [header, row('x')],
    says: /:2: cost: undefined/,
    costRequired: true,
  },
  'an unknown cost where it is weighed': {
    lines: [header, row('x', '"reward":[1,1],"cost":[1,null]')],
    says: /:2: cost\[1\]: null/,
    costRequired: true,
  },
};

it.each(Object.entries(malformed))(
  'refuses %s, naming file, line and field',
  async (_, { lines, says, costRequired }) => {
    const failure = await read(lines, { costRequired: costRequired ?? false }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(InvalidInputError);
    expect((failure as Error).message.startsWith(file)).toBe(true);
    expect((failure as Error).message).toMatch(says);
  },
);

it('refuses a file that cannot be read', async () => {
  const failure = await readReplayFile(path.join(folder, 'none.jsonl')).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InvalidInputError);
  expect((failure as Error).message).toMatch(/^file: .*none\.jsonl.*ENOENT/);
  await expect(readReplayFile(folder)).rejects.toThrow(/^file: .*EISDIR/);
});
