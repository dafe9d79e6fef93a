import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeItems, knowledgeSources, knowledgeVersions } from '../../src/knowledge/collections.js';
import { knowledgeContext } from '../../src/knowledge/context.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { valuedItems } from '../../src/knowledge/lifecycle/budget.js';
import { purge } from '../../src/knowledge/lifecycle/purge.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import type { Store } from '../../src/store/store.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let folder: string;
let file: string;
let tenants = 0;
let tenant: string;
let base: KnowledgeBase;

beforeAll(async () => {
  store = await openOwnStore('transfer_edges');
  folder = await mkdtemp(join(tmpdir(), 'journeyman-edges-'));
});
afterAll(async () => {
  await dropOwnStore(store);
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  tenant = `t${++tenants}`;
  file = join(folder, `${tenant}.json`);
  base = new KnowledgeBase(store, tenant);
});

const fileItem = (id: string, fields: Record<string, unknown> = {}) => ({
  ...{ id, type: 'TECHNIQUE', category: 'c', title: `t ${id}`, content: { a: 1 }, context: {} },
  ...{ priority: 'LOW', tags: ['one'], source: 's', state: 'EXPERIMENTAL', version: 1 },
  usage: { successes: 0, failures: 0, unknown: 0 },
  versions: [
    {
      ...{ version: 1, title: `t ${id}`, content: { a: 1 }, changes: '', by: 's' },
      at: '2026-01-01T00:00:00.000Z',
    },
  ],
  ...fields,
});
const write = (...items: unknown[]): Promise<void> =>
  writeFile(
    file,
    JSON.stringify({
      ...{ format: 'journeyman-knowledge', version: 2, exportedAt: '2026-01-01T00:00:00Z' },
      items,
    }),
  );
const used = (successes: number, failures = 0) => ({ usage: { successes, failures, unknown: 0 } });

describe('the state of an item that is taken in', () => {
  it('follows the rules: what a file calls VALIDATED without use is EXPERIMENTAL', async () => {
    await write(
      fileItem('claimed', { state: 'VALIDATED' }),
      fileItem('few', { state: 'VALIDATED', ...used(4) }),
      fileItem('proved', { state: 'EXPERIMENTAL', ...used(5) }),
      fileItem('still', { state: 'VALIDATED', ...used(5, 5) }),
      fileItem('failed', { state: 'VALIDATED', ...used(1, 9) }),
    );
    await base.importFrom(file);
    const states = Object.fromEntries((await base.list({})).map(({ id, state }) => [id, state]));
    expect(states).toEqual({
      ...{ claimed: 'EXPERIMENTAL', few: 'EXPERIMENTAL', proved: 'VALIDATED' },
      ...{ still: 'VALIDATED', failed: 'DEPRECATED' },
    });
  });

  it('is held down by a person who deprecated it where it was exported', async () => {
    await write(fileItem('a', { state: 'DEPRECATED', ...used(6) }));
    await base.importFrom(file, { by: 'ann' });
    await base.recordUsage('a', true);
    expect(await base.get('a')).toMatchObject({ state: 'DEPRECATED', deprecation: { by: 'ann' } });
    for (let i = 0; i < 4; i++) await base.recordUsage('a', true);
    expect(await base.get('a')).toMatchObject({ state: 'VALIDATED' });
  });

  it('counts with its use among the best, and for its value', async () => {
    await write(fileItem('good', { state: 'VALIDATED', ...used(50) }), fileItem('poor'));
    await base.importFrom(file);
    expect((await knowledgeItems(store).findOne({ _id: `${tenant}|good` }))?.successAtLeast).toBeGreaterThan(
      0.9,
    );
    const values: Record<string, number> = {};
    for await (const batch of valuedItems(knowledgeContext(store, tenant), new Date()))
      for (const { row, value } of batch) values[row.id] = value;
    expect(values['good']).toBeGreaterThan(1.4);
  });
});

describe('an item that was removed for good', () => {
  beforeEach(async () => {
    await write(fileItem('a', { content: { a: 1 }, ...used(3) }), fileItem('b'));
    await base.importFrom(file);
    await knowledgeItems(store).updateOne(
      { _id: `${tenant}|a` },
      { $set: { state: 'ARCHIVED', prunedAt: new Date(0), prunedIn: 'run' } },
    );
    const { removed } = await purge(knowledgeContext(store, tenant), { by: 'system' });
    if (removed !== 1) throw new Error(`${removed} items were removed`);
  });

  it('does not come back under its id by importing its file again', async () => {
    expect(await base.importFrom(file)).toMatchObject({ added: 0, refused: 1, unchanged: 1 });
    expect(await base.importFrom(file, { onConflict: 'newest' })).toMatchObject({ refused: 1, unchanged: 1 });
    expect((await base.list({})).map(({ id }) => id)).toEqual(['b']);
  });

  it('comes in beside, once, when both are wanted', async () => {
    expect(await base.importFrom(file, { onConflict: 'both' })).toMatchObject({ copied: 1, unchanged: 1 });
    expect(await base.importFrom(file, { onConflict: 'both' })).toMatchObject({ copied: 0, unchanged: 2 });
    const copy = (await base.list({})).find(({ id }) => id !== 'b');
    expect(copy).toMatchObject({ title: 't a', usage: { successes: 3 } });
  });
});

describe('an item with many sources', () => {
  it('is taken in with marks that grow no faster than they, and stands while one of them does', async () => {
    const agents = Array.from({ length: 1_000 }, (_, n) => `agent:a${n}`);
    await write(fileItem('a', { sources: agents }));
    const { importId } = await base.importFrom(file);
    const marks = await knowledgeSources(store).find({ tenant }).toArray();
    expect(marks).toHaveLength(1_001);
    expect(marks.reduce((sum, { with: beside = [] }) => sum + beside.length, 0)).toBeLessThan(2_000);
    await base.retract({ source: `import:${importId}`, by: 'ops', reason: 'made up' });
    expect((await base.get('a')).state).toBe('ARCHIVED');
  });

  it('is taken in while one who only confirmed it is retracted', async () => {
    const bad = new KnowledgeBase(store, tenant, undefined, { executions: async function* () {} });
    await bad.retract({ source: 'agent:a3', by: 'ops', reason: 'lies' });
    await write(
      fileItem('many', { sources: Array.from({ length: 50 }, (_, n) => `agent:a${n}`) }),
      fileItem('one', { sources: ['agent:a3', 'task:t'] }),
    );
    expect(await base.importFrom(file)).toMatchObject({ added: 1, refused: 1 });
    const standing = (await base.sourcesOf('many')).filter(({ retractedBy }) => retractedBy === null);
    expect(standing.map(({ ref }) => ref)).not.toContain('a3');
    expect(standing).toHaveLength(50);
  });
});

it('keeps items apart whose ids look like secrets, and takes secrets out of what they say', async () => {
  const ids = ['a', 'b'].map((each) => `sk-ant-api03-${each.repeat(80)}`);
  const secret = `ghp_${'A1b2'.repeat(9)}`;
  const told = { content: { a: `use ${secret}` } };
  const item = (id: string) => ({
    ...fileItem(id),
    ...told,
    versions: [{ ...fileItem(id).versions[0], ...told }],
  });
  await write(...ids.map(item));
  expect(await base.importFrom(file)).toMatchObject({ added: 2 });
  expect(await base.importFrom(file)).toMatchObject({ unchanged: 2 });
  expect(await base.exportTo(file)).toBe(2);
  expect(await readFile(file, 'utf8')).not.toContain(secret);
  expect(await new KnowledgeBase(store, `${tenant}-other`).importFrom(file)).toMatchObject({ added: 2 });
});

it('finds what cannot be stored before anything is written', async () => {
  const odd = { content: { ['a\u0000b']: 1 } };
  await write(fileItem('a'), {
    ...fileItem('b'),
    ...odd,
    versions: [{ ...fileItem('b').versions[0], ...odd }],
  });
  await expect(base.importFrom(file)).rejects.toThrow(InvalidInputError);
  expect(await base.list({})).toEqual([]);
  expect(await base.importFrom(file, { lenient: true })).toMatchObject({ added: 1, faulty: 1 });
});

it('leaves alone what is being removed', async () => {
  await write(fileItem('a'), fileItem('b'));
  await base.importFrom(file);
  await knowledgeItems(store).updateOne(
    { _id: `${tenant}|a` },
    { $set: { state: 'ARCHIVED', removing: true } },
  );
  await knowledgeVersions(store).deleteMany({ tenant, id: 'a' });
  expect(await base.exportTo(`${file}.out`)).toBe(1);
  const later = { content: { a: 2 }, at: '2026-02-01T00:00:00.000Z' };
  const newer = (id: string) => ({
    ...fileItem(id),
    content: { a: 2 },
    versions: [{ ...fileItem(id).versions[0], ...later }],
  });
  await write(newer('a'), newer('b'));
  expect(await base.importFrom(file, { onConflict: 'newest' })).toMatchObject({ updated: 1, kept: 1 });
});

it('refuses an item whose last version says something else', async () => {
  for (const fields of [{ title: 'other' }, { tags: ['two'] }, { type: 'WARNING' }]) {
    const item = fileItem('a');
    const [version] = item.versions;
    await write({ ...item, versions: [{ ...version, tags: ['one'], ...fields }] });
    await expect(base.importFrom(file)).rejects.toThrow(InvalidInputError);
  }
});

it('writes an export that can be taken in while its items are edited', async () => {
  const { id } = await base.addKnowledge({ category: 'c', title: 'one', content: { a: 1 } });
  let edits = 0;
  // Between the reading of the item and that of its versions.
  const edited: Store = {
    ...store,
    collection: (name) => {
      const collection = store.collection(name);
      if (name !== 'knowledgeVersions') return collection as never;
      return new Proxy(collection, {
        get: (target, property) => {
          const value = Reflect.get(target, property, target);
          if (property !== 'find') return typeof value === 'function' ? value.bind(target) : value;
          return (...given: Parameters<typeof target.find>) => {
            const cursor = target.find(...given);
            const toArray = cursor.toArray.bind(cursor);
            cursor.toArray = async () => {
              edits += 1;
              await base.updateKnowledge(id, { newContent: { a: 2 }, changes: 'meanwhile' });
              return toArray();
            };
            return cursor;
          };
        },
      }) as never;
    },
  };
  expect(await new KnowledgeBase(edited, tenant).exportTo(file)).toBe(1);
  expect(edits).toBe(1);
  expect(JSON.parse(await readFile(file, 'utf8')).items).toMatchObject([{ version: 1, content: { a: 1 } }]);
  expect(await new KnowledgeBase(store, `${tenant}-other`).importFrom(file)).toMatchObject({ added: 1 });
});

it('is the same by two imports of one file at once', async () => {
  await write(...Array.from({ length: 600 }, (_, n) => fileItem(`i${n}`, used(2))));
  const both = await Promise.all([base.importFrom(file), base.importFrom(file)]);
  expect(both.reduce((sum, { added }) => sum + added, 0)).toBe(600);
  expect(both.reduce((sum, { unchanged }) => sum + unchanged, 0)).toBe(600);
  expect((await base.get('i599')).usage.successes).toBe(2);
});
