import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../../src/knowledge/versions/json-changes.js';
import { textParts } from '../../../src/knowledge/versions/text-parts.js';
import { describeDiff, versionDiff } from '../../../src/knowledge/versions/version-diff.js';
import type { Json } from '../../../src/shared/agent-contract.js';

const numbered = (count: number, prefix = 'line') =>
  Array.from({ length: count }, (_, n) => `${prefix} ${n}`);

describe('a difference in lines', () => {
  it.each<[string, Json, Json, string[]]>([
    ['equal values', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['the order of fields', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ['another value', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b: 1 → 2']],
    [
      'fields named like what every object has',
      { toString: 1, _t: 'a' },
      { constructor: 2, _t: 'b' },
      ['toString: removed 1', '_t: "a" → "b"', 'constructor: added 2'],
    ],
    ['another kind of value', { a: [1] }, { a: { 0: 1 } }, ['a: [1] → {"0":1}']],
    ['a field more and one less', { a: 1 }, { b: [null] }, ['a: removed 1', 'b: added [null]']],
    ['free text in the place of an object', { a: 1 }, 'words', ['the whole: {"a":1} → "words"']],
    [
      'an entry of a list',
      { steps: ['build', 'lint', 'run tests'] },
      { steps: ['build', 'lint', 'run unit tests'] },
      ['steps[2]: "run tests" → "run unit tests"'],
    ],
    ['an entry put in', ['a', 'b', 'c'], ['a', 'x', 'b', 'c'], ['[1]: added "x"']],
    ['entries taken out', ['a', 'b', 'c', 'd'], ['a', 'd'], ['[1]: removed "b"', '[2]: removed "c"']],
    ['an entry moved', ['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'], ['[0]: moved from [3]: "d"']],
    [
      'an entry that has a name',
      [
        { name: 'x', n: 1 },
        { name: 'y', n: 1 },
      ],
      [
        { name: 'z', n: 0 },
        { name: 'x', n: 1 },
        { name: 'y', n: 2 },
      ],
      ['[0]: added {"name":"z","n":0}', '[2].n: 1 → 2'],
    ],
    ['an entry without a name', [{ n: 1, m: 1 }, { n: 5 }], [{ n: 2, m: 1 }, { n: 5 }], ['[0].n: 1 → 2']],
    [
      'lists in lists',
      [[1, 2], [3]],
      [
        [1, 2],
        [3, 4],
      ],
      ['[1][1]: added 4'],
    ],
    ['an empty list', { a: [] }, { a: ['x'] }, ['a[0]: added "x"']],
  ])('%s', (_name, before, after, lines) => {
    expect(describeDiff(before, after)).toEqual(lines);
  });

  it('of texts is by lines, and by words where lines are long', () => {
    const [before, after] = [numbered(8), numbered(8)];
    after[2] = 'another line';
    after.splice(5, 1);
    after.push('', 'the end');
    expect(describeDiff({ text: before.join('\n') }, { text: after.join('\n') })).toEqual([
      'text, line 3: "line 2" → "another line"',
      'text, line 6: removed "line 5"',
      'text, line 8: added ""',
      'text, line 9: added "the end"',
    ]);
    const long = numbered(40, 'word').join(' ');
    expect(describeDiff(long, long.replace('word 20', 'phrase twenty'))).toEqual([
      'the whole: "… 18 word 19 word 20 word 21 word …" → "… 18 word 19 phrase twenty word 21 word …"',
    ]);
    expect(describeDiff(`${long}\nx`, `${long} more\nx`)).toEqual([
      'the whole, line 1: "… word 38 word 39" → "… word 38 word 39 more"',
    ]);
  });

  it('of very much is cut, and of very long lists told as one, in bounded time', () => {
    const lines = describeDiff(numbered(900, 'a'), numbered(900, 'b'));
    expect(lines).toHaveLength(501);
    expect(lines.at(-1)).toBe('… and 400 more');
    const started = performance.now();
    const [old, fresh] = [numbered(20_000, 'a'), numbered(20_000, 'b')];
    expect(changesBetween(old, fresh)).toEqual([{ path: '', kind: 'changed', before: old, after: fresh }]);
    expect(changesBetween(old, [...old.slice(0, 9), 'x', ...old.slice(9)])).toEqual([
      { path: '[9]', kind: 'added', after: 'x' },
    ]);
    expect(changesBetween(old, [...old, 'x'])).toHaveLength(1);
    expect(textParts(old.join('\n'), fresh.join('\n'))).toHaveLength(20_000);
    expect(textParts(old.join(' '), fresh.join(' '))?.length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('a difference in data', () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

  it('is empty for equal values and for no others', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const plain = [before, after].map((value) => JSON.parse(JSON.stringify(value)) as Json);
        const [old, fresh] = [plain[0] as Json, plain[1] as Json];
        expect(changesBetween(old, old)).toEqual([]);
        expect(changesBetween(old, fresh).length > 0).toBe(!isDeepStrictEqual(old, fresh));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of lists tells how each became the other', () => {
    const entries = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 1, 2, null), { maxLength: 12 });
    fc.assert(
      fc.property(entries, entries, (before, after) => {
        const rebuilt: Json[] = [];
        const changes = changesBetween(before, after);
        const at = new Map(
          changes.filter(({ kind }) => kind !== 'removed').map((change) => [change.path, change]),
        );
        const gone = changes.flatMap(({ path, kind, from }) =>
          kind === 'removed' ? [Number(path.slice(1, -1))] : kind === 'moved' ? [from ?? -1] : [],
        );
        const kept = before.filter((_, index) => !gone.includes(index));
        for (let index = 0; index < after.length; index += 1) {
          const change = at.get(`[${index}]`);
          if (change === undefined) rebuilt.push(kept.shift() ?? null);
          else {
            if (change.kind === 'changed') expect(kept.shift()).toEqual(change.before);
            rebuilt.push(change.after ?? null);
          }
        }
        expect(rebuilt).toEqual(after);
        expect(kept).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a difference of versions', () => {
  const at = new Date(0);
  const version = (number: number, rest: object) => ({
    ...{ version: number, title: 't', content: 'c', changes: '', by: 'ann', at },
    ...rest,
  });

  it('names fields, and passes over what one of them did not keep', () => {
    const old = version(1, {});
    const fresh = version(2, { content: 'd', tags: ['x'], trust: 'trusted' });
    expect(versionDiff(old, fresh)).toEqual({
      ...{ from: 1, to: 2, lines: ['content: "c" → "d"'] },
      changes: [{ path: 'content', kind: 'changed', before: 'c', after: 'd' }],
    });
    expect(versionDiff(version(1, { priority: 'LOW' }), version(2, { priority: 'HIGH' })).lines).toEqual([
      'priority: "LOW" → "HIGH"',
    ]);
  });
});
