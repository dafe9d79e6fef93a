/** How one JSON value differs from another: which places were added, removed, changed or moved. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { create } from 'jsondiffpatch';
import type { Json } from '../../shared/agent-contract.js';
import { type TextPart, textParts } from './text-parts.js';

/** One place that differs. */
export interface JsonChange {
  /** E.g. `content.steps[2]`; empty for the whole. Positions are those of the later value, unless it was removed. */
  path: string;
  kind: 'added' | 'removed' | 'changed' | 'moved';
  /** Absent where it was added. */
  before?: Json;
  /** Absent where it was removed. */
  after?: Json;
  /** Position in the earlier list, of what was moved. */
  from?: number;
  /** Of a text of several lines, or a long one: what differs in it. */
  parts?: TextPart[];
}

/** Entries times entries that are compared with each other; of more, both lists are told as a whole. */
const MOST_PAIRS = 1_000_000;

const differ = create({ matchByPosition: false, arrays: { detectMove: true } });

/** The places in which two values differ. Equal values, whatever the order of their fields, differ in none. */
export function changesBetween(before: Json, after: Json, path = ''): JsonChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  if (isObject(before) && isObject(after)) return fieldChanges(before, after, path);
  return leaf(before, after, path);
}

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fieldChanges(before: Record<string, Json>, after: Record<string, Json>, path: string): JsonChange[] {
  const [old, fresh] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name): JsonChange[] => {
    const place = path === '' ? name : `${path}.${name}`;
    const [was, is] = [old.get(name), fresh.get(name)];
    if (was === undefined) return is === undefined ? [] : [{ path: place, kind: 'added', after: is }];
    if (is === undefined) return [{ path: place, kind: 'removed', before: was }];
    return changesBetween(was, is, place);
  });
}

function leaf(before: Json, after: Json, path: string): JsonChange[] {
  const parts = typeof before === 'string' && typeof after === 'string' ? textParts(before, after) : null;
  return [{ path, kind: 'changed', before, after, ...(parts === null ? {} : { parts }) }];
}

/** What entries of lists are taken for the same by: a name of their own where they have one. */
function nameOf(entry: Json): string {
  const { id, key, name } = isObject(entry) ? entry : {};
  const own = [id, key, name].find((value) => typeof value === 'string' || typeof value === 'number');
  return own === undefined ? JSON.stringify(entry) : `named ${JSON.stringify(own)}`;
}

function listChanges(before: readonly Json[], after: readonly Json[], path: string): JsonChange[] {
  const [old, fresh] = [before.map(nameOf), after.map(nameOf)];
  const shorter = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < shorter && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  if ((old.length - head - tail) * (fresh.length - head - tail) > MOST_PAIRS)
    return leaf([...before], [...after], path);
  // By their names only: what differs in entries of the same name is found here, whatever their fields are called.
  const delta = (differ.diff(old, fresh) ?? {}) as Record<string, unknown>;
  return alongBoth(delta, before, after, path);
}

/** Walks both lists at once: what is removed and added at the same place is one entry that was changed. */
function alongBoth(
  delta: Record<string, unknown>,
  before: readonly Json[],
  after: readonly Json[],
  path: string,
): JsonChange[] {
  const moved = new Map<number, number>();
  for (const [key, inner] of Object.entries(delta))
    if (key.startsWith('_') && Array.isArray(inner) && inner[2] === MOVED)
      moved.set(Number(inner[1]), Number(key.slice(1)));
  const leavers = new Set(moved.values());
  const changes: JsonChange[] = [];
  for (let old = 0, fresh = 0; old < before.length || fresh < after.length; old += 1, fresh += 1) {
    const removed: number[] = [];
    const added: number[] = [];
    for (; `_${old}` in delta; old += 1) if (!leavers.has(old)) removed.push(old);
    for (; String(fresh) in delta || moved.has(fresh); fresh += 1) {
      const from = moved.get(fresh);
      if (from === undefined) added.push(fresh);
      else changes.push(...movedEntry(before[from] as Json, after[fresh] as Json, from, `${path}[${fresh}]`));
    }
    for (const [nth, index] of added.entries()) {
      const was = removed[nth];
      const place = `${path}[${index}]`;
      const entry = after[index] as Json;
      if (was === undefined) changes.push({ path: place, kind: 'added', after: entry });
      else changes.push(...changesBetween(before[was] as Json, entry, place));
    }
    for (const index of removed.slice(added.length))
      changes.push({ path: `${path}[${index}]`, kind: 'removed', before: before[index] as Json });
    if (old < before.length && fresh < after.length)
      changes.push(...changesBetween(before[old] as Json, after[fresh] as Json, `${path}[${fresh}]`));
  }
  return changes;
}

/** What jsondiffpatch marks entries by that were moved. */
const MOVED = 3;

const movedEntry = (before: Json, after: Json, from: number, path: string): JsonChange[] => [
  { path, kind: 'moved', before, after, from },
  ...changesBetween(before, after, path),
];
