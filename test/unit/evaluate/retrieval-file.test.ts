import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readRetrievalFile } from '../../../src/evaluate/retrieval-file.js';
import { InvalidInputError } from '../../../src/shared/errors.js';

const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-retrieval-file-'));
const file = path.join(folder, 'retrieval.jsonl');
afterAll(() => rm(folder, { recursive: true }));

const document = (id: string, group = 'g') =>
  JSON.stringify({ type: 'document', group, id, text: `text ${id}` });
const query = (id: string, relevant: string[], group = 'g') =>
  JSON.stringify({ type: 'query', group, id, text: `query ${id}`, relevant });

async function read(lines: readonly string[]) {
  await writeFile(file, lines.join('\n'));
  return readRetrievalFile(file);
}

it('reads documents and queries by group, in order', async () => {
  const read1 = await read([document('a'), document('a', 'h'), '', query('a', ['a']), document('b')]);
  expect(read1).toMatchObject({ file, documents: 3, queries: 1 });
  expect(read1.groups.map(({ group, rows }) => [group, rows.map(({ type, id }) => `${type} ${id}`)])).toEqual(
    [
      ['g', ['document a', 'query a', 'document b']],
      ['h', ['document a']],
    ],
  );
});

const malformed: Record<string, { lines: string[]; says: RegExp }> = {
  'a line that is no JSON': { lines: [document('a'), '{"type"'], says: /:2: column 8/ },
  'another type': { lines: ['{"type":"answer","group":"g","id":"a","text":""}'], says: /:1: type: "answer"/ },
  'a query without an answer': { lines: [query('q', [])], says: /:1: relevant: \[\]/ },
  'a document without a text': {
    lines: ['{"type":"document","group":"g","id":"a"}'],
    says: /:1: text: undefined/,
  },
  'an id that is there twice': {
    lines: [document('a'), query('q', ['a']), document('a')],
    says: /:3: id: "a".*line 1 has it already/,
  },
  'no query': { lines: [document('a')], says: /:2.*"type":"query"/ },
};
for (const [name, { lines, says }] of Object.entries(malformed))
  it(`refuses ${name}, naming line and field`, async () => {
    const error: unknown = await read(lines).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).message).toMatch(says);
  });

it('refuses a file that is not there', async () => {
  await expect(readRetrievalFile(path.join(folder, 'none.jsonl'))).rejects.toThrow(
    /a readable file \(ENOENT\)/,
  );
});
