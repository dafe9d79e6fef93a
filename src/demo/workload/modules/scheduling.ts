/** Healthy module: finds free slots between meetings. */
import type { BaseModule } from './base-module.js';

export const scheduling: BaseModule = {
  name: 'scheduling',
  kind: 'dates',
  about: 'finds free slots between meetings',
  files: {
    'scheduling.mjs': String.raw`export function toMinutes(clock) {
  const [hours, minutes] = clock.split(':').map((part) => Number.parseInt(part, 10));
  return hours * 60 + minutes;
}

export function toClock(minutes) {
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  return hours + ':' + String(minutes % 60).padStart(2, '0');
}

function byStart(meetings) {
  return [...meetings].sort((a, b) => toMinutes(a.start) - toMinutes(b.start));
}

export function conflicts(meetings) {
  const sorted = byStart(meetings);
  const found = [];
  for (let index = 1; index < sorted.length; index += 1) {
    if (toMinutes(sorted[index].start) < toMinutes(sorted[index - 1].end)) {
      found.push([sorted[index - 1].name, sorted[index].name]);
    }
  }
  return found;
}

export function freeSlots(meetings, from, to, minLength = 30) {
  const slots = [];
  let cursor = toMinutes(from);
  const addSlot = (start, end) => {
    if (end - start >= minLength) slots.push(toClock(start) + '-' + toClock(end));
  };
  for (const meeting of byStart(meetings)) {
    addSlot(cursor, toMinutes(meeting.start));
    cursor = Math.max(cursor, toMinutes(meeting.end));
  }
  addSlot(cursor, toMinutes(to));
  return slots;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { toMinutes, toClock, conflicts, freeSlots } from './scheduling.mjs';

const day = [
  { name: 'review', start: '13:00', end: '14:30' },
  { name: 'standup', start: '09:00', end: '09:15' },
];

test('clock times and minutes', () => {
  assert.equal(toMinutes('01:30'), 90);
  assert.equal(toClock(605), '10:05');
});
test('meetings that touch do not conflict', () => {
  assert.deepEqual(conflicts([...day, { name: 'call', start: '14:30', end: '15:00' }]), []);
  assert.deepEqual(conflicts([...day, { name: 'call', start: '14:00', end: '15:00' }]), [['review', 'call']]);
});
test('free slots between meetings', () => {
  assert.deepEqual(freeSlots(day, '08:30', '17:00'), ['08:30-09:00', '09:15-13:00', '14:30-17:00']);
  assert.deepEqual(freeSlots(day, '09:00', '15:00', 60), ['09:15-13:00']);
});
test('the meetings keep their order', () => {
  const meetings = [...day];
  freeSlots(meetings, '08:00', '17:00');
  assert.equal(meetings[0].name, 'review');
});
`,
};
