/** Healthy module: undoes and redoes edits of a document. */
import type { BaseModule } from './base-module.js';

export const undoStack: BaseModule = {
  name: 'undo-stack',
  kind: 'structures',
  about: 'undoes and redoes edits of a document',
  files: {
    'undo-stack.mjs': String.raw`import { applyEdit, describeEdit } from './edits.mjs';

const LIMIT = 3;

export class UndoStack {
  constructor(document) {
    this.document = document;
    this.past = [];
    this.future = [];
  }

  edit(change) {
    this.past.push({ document: this.document, label: describeEdit(change) });
    if (this.past.length > LIMIT) this.past.shift();
    this.document = applyEdit(this.document, change);
    this.future = [];
    return this.document;
  }

  undo() {
    const entry = this.past.pop();
    if (entry === undefined) return false;
    this.future.push({ document: this.document, label: entry.label });
    this.document = entry.document;
    return true;
  }

  redo() {
    const entry = this.future.pop();
    if (entry === undefined) return false;
    this.past.push({ document: this.document, label: entry.label });
    this.document = entry.document;
    return true;
  }

  labels() {
    return this.past.map((entry) => entry.label);
  }
}
`,
    'edits.mjs': String.raw`export function applyEdit(document, change) {
  const copy = { ...document };
  if (change.remove === true) {
    delete copy[change.field];
  } else {
    copy[change.field] = change.value;
  }
  return copy;
}

export function describeEdit(change) {
  const verb = change.remove === true ? 'remove' : 'set';
  return verb + ' ' + change.field;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { UndoStack } from './undo-stack.mjs';

test('edits change the document, not the one given', () => {
  const given = { title: 'a' };
  const stack = new UndoStack(given);
  assert.deepEqual(stack.edit({ field: 'title', value: 'b' }), { title: 'b' });
  assert.deepEqual(stack.edit({ field: 'title', remove: true }), {});
  assert.deepEqual(given, { title: 'a' });
});
test('undo and redo walk both ways', () => {
  const stack = new UndoStack({ n: 0 });
  stack.edit({ field: 'n', value: 1 });
  stack.edit({ field: 'n', value: 2 });
  assert.equal(stack.undo(), true);
  assert.deepEqual(stack.document, { n: 1 });
  assert.equal(stack.redo(), true);
  assert.deepEqual(stack.document, { n: 2 });
  assert.equal(stack.redo(), false);
});
test('only the last three edits can be undone', () => {
  const stack = new UndoStack({});
  for (const field of ['a', 'b', 'c', 'd']) stack.edit({ field, value: 1 });
  assert.deepEqual(stack.labels(), ['set b', 'set c', 'set d']);
  assert.deepEqual([stack.undo(), stack.undo(), stack.undo(), stack.undo()], [true, true, true, false]);
});
test('a new edit forgets what was undone', () => {
  const stack = new UndoStack({});
  stack.edit({ field: 'a', value: 1 });
  stack.undo();
  stack.edit({ field: 'b', remove: true });
  assert.equal(stack.redo(), false);
  assert.deepEqual(stack.labels(), ['remove b']);
});
`,
};
