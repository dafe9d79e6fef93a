/** What showing learnings was measured to change, for those that a look-up found. */
import { type Lift, liftOf } from '../evidence/lift.js';
import { LEARNING_USAGE } from '../evidence/usage.js';
import { readLiveCounters } from '../store/counters.js';
import { type Store, StoreUnavailableError } from '../store/store.js';
import type { Fit } from './relevance.js';

/** Learnings whose lift is asked for: far more than are shown. */
const MOST = 50;
/** Share of a look-up's time that the question may take. */
const SHARE = 0.3;

/**
 * The lifts of the learnings that fit best, where both arms have been seen. None when MongoDB is away or slow: the
 * learnings are then ranked as if unproven.
 *
 * @param timeoutMs that the whole look-up may take
 */
export async function liftsOf(
  store: Store,
  tenant: string,
  fitting: readonly Fit[],
  timeoutMs: number,
): Promise<ReadonlyMap<string, Lift>> {
  if (fitting.length === 0) return new Map();
  const ids = fitting
    .toSorted((a, b) => b.relevance * b.learning.weight - a.relevance * a.learning.weight)
    .slice(0, MOST)
    .map(({ learning }) => learning.id);
  try {
    const rows = await store.run(
      (options) => readLiveCounters(store, LEARNING_USAGE, tenant, ['id'], { id: { $in: ids } }, options),
      timeoutMs * SHARE,
    );
    return new Map(
      rows.flatMap(({ dimensions, sums }): [string, Lift][] => {
        const lift = liftOf(sums);
        return lift === null ? [] : [[dimensions['id'] ?? '', lift]];
      }),
    );
  } catch (error) {
    if (error instanceof StoreUnavailableError) return new Map();
    throw error;
  }
}
