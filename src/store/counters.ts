/** Projections as commutative integer sums: adding the same increments in any order gives the same counters. */
import { randomInt } from 'node:crypto';
import type { AnyBulkWriteOperation, ClientSession, Document } from 'mongodb';
import type { Store } from './store.js';

/** Parts that one hot counter is split over. */
const SPLITS = 8;

/** A change to one counter of a collection. Sums are integers. */
export interface Increment {
  collection: string;
  /** What the counter counts; equal dimensions are one counter. */
  dimensions: Record<string, string>;
  sums: Record<string, number>;
}

/** A counter as stored: one split of one generation. */
export interface CounterDocument extends Document {
  /** `<tenant>|<generation>|<dimensions>|<split>` */
  _id: string;
  tenant: string;
  generation: string;
  dimensions: Record<string, string>;
  sums: Record<string, number>;
}

const keyOf = (dimensions: Record<string, string>): string =>
  Object.keys(dimensions)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(dimensions[name] ?? '')}`)
    .join('|');

/**
 * Adds up increments of the same counter and drops those that come to nothing.
 *
 * @throws RangeError when a sum is not an integer: only integers add up the same in any order
 */
export function sumIncrements(increments: readonly Increment[]): Increment[] {
  const byCounter = new Map<string, Increment>();
  for (const { collection, dimensions, sums } of increments) {
    const key = `${collection}|${keyOf(dimensions)}`;
    const total = byCounter.get(key) ?? { collection, dimensions, sums: {} };
    for (const [name, value] of Object.entries(sums)) {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${collection}.${name}: ${value} is no integer`);
      total.sums[name] = (total.sums[name] ?? 0) + value;
    }
    byCounter.set(key, total);
  }
  return [...byCounter.values()]
    .map((total) => ({
      ...total,
      sums: Object.fromEntries(Object.entries(total.sums).filter(([, value]) => value !== 0)),
    }))
    .filter((total) => Object.keys(total.sums).length > 0);
}

/** What turns the counters for `before` into those for `after`. */
export function difference(before: readonly Increment[], after: readonly Increment[]): Increment[] {
  const negated = before.map((increment) => ({
    ...increment,
    sums: Object.fromEntries(Object.entries(increment.sums).map(([name, value]) => [name, -value])),
  }));
  return sumIncrements([...negated, ...after]);
}

/** Applies increments to the given generations inside a transaction, one bulk write a collection. */
export async function applyIncrements(
  store: Store,
  tenant: string,
  generations: readonly string[],
  increments: readonly Increment[],
  session: ClientSession,
): Promise<void> {
  const writes = new Map<string, AnyBulkWriteOperation<CounterDocument>[]>();
  for (const { collection, dimensions, sums } of sumIncrements(increments)) {
    const $inc = Object.fromEntries(Object.entries(sums).map(([name, value]) => [`sums.${name}`, value]));
    const split = randomInt(SPLITS);
    for (const generation of generations) {
      const operations = writes.get(collection) ?? [];
      operations.push({
        updateOne: {
          filter: { _id: `${tenant}|${generation}|${keyOf(dimensions)}|${split}` },
          update: { $inc, $setOnInsert: { tenant, generation, dimensions } },
          upsert: true,
        },
      });
      writes.set(collection, operations);
    }
  }
  for (const [collection, operations] of writes)
    await store.collection<CounterDocument>(collection).bulkWrite(operations, { session, ordered: false });
}

/** Counters added up over their splits and over all dimensions but those named. */
export interface CounterRow {
  dimensions: Record<string, string>;
  sums: Record<string, number>;
}

/**
 * Reads counters of one generation, added up.
 *
 * @param by dimensions to keep; the others are summed over
 * @param where values that dimensions must have
 */
export async function readCounters(
  store: Store,
  collection: string,
  tenant: string,
  generation: string,
  by: readonly string[],
  where: Readonly<Record<string, string | { $in: string[] } | { $gte: string }>> = {},
  options: { timeoutMS?: number; session?: ClientSession } = {},
): Promise<CounterRow[]> {
  const match: Document = { tenant, generation };
  for (const [name, value] of Object.entries(where)) match[`dimensions.${name}`] = value;
  const rows = new Map<string, CounterRow>();
  const cursor = store
    .collection<CounterDocument>(collection)
    .find(match, { projection: { dimensions: 1, sums: 1 }, batchSize: 10_000, ...options });
  for await (const { dimensions, sums } of cursor) {
    const kept = Object.fromEntries(by.map((name) => [name, dimensions[name] ?? '']));
    const key = keyOf(kept);
    const row = rows.get(key) ?? { dimensions: kept, sums: {} };
    for (const [name, value] of Object.entries(sums)) row.sums[name] = (row.sums[name] ?? 0) + value;
    rows.set(key, row);
  }
  return [...rows.values()];
}

/** The day (UTC) of a time, as counters are bucketed: `2026-01-31`. */
export const dayOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);
