/** Healthy module: serves jobs by priority from a binary heap. */
import type { BaseModule } from './base-module.js';

export const priorityQueue: BaseModule = {
  name: 'priority-queue',
  kind: 'structures',
  about: 'serves jobs by priority from a binary heap',
  files: {
    'priority-queue.mjs': String.raw`export class PriorityQueue {
  constructor(compare = (a, b) => a - b) {
    this.compare = compare;
    this.items = [];
  }

  push(item) {
    this.items.push(item);
    let index = this.items.length - 1;
    while (index > 0) {
      const parent = Math.floor((index - 1) / 2);
      if (this.compare(this.items[index], this.items[parent]) >= 0) break;
      this.swap(index, parent);
      index = parent;
    }
    return this.items.length;
  }

  pop() {
    if (this.items.length === 0) return undefined;
    const top = this.items[0];
    const last = this.items.pop();
    if (this.items.length > 0) {
      this.items[0] = last;
      this.sink(0);
    }
    return top;
  }

  sink(start) {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let smallest = index;
      if (left < this.items.length && this.compare(this.items[left], this.items[smallest]) < 0) smallest = left;
      if (right < this.items.length && this.compare(this.items[right], this.items[smallest]) < 0) smallest = right;
      if (smallest === index) return;
      this.swap(index, smallest);
      index = smallest;
    }
  }

  swap(a, b) {
    [this.items[a], this.items[b]] = [this.items[b], this.items[a]];
  }
}

export function drain(queue) {
  const order = [];
  while (queue.items.length > 0) {
    order.push(queue.pop());
  }
  return order;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PriorityQueue, drain } from './priority-queue.mjs';

const filled = (values, compare) => {
  const queue = new PriorityQueue(compare);
  for (const value of values) queue.push(value);
  return queue;
};

test('the smallest comes first', () => {
  assert.deepEqual(drain(filled([5, 3, 8, 1, 9, 2])), [1, 2, 3, 5, 8, 9]);
  assert.deepEqual(drain(filled([2, 1])), [1, 2]);
  assert.deepEqual(drain(filled([4, 7, 3, 6, 5, 2, 1, 8])), [1, 2, 3, 4, 5, 6, 7, 8]);
});
test('an order of its own', () => {
  assert.deepEqual(drain(filled(['pear', 'fig', 'banana'], (a, b) => b.length - a.length)), ['banana', 'pear', 'fig']);
});
test('push returns the length', () => {
  assert.equal(filled([1, 2]).push(0), 3);
});
test('an empty queue has nothing', () => {
  assert.equal(new PriorityQueue().pop(), undefined);
});
`,
};
