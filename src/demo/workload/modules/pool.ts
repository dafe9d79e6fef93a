/** Healthy module: runs asynchronous jobs with a limit on how many run at once. */
import type { BaseModule } from './base-module.js';

export const pool: BaseModule = {
  name: 'pool',
  kind: 'async',
  about: 'runs asynchronous jobs with a limit on how many run at once',
  files: {
    'pool.mjs': String.raw`export async function mapLimit(items, limit, job) {
  const results = new Array(items.length);
  let next = 0;
  async function worker() {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await job(items[index], index);
    }
  }
  const workers = Array.from({ length: Math.min(limit, items.length) }, () => worker());
  await Promise.all(workers);
  return results;
}

export async function inBatches(items, size, job) {
  const results = [];
  for (let start = 0; start < items.length; start += size) {
    const batch = items.slice(start, start + size);
    const done = await Promise.all(batch.map((item) => job(item)));
    results.push(...done);
  }
  return results;
}

export async function filterAsync(items, accept) {
  const verdicts = await mapLimit(items, 4, accept);
  return items.filter((_, index) => verdicts[index] === true);
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mapLimit, inBatches, filterAsync } from './pool.mjs';

const tracked = () => {
  const state = { running: 0, most: 0 };
  const job = async (value) => {
    state.running += 1;
    state.most = Math.max(state.most, state.running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    state.running -= 1;
    return value * 10;
  };
  return { state, job };
};

test('results keep the order of their items', async () => {
  const { state, job } = tracked();
  assert.deepEqual(await mapLimit([1, 2, 3, 4, 5], 2, job), [10, 20, 30, 40, 50]);
  assert.equal(state.most, 2);
});
test('no items need no work', async () => {
  assert.deepEqual(await mapLimit([], 3, async () => 1), []);
});
test('the job gets the index', async () => {
  assert.deepEqual(await mapLimit(['a', 'b'], 1, async (item, index) => item + index), ['a0', 'b1']);
});
test('batches run one after the other', async () => {
  const { state, job } = tracked();
  assert.deepEqual(await inBatches([1, 2, 3, 4, 5], 2, job), [10, 20, 30, 40, 50]);
  assert.equal(state.most, 2);
});
test('filters by an asynchronous verdict', async () => {
  assert.deepEqual(await filterAsync([1, 2, 3, 4], async (item) => item % 2 === 0), [2, 4]);
});
`,
};
