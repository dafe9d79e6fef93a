/** Healthy module: lets listeners subscribe to events. */
import type { BaseModule } from './base-module.js';

export const emitter: BaseModule = {
  name: 'emitter',
  kind: 'structures',
  about: 'lets listeners subscribe to events',
  files: {
    'emitter.mjs': String.raw`export class Emitter {
  constructor() {
    this.listeners = new Map();
    this.history = [];
  }

  on(name, listener) {
    const list = this.listeners.get(name) ?? [];
    this.listeners.set(name, [...list, listener]);
    return () => this.off(name, listener);
  }

  once(name, listener) {
    const stop = this.on(name, (...values) => {
      stop();
      return listener(...values);
    });
    return stop;
  }

  off(name, listener) {
    const list = this.listeners.get(name) ?? [];
    this.listeners.set(
      name,
      list.filter((other) => other !== listener),
    );
  }

  emit(name, ...values) {
    const list = this.listeners.get(name) ?? [];
    for (const listener of list) {
      listener(...values);
    }
    this.history.push({ name, count: list.length });
    return list.length > 0;
  }

  recent(limit = 2) {
    return this.history.slice(-limit).map((event) => event.name);
  }
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Emitter } from './emitter.mjs';

test('listeners get the values in order', () => {
  const emitter = new Emitter();
  const seen = [];
  emitter.on('move', (x, y) => seen.push([x, y]));
  emitter.on('move', (x) => seen.push(x));
  assert.equal(emitter.emit('move', 1, 2), true);
  assert.deepEqual(seen, [[1, 2], 1]);
});
test('nobody listens', () => {
  assert.equal(new Emitter().emit('move'), false);
});
test('a subscription can be ended', () => {
  const emitter = new Emitter();
  let count = 0;
  const stop = emitter.on('tick', () => { count += 1; });
  emitter.emit('tick');
  stop();
  emitter.emit('tick');
  assert.equal(count, 1);
});
test('once listens once and spares the others', () => {
  const emitter = new Emitter();
  const seen = [];
  emitter.once('tick', (value) => seen.push('once ' + value));
  emitter.on('tick', (value) => seen.push('on ' + value));
  emitter.emit('tick', 1);
  emitter.emit('tick', 2);
  assert.deepEqual(seen, ['once 1', 'on 1', 'on 2']);
});
test('recent names', () => {
  const emitter = new Emitter();
  for (const name of ['a', 'b', 'c']) emitter.emit(name);
  assert.deepEqual(emitter.recent(), ['b', 'c']);
});
`,
};
