/** Healthy module: groups, counts and ranks records. */
import type { BaseModule } from './base-module.js';

export const grouping: BaseModule = {
  name: 'grouping',
  kind: 'collections',
  about: 'groups, counts and ranks records',
  files: {
    'grouping.mjs': String.raw`export function groupBy(records, keyOf) {
  const groups = new Map();
  for (const record of records) {
    const key = keyOf(record);
    const group = groups.get(key) ?? [];
    group.push(record);
    groups.set(key, group);
  }
  return groups;
}

export function countBy(records, keyOf) {
  const counts = {};
  for (const record of records) {
    const key = keyOf(record);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

export function topBy(records, scoreOf, limit = 3) {
  return [...records]
    .sort((a, b) => {
      return scoreOf(b) - scoreOf(a);
    })
    .slice(0, limit);
}

export function partition(records, accept) {
  const yes = records.filter((record) => accept(record));
  const no = records.filter((record) => !accept(record));
  return [yes, no];
}

export function withRank(records, scoreOf) {
  const sorted = topBy(records, scoreOf, records.length);
  return sorted.map((record, index) => ({ ...record, rank: index + 1 }));
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { groupBy, countBy, topBy, partition, withRank } from './grouping.mjs';

const people = [
  { name: 'Al', team: 'red', points: 3 },
  { name: 'Bo', team: 'blue', points: 9 },
  { name: 'Cy', team: 'red', points: 5 },
  { name: 'Di', team: 'blue', points: 1 },
];
const names = (list) => list.map((person) => person.name);

test('groups keep the order of their records', () => {
  const groups = groupBy(people, (person) => person.team);
  assert.deepEqual(names(groups.get('red')), ['Al', 'Cy']);
  assert.equal(groups.size, 2);
});
test('counts by key', () => {
  assert.deepEqual(countBy(people, (person) => person.team), { red: 2, blue: 2 });
});
test('top three by score without touching the list', () => {
  assert.deepEqual(names(topBy(people, (person) => person.points)), ['Bo', 'Cy', 'Al']);
  assert.deepEqual(names(people), ['Al', 'Bo', 'Cy', 'Di']);
});
test('partition splits in two', () => {
  const [high, low] = partition(people, (person) => person.points > 4);
  assert.deepEqual(names(high), ['Bo', 'Cy']);
  assert.deepEqual(names(low), ['Al', 'Di']);
});
test('ranks start at one and leave the records alone', () => {
  const ranked = withRank(people, (person) => person.points);
  assert.deepEqual(ranked.map((person) => person.rank), [1, 2, 3, 4]);
  assert.equal(ranked[3].name, 'Di');
  assert.equal(people[0].rank, undefined);
});
`,
};
