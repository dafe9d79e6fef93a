/** Healthy module: sends records through asynchronous steps. */
import type { BaseModule } from './base-module.js';

export const pipeline: BaseModule = {
  name: 'pipeline',
  kind: 'async',
  about: 'sends records through asynchronous steps',
  files: {
    'pipeline.mjs': String.raw`export function pipeline(...steps) {
  return async (input) => {
    let value = input;
    for (const step of steps) {
      value = await step(value);
    }
    return value;
  };
}

export async function collect(source, limit = Infinity) {
  const items = [];
  for await (const item of source) {
    if (items.length >= limit) break;
    items.push(item);
  }
  return items;
}

export async function* numbered(source, first = 1) {
  let number = first;
  for await (const item of source) {
    yield { number, item };
    number += 1;
  }
}

export async function tally(records, keyOf) {
  const counts = {};
  for (const record of records) {
    const key = await keyOf(record);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

export async function settle(jobs) {
  const outcomes = await Promise.allSettled(jobs.map((job) => job()));
  const done = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  return { done: done.map((outcome) => outcome.value), failed: outcomes.length - done.length };
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { pipeline, collect, numbered, tally, settle } from './pipeline.mjs';

async function* letters() {
  yield 'a';
  yield 'b';
  yield 'c';
}

test('each step gets the result of the one before', async () => {
  const run = pipeline(async (value) => value + 1, (value) => value * 2, async (value) => [value]);
  assert.deepEqual(await run(4), [10]);
});
test('collects a source up to a limit', async () => {
  assert.deepEqual(await collect(letters()), ['a', 'b', 'c']);
  assert.deepEqual(await collect(letters(), 2), ['a', 'b']);
});
test('numbers what passes', async () => {
  assert.deepEqual(await collect(numbered(letters())), [
    { number: 1, item: 'a' }, { number: 2, item: 'b' }, { number: 3, item: 'c' },
  ]);
});
test('tallies by an asynchronous key', async () => {
  assert.deepEqual(await tally([1, 2, 3], async (value) => (value % 2 === 0 ? 'even' : 'odd')), { odd: 2, even: 1 });
});
test('settle counts failures', async () => {
  const jobs = [async () => 1, async () => { throw new Error('no'); }, async () => 3];
  assert.deepEqual(await settle(jobs), { done: [1, 3], failed: 1 });
});
`,
};
