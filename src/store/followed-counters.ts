/** Reading counters that are kept in memory: once what there is, and then only what has changed since. */
import type { CounterDocument, Increment } from './counters.js';
import { counters } from './counters.js';
import type { CollectionIndexes } from './indexes.js';
import type { Store } from './store.js';

/** One split of a counter, as it is now. */
export type FollowedCounter = Pick<Increment, 'projection' | 'dimensions' | 'sums'> & {
  /** Tells it from all others of the generation. */
  key: string;
  /** Epoch milliseconds of its last change by the server's clock; 0 when it was never stamped. */
  touched: number;
};

/** Documents of one answer of the server: each is taken in at a stroke, and tasks should not wait for that. */
const BATCH = 1_000;

/** The index that the changes of all followed projections are found by. */
export const followedIndexes: CollectionIndexes = {
  collection: 'counters',
  indexes: [
    {
      name: 'touched',
      key: { tenant: 1, generation: 1, touched: 1 },
      partialFilterExpression: { touched: { $exists: true } },
    },
  ],
};

interface ReadOptions {
  timeoutMS?: number;
}

/** The counters of a projection of which a sum is above 0: all of them, where none is named. */
export async function readFollowed(
  store: Store,
  tenant: string,
  generation: string,
  projection: string,
  sum?: string,
  options: ReadOptions = {},
): Promise<FollowedCounter[]> {
  const marked = sum === undefined ? {} : { [`sums.${sum}`]: { $gt: 0 } };
  const found = counters(store).find({ tenant, generation, projection, ...marked }, reading(options));
  return (await found.toArray()).map(followed);
}

/** The counters of a projection with the highest values of a dimension, highest first. */
export async function readHighest(
  store: Store,
  tenant: string,
  generation: string,
  projection: string,
  dimension: string,
  limit: number,
  options: ReadOptions = {},
): Promise<FollowedCounter[]> {
  const found = counters(store)
    .find({ tenant, generation, projection }, reading(options))
    .sort({ [`dimensions.${dimension}`]: -1 })
    .limit(limit);
  return (await found.toArray()).map(followed);
}

/**
 * The counters of all followed projections that were changed since a time. What a transaction changed bears the
 * time of the change and is seen when it commits: readers ask for a while back, too.
 *
 * @param since epoch milliseconds, by the server's clock
 */
export async function readTouched(
  store: Store,
  tenant: string,
  generation: string,
  since: number,
  limit: number,
  options: ReadOptions = {},
): Promise<FollowedCounter[]> {
  const found = counters(store)
    .find({ tenant, generation, touched: { $gte: new Date(since) } }, reading(options))
    .sort({ touched: 1 })
    .limit(limit);
  return (await found.toArray()).map(followed);
}

const reading = (options: ReadOptions) => ({
  projection: { projection: 1, dimensions: 1, sums: 1, touched: 1 },
  batchSize: BATCH,
  ...options,
});

const followed = ({ _id, projection, dimensions, sums, touched }: CounterDocument): FollowedCounter => ({
  key: _id,
  projection,
  dimensions,
  sums,
  touched: touched?.getTime() ?? 0,
});
