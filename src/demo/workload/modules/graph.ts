/** Healthy module: finds paths and build orders in a graph. */
import type { BaseModule } from './base-module.js';

export const graph: BaseModule = {
  name: 'graph',
  kind: 'structures',
  about: 'finds paths and build orders in a graph',
  files: {
    'graph.mjs': String.raw`export function neighbours(edges, node) {
  return edges.filter((edge) => edge.from === node).map((edge) => edge.to);
}

export function shortestPath(edges, start, goal) {
  const previous = new Map([[start, null]]);
  const queue = [start];
  while (queue.length > 0) {
    const node = queue.shift();
    if (node === goal) return trace(previous, goal);
    for (const next of neighbours(edges, node)) {
      if (!previous.has(next)) {
        previous.set(next, node);
        queue.push(next);
      }
    }
  }
  return null;
}

function trace(previous, goal) {
  const path = [];
  for (let node = goal; node !== null; node = previous.get(node)) {
    path.unshift(node);
  }
  return path;
}

export function buildOrder(tasks) {
  const order = [];
  const visiting = new Set();
  const visit = (name) => {
    if (order.includes(name)) return;
    if (visiting.has(name)) throw new Error('cycle at ' + name);
    visiting.add(name);
    for (const needed of tasks[name] ?? []) visit(needed);
    order.push(name);
  };
  for (const name of Object.keys(tasks)) visit(name);
  return order;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { neighbours, shortestPath, buildOrder } from './graph.mjs';

const edges = [
  { from: 'a', to: 'b' }, { from: 'b', to: 'c' }, { from: 'c', to: 'd' }, { from: 'a', to: 'c' }, { from: 'd', to: 'a' },
];

test('neighbours follow the direction', () => {
  assert.deepEqual(neighbours(edges, 'a'), ['b', 'c']);
  assert.deepEqual(neighbours(edges, 'x'), []);
});
test('the shortest path wins', () => {
  assert.deepEqual(shortestPath(edges, 'a', 'd'), ['a', 'c', 'd']);
  assert.deepEqual(shortestPath(edges, 'a', 'a'), ['a']);
  assert.equal(shortestPath(edges, 'a', 'x'), null);
});
test('what is needed is built first', () => {
  assert.deepEqual(buildOrder({ app: ['lib', 'ui'], ui: ['lib'], lib: [] }), ['lib', 'ui', 'app']);
  assert.deepEqual(buildOrder({ app: ['lib'] }), ['lib', 'app']);
});
test('cycles are refused', () => {
  assert.throws(() => buildOrder({ a: ['b'], b: ['a'] }), /cycle at a/);
});
`,
};
