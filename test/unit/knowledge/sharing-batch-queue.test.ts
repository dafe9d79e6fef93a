import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BatchQueue } from '../../../src/knowledge/sharing/batch-queue.js';

const done = <R>(value: R): PromiseSettledResult<R> => ({ status: 'fulfilled', value });

/** A queue that remembers its batches; each takes a while, so that what comes meanwhile waits. */
function queueOf(limits = { entries: 3, bytes: 100 }) {
  const batches: string[][] = [];
  let idle = 0;
  const queue = new BatchQueue<string, string>(
    async (entries) => {
      batches.push(entries);
      await sleep(5);
      return entries.map((entry) => done(entry.toUpperCase()));
    },
    limits,
    () => {
      idle += 1;
    },
  );
  return { queue, batches, idle: () => idle };
}

describe('BatchQueue', () => {
  it('writes what comes at once together, in order, a few at a time', async () => {
    const { queue, batches, idle } = queueOf();
    const results = ['a', 'b', 'c', 'd', 'e'].map((entry) => queue.add(entry, 1, 1_000));
    await sleep(2);
    const later = queue.add('f', 1, 1_000);
    expect(await Promise.all([...results, later])).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ]);
    expect(idle()).toBe(1);
    expect(await queue.add('g', 1, 1_000)).toBe('G');
    expect(idle()).toBe(2);
  });

  it('rests after a batch while which more came, so that those after them go with them', async () => {
    const { queue, batches } = queueOf({ entries: 10, bytes: 100 });
    const first = queue.add('a', 1, 1_000);
    await sleep(1);
    const meanwhile = queue.add('b', 1, 1_000);
    await first;
    const after = queue.add('c', 1, 1_000);
    await Promise.all([meanwhile, after]);
    expect(batches).toEqual([['a'], ['b', 'c']]);
  });

  it('begins at once where nothing came while the last was written', async () => {
    const { queue, batches } = queueOf();
    for (const entry of ['a', 'b', 'c']) {
      const added = queue.add(entry, 1, 1_000);
      await nextTurn();
      expect(batches.at(-1)).toEqual([entry]);
      await added;
    }
  });

  it('bounds the bytes of a batch, but writes even one that is too large', async () => {
    const { queue, batches } = queueOf();
    await Promise.all([queue.add('a', 60, 1_000), queue.add('b', 60, 1_000), queue.add('c', 900, 1_000)]);
    expect(batches).toEqual([['a'], ['b'], ['c']]);
  });

  it('rejects what waited too long, and never writes it', async () => {
    const { queue, batches } = queueOf({ entries: 1, bytes: 100 });
    const first = queue.add('a', 1, 1_000);
    const late = queue.add('b', 1, 1);
    await expect(late).rejects.toThrow(/turn to be written did not come in time/);
    expect(await first).toBe('A');
    expect(await queue.add('c', 1, 1_000)).toBe('C');
    expect(batches).toEqual([['a'], ['c']]);
  });

  it('tells each entry how it went, and goes on after a batch that failed', async () => {
    let batch = 0;
    const queue = new BatchQueue<string, string>(
      (entries) => {
        batch += 1;
        if (batch === 1) return Promise.reject(new Error('all of it'));
        return Promise.resolve(
          entries.map((entry) =>
            entry === 'bad' ? { status: 'rejected', reason: new Error('only this') } : done(entry),
          ),
        );
      },
      { entries: 2, bytes: 100 },
      () => {},
    );
    const all = await Promise.allSettled(['a', 'b', 'bad', 'c'].map((entry) => queue.add(entry, 1, 1_000)));
    const told = all.map((each) =>
      each.status === 'fulfilled' ? each.value : (each.reason as Error).message,
    );
    expect(told).toEqual(['all of it', 'all of it', 'only this', 'c']);
  });
});
