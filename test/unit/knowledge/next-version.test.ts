import { describe, expect, it } from 'vitest';
import { counted, runsOf, saysSince } from '../../../src/knowledge/usage/counted-versions.js';
import { nextVersion } from '../../../src/knowledge/versions/next-version.js';

const stored: Parameters<typeof nextVersion>[0] = {
  ...{ title: 't', content: { a: 1 }, type: 'TECHNIQUE', category: 'c', tags: ['x'] },
  ...{ priority: 'LOW', trust: 'untrusted' },
};

describe('an edit', () => {
  it('that changes nothing makes no version', () => {
    expect(nextVersion(stored, {}, 'trusted')).toBeNull();
    expect(nextVersion(stored, { title: 't', content: { a: 1 }, tags: ['x'] }, 'trusted')).toBeNull();
    expect(nextVersion(stored, { title: undefined }, 'trusted')).toBeNull();
  });

  it.each([
    [{ tags: ['y'] }, 'trusted', false, 'untrusted'],
    [{ priority: 'HIGH', title: 't' }, 'trusted', false, 'untrusted'],
    [{ content: 'b' }, 'trusted', true, 'untrusted'],
    [{ title: 'u' }, 'trusted', true, 'untrusted'],
    [{ title: 'u', content: 'b' }, 'trusted', true, 'trusted'],
    [{ title: 't', content: 'b' }, 'trusted', true, 'trusted'],
    [{ title: 'u', content: 'b' }, 'derived', true, 'derived'],
  ] as const)('%j by %s words: says other %s, is %s', (change, by, saysOther, trust) => {
    expect(nextVersion(stored, structuredClone(change) as object, by)).toMatchObject({ saysOther, trust });
  });

  it('by an agent takes a person’s trust away, and leaves it where it enters no words', () => {
    const trusted = { ...stored, trust: 'trusted' as const };
    expect(nextVersion(trusted, { content: 'b' }, 'untrusted')).toMatchObject({ trust: 'untrusted' });
    expect(nextVersion(trusted, { tags: ['b'] }, 'untrusted')).toMatchObject({ trust: 'trusted' });
    expect(nextVersion(trusted, { content: 'b' }, 'trusted')).toMatchObject({ trust: 'trusted' });
  });
});

describe('the versions that count', () => {
  it('are those since the words are what they are, and earlier runs of the same words', () => {
    const changed = {
      version: 9,
      contentVersion: 7,
      earlierRuns: [[1, 2] as [number, number], [5, 5] as [number, number]],
    };
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((version) => counted(changed, version))).toEqual([
      1, 2, 5, 7, 8, 9, 10,
    ]);
  });

  it('of items of before are the current one', () => {
    expect(saysSince({ version: 4 })).toBe(4);
    expect([3, 4].filter((version) => counted({ version: 4 }, version))).toEqual([4]);
  });

  it.each([
    [[], []],
    [[3], [[3, 3]]],
    [
      [5, 1, 2, 7, 6],
      [
        [1, 2],
        [5, 7],
      ],
    ],
  ])('%j are the runs %j', (versions, runs) => {
    expect(runsOf(versions)).toEqual(runs);
  });
});
