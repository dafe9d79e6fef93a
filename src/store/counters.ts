/** Projections as commutative integer sums: adding the same increments in any order gives the same counters. */
import type { AnyBulkWriteOperation, ClientSession, Document, Filter } from 'mongodb';
import { liveGeneration, StaleGenerationsError } from './ledger.js';
import { spread } from './spread.js';
import type { Store } from './store.js';

/** Parts that one hot counter is split over. */
const SPLITS = 8;

/** A change to one counter of a projection. Sums are integers. */
export interface Increment {
  projection: string;
  /** What the counter counts; equal dimensions are one counter. */
  dimensions: Record<string, string>;
  sums: Record<string, number>;
  /** Stamps the counter with the time of the change, for readers that follow what changes. */
  followed?: true;
}

/** A counter as stored: one split of one generation. */
export interface CounterDocument extends Document {
  /** `<tenant>|<generation>|<projection>|<dimensions>|<split>` */
  _id: string;
  tenant: string;
  generation: string;
  projection: string;
  dimensions: Record<string, string>;
  sums: Record<string, number>;
  /** When a followed one was changed last, by the server's clock. */
  touched?: Date;
}

/** All projections' counters: one collection, so that an execution moves them in one round trip. */
export const counters = (store: Store) => store.collection<CounterDocument>('counters');

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
  for (const { projection, dimensions, sums, followed } of increments) {
    const key = `${projection}|${keyOf(dimensions)}`;
    const total = byCounter.get(key) ?? {
      projection,
      dimensions,
      sums: {},
      ...(followed === undefined ? {} : { followed }),
    };
    for (const [name, value] of Object.entries(sums)) {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${projection}.${name}: ${value} is no integer`);
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

/**
 * Applies increments to the given generations inside a transaction, in one bulk write.
 *
 * @param ledger where the generations were not asked in this transaction: the ledger's own writes, which match
 *   only while they still hold
 * @throws StaleGenerationsError when they do not: the transaction must abort
 */
export async function applyIncrements(
  store: Store,
  tenant: string,
  generations: readonly string[],
  increments: readonly Increment[],
  session: ClientSession,
  ledger: readonly AnyBulkWriteOperation[] = [],
): Promise<void> {
  const operations: AnyBulkWriteOperation[] = [...ledger];
  const split = spread(store, session, SPLITS);
  for (const { projection, dimensions, sums, followed } of sumIncrements(increments)) {
    const $inc = Object.fromEntries(Object.entries(sums).map(([name, value]) => [`sums.${name}`, value]));
    for (const generation of generations)
      operations.push({
        updateOne: {
          filter: { _id: `${tenant}|${generation}|${projection}|${keyOf(dimensions)}|${split}` as never },
          update: {
            $inc,
            $setOnInsert: { tenant, generation, projection, dimensions },
            ...(followed === true ? { $currentDate: { touched: true } } : {}),
          },
          upsert: true,
        },
      });
  }
  if (operations.length === 0) return;
  const { matchedCount, upsertedCount } = await store
    .collection('counters')
    .bulkWrite(operations, { session, ordered: false });
  // Counters are always met or made, so what is missing is the ledger's entry.
  if (matchedCount + upsertedCount < operations.length) throw new StaleGenerationsError(tenant);
}

/** Counters added up over their splits and over all dimensions but those named. */
export interface CounterRow {
  dimensions: Record<string, string>;
  sums: Record<string, number>;
}

/** Values that dimensions must have. */
export type CounterFilter = Readonly<
  Record<string, string | { $in: string[] } | { $gte: string } | { $lt: string }>
>;

/** Reads counters of one generation, added up. */
export async function readCounters(
  store: Store,
  projection: string,
  tenant: string,
  generation: string,
  by: readonly string[],
  where: CounterFilter = {},
  options: { timeoutMS?: number; session?: ClientSession } = {},
): Promise<CounterRow[]> {
  const match: Filter<CounterDocument> = { tenant, projection, generation };
  for (const [name, value] of Object.entries(where)) match[`dimensions.${name}`] = value;
  const fields = { dimensions: 1, sums: 1 };
  const found = counters(store).find(match, { projection: fields, batchSize: 10_000, ...options });
  return sumRows(await found.toArray(), by);
}

/** Reads counters of the live generation, added up. */
export async function readLiveCounters(
  store: Store,
  projection: string,
  tenant: string,
  by: readonly string[],
  where: CounterFilter = {},
  options: { timeoutMS?: number } = {},
): Promise<CounterRow[]> {
  const live = await liveGeneration(store, tenant, options);
  return readCounters(store, projection, tenant, live, by, where, options);
}

function sumRows(documents: readonly CounterDocument[], by: readonly string[]): CounterRow[] {
  const rows = new Map<string, CounterRow>();
  for (const { dimensions, sums } of documents) {
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
