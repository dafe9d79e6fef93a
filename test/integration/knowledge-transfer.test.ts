import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeItems } from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { ConflictError, InvalidInputError } from '../../src/shared/errors.js';
import type { Store } from '../../src/store/store.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let folder: string;
let file: string;
let tenants = 0;
let here: KnowledgeBase;
let there: KnowledgeBase;

beforeAll(async () => {
  store = await openOwnStore('knowledge_transfer');
  folder = await mkdtemp(join(tmpdir(), 'journeyman-transfer-'));
});
afterAll(async () => {
  await dropOwnStore(store);
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  tenants += 1;
  file = join(folder, `${tenants}.json`);
  here = new KnowledgeBase(store, `t${tenants}`);
  there = new KnowledgeBase(store, `t${tenants}-other`);
});

const fileItem = (id: string, fields: Record<string, unknown> = {}) => ({
  ...{ id, type: 'TECHNIQUE', category: 'c', title: `t ${id}`, content: { a: 1 }, context: {} },
  ...{ priority: 'LOW', tags: ['one'], source: 's', state: 'EXPERIMENTAL', version: 1 },
  usage: { successes: 0, failures: 0, unknown: 0 },
  versions: [
    {
      ...{ version: 1, title: `t ${id}`, content: fields['content'] ?? { a: 1 }, changes: '', by: 's' },
      at: fields['at'] ?? '2026-01-01T00:00:00.000Z',
    },
  ],
  ...Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'at')),
});
const header = { format: 'journeyman-knowledge', version: 2, exportedAt: '2026-01-01T00:00:00Z' };
/** One item a line, the first on the second. */
const linesOf = (items: readonly unknown[]): string =>
  `${JSON.stringify(header).slice(0, -1)},"items":[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]}\n`;
const nothing = { added: 0, updated: 0, copied: 0, unchanged: 0, kept: 0, refused: 0, faulty: 0 };
const stored = (base: KnowledgeBase) =>
  knowledgeItems(store).countDocuments({ tenant: base === here ? `t${tenants}` : `t${tenants}-other` });

describe('an export', () => {
  it('carries everything over, once, as JSON', async () => {
    const { id } = await here.addKnowledge({ category: 'c', title: 'TDD', content: { a: 1 }, tags: ['x'] });
    await here.updateKnowledge(id, { newContent: { b: [1, null] }, changes: 'second' });
    for (let i = 0; i < 5; i++) await here.recordUsage(id, true);
    await new KnowledgeHub(store, `t${tenants}`).shareKnowledge({
      ...{ sourceAgent: 'code', type: 'SOLUTION', title: 'Sort fast', content: 'quicksort' },
      context: { language: 'python' },
    });
    expect(await here.exportTo(file)).toBe(2);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
    const whole = JSON.parse(await readFile(file, 'utf8'));
    expect(whole).toMatchObject({ format: 'journeyman-knowledge', version: 2 });
    expect(await there.importFrom(file)).toMatchObject({ ...nothing, added: 2 });
    expect(await there.importFrom(file)).toMatchObject({ ...nothing, unchanged: 2 });
    expect(await here.importFrom(file)).toMatchObject({ ...nothing, unchanged: 2 });
    const copy = await there.get(id);
    expect(copy).toMatchObject({
      state: 'VALIDATED',
      version: 2,
      usage: { successes: 5 },
      trust: 'untrusted',
    });
    const words = ({ version, content, changes, by, at }: Record<string, unknown>) => ({
      ...{ version, content, changes, by, at },
    });
    const bare = async (base: KnowledgeBase) => (await base.history(id)).map((each) => words({ ...each }));
    expect(await bare(there)).toEqual(await bare(here));
    expect(
      await new KnowledgeHub(store, `t${tenants}-other`).queryKnowledge({ query: 'quicksort' }),
    ).toHaveLength(1);
    const again = `${file}.again`;
    await here.exportTo(again);
    expect(JSON.parse(await readFile(again, 'utf8')).items).toEqual(whole.items);
  });

  it('holds what was chosen only', async () => {
    const add = (title: string, tags: string[]) =>
      here.addKnowledge({ category: 'c', title, content: { title }, tags });
    const proved = await add('proved', ['a', 'b']);
    const failed = await add('failed', ['a']);
    await add('unused', ['b']);
    for (let i = 0; i < 5; i++) await here.recordUsage(proved.id, true);
    for (let i = 0; i < 3; i++) await here.recordUsage(failed.id, i === 0);
    const titles = async (options: Parameters<KnowledgeBase['exportTo']>[1]) => {
      await here.exportTo(file, options);
      return (JSON.parse(await readFile(file, 'utf8')).items as { title: string }[])
        .map(({ title }) => title)
        .sort();
    };
    expect(await titles({})).toEqual(['failed', 'proved', 'unused']);
    expect(await titles({ states: ['VALIDATED'] })).toEqual(['proved']);
    expect(await titles({ tags: ['a'] })).toEqual(['failed', 'proved']);
    expect(await titles({ tags: ['a', 'b'] })).toEqual(['proved']);
    expect(await titles({ minUsages: 3 })).toEqual(['failed', 'proved']);
    expect(await titles({ minUsages: 3, minSuccess: 0.5 })).toEqual(['proved']);
    expect(await titles({ types: ['WARNING'] })).toEqual([]);
    await expect(here.exportTo(file, { minSuccess: 2 })).rejects.toThrow(/minSuccess: 2/);
  });

  it('leaves an older file whole when writing fails', async () => {
    await expect(here.exportTo(join(folder, 'no-folder', 'x.json'))).rejects.toThrow(/ENOENT/);
  });

  it('does not hold what was retracted, and a retracted file does not come back', async () => {
    await writeFile(file, linesOf([fileItem('a')]));
    const { importId } = await here.importFrom(file);
    await here.retract({ source: `import:${importId}`, by: 'ops', reason: 'made up' });
    expect((await here.get('a')).state).toBe('ARCHIVED');
    expect(await here.exportTo(`${file}.out`)).toBe(0);
    await expect(here.importFrom(file)).rejects.toThrow(ConflictError);
  });
});

describe('a file with faults', () => {
  const faults: [name: string, text: string, place: string][] = [
    ['broken JSON', '{"format":\n nonsense}', ':2:3'],
    ['another format', JSON.stringify({ ...header, format: 'x', items: [] }), ': format'],
    ['a version to come', JSON.stringify({ ...header, version: 3, items: [] }), ': version'],
    ['no items', JSON.stringify(header), ': items'],
    ['no object', '[]', ':1:1'],
    ['nothing', '', ':1:1'],
    ['a bad state', linesOf([fileItem('a'), fileItem('b', { state: 'GREAT' })]), ':3: state: "GREAT"'],
    ['an operator for an id', linesOf([{ ...fileItem('a'), id: { $ne: '' } }]), ':2: id'],
    ['an id twice', linesOf([fileItem('a'), fileItem('b'), fileItem('a')]), ':4: id: "a"'],
    ['missing versions', linesOf([fileItem('a', { version: 2 })]), ':2: version'],
    ['other content in the last version', linesOf([{ ...fileItem('a'), content: { a: 2 } }]), ':2: content'],
    ['a cut end', linesOf([fileItem('a'), fileItem('b')]).slice(0, -40), ':3'],
  ];
  it.each(faults)('is refused whole: %s', async (_name, text, place) => {
    await writeFile(file, text);
    const refused = here.importFrom(file);
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toThrow(`${file}${place}`);
    expect(await stored(here)).toBe(0);
  });

  it('is taken in but for them when lenient, each named by its line', async () => {
    const items = [fileItem('a'), fileItem('b', { state: 'GREAT' }), fileItem('c'), fileItem('a')];
    await writeFile(file, linesOf(items));
    const result = await here.importFrom(file, { lenient: true });
    expect(result).toMatchObject({ ...nothing, added: 2, faulty: 2 });
    expect(result.problems.map(({ line }) => line)).toEqual([3, 5]);
    expect(result.problems[0]?.message).toContain('state: "GREAT" is not allowed');
    expect(await stored(here)).toBe(2);
    expect(await here.importFrom(file, { lenient: true })).toMatchObject({ unchanged: 2, faulty: 2 });
  });

  it('is taken in up to where it breaks off when lenient', async () => {
    await writeFile(file, linesOf([fileItem('a'), fileItem('b')]).slice(0, -40));
    const result = await here.importFrom(file, { lenient: true });
    expect(result).toMatchObject({ ...nothing, added: 1 });
    expect(result.problems).toMatchObject([{ line: 3 }]);
  });

  it('that cannot be read is refused by its name', async () => {
    await expect(here.importFrom(join(folder, 'absent.json'))).rejects.toMatchObject({ field: 'file' });
    await expect(here.importFrom(folder)).rejects.toMatchObject({ field: 'file' });
  });
});

describe('an item that is there with other content', () => {
  beforeEach(async () => {
    await writeFile(file, linesOf([fileItem('a')]));
    await here.importFrom(file);
  });
  const importing = async (fields: Record<string, unknown>, onConflict: 'keep' | 'newest' | 'both') => {
    await writeFile(file, linesOf([fileItem('a', fields)]));
    return here.importFrom(file, { onConflict });
  };
  const later = { content: { a: 2 }, at: '2026-02-01T00:00:00.000Z' };
  const earlier = { content: { a: 0 }, at: '2025-12-01T00:00:00.000Z' };

  it('is kept, and named', async () => {
    expect(await importing(later, 'keep')).toMatchObject({ ...nothing, kept: 1, differing: ['a'] });
    expect((await here.get('a')).content).toEqual({ a: 1 });
  });

  it('gives way to a later edit as a new version, and to no earlier one', async () => {
    expect(await importing(earlier, 'newest')).toMatchObject({ ...nothing, kept: 1 });
    expect(await importing(later, 'newest')).toMatchObject({ ...nothing, updated: 1 });
    expect(await here.get('a')).toMatchObject({ content: { a: 2 }, version: 2 });
    expect((await here.history('a')).map(({ version }) => version)).toEqual([1, 2]);
    expect(await importing(later, 'newest')).toMatchObject({ ...nothing, unchanged: 1 });
    expect(await importing(earlier, 'newest')).toMatchObject({ ...nothing, kept: 1 });
  });

  it('stands beside the other, once', async () => {
    expect(await importing(later, 'both')).toMatchObject({ ...nothing, copied: 1 });
    expect(await importing(later, 'both')).toMatchObject({ ...nothing, unchanged: 1 });
    expect((await here.list({})).map(({ content }) => content)).toEqual(
      expect.arrayContaining([{ a: 1 }, { a: 2 }]),
    );
  });
});

/** As JSON carries it: -0 is 0 there. */
const written = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** `__proto__` is no name that objects here may have. */
const hasPlainNames = (value: unknown): boolean => !JSON.stringify(value).includes('__proto__');

it('reads any spacing of the same JSON alike, by pieces of any size', async () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((each) => each.trim() !== '');
  const item = fc.record({
    title: text,
    content: fc
      .dictionary(text, fc.jsonValue({ maxDepth: 3 }))
      .map(written)
      .filter(hasPlainNames),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { maxLength: 5 }),
      fc.integer({ min: 0, max: 4 }),
      async (items, indent) => {
        const own = new KnowledgeBase(store, `p${(tenants += 1)}`);
        const filed = items.map(({ title, content }, index) => {
          const one = fileItem(`i${index}`, { content });
          const trimmed = title.trim();
          return { ...one, title: trimmed, versions: [{ ...one.versions[0], title: trimmed }] };
        });
        await writeFile(file, JSON.stringify({ ...header, items: filed }, null, indent));
        expect(await own.importFrom(file)).toMatchObject({ ...nothing, added: items.length });
        expect(await own.importFrom(file)).toMatchObject({ ...nothing, unchanged: items.length });
        for (const one of filed) expect((await own.get(one.id)).content).toEqual(one.content);
      },
    ),
    { numRuns: 25 },
  );
});
