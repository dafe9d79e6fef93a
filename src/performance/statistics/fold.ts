/** Moving the statistics into blocks, so that reading stays quick however long the past is. */
import { dayOf } from '../../store/counters.js';
import { foldCounters } from '../../store/fold-counters.js';
import { forgetGenerations, generationsOf, StaleGenerationsError } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { views } from './views.js';

/** Rebuilds are rare; twice in a row is rarer. */
const MAX_TRIES = 5;

/** Less than a batch of maintenance may take. */
const MOST_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Moves a tenant's statistics into blocks, those of today (UTC) so far among them: what comes later is counted anew. Harmless when it is stopped half-way or
 * runs twice at once: what reading gives stays the same at every moment. What there is not time for is moved the
 * next time.
 *
 * @returns the counters moved
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function foldStatistics(store: Store, tenant: string): Promise<number> {
  const until = performance.now() + MOST_MS;
  for (let tries = 1; ; tries += 1) {
    const { live } = await store.run((options) => generationsOf(store, tenant, options));
    try {
      return await foldGeneration(store, tenant, live, until);
    } catch (error) {
      if (!(error instanceof StaleGenerationsError) || tries === MAX_TRIES) throw error;
      forgetGenerations(store, tenant);
    }
  }
}

/**
 * The same for one generation, which may be one that is being built.
 *
 * @param until when to stop, on the monotonic clock, in milliseconds; default: when all is moved
 * @throws StaleGenerationsError when it is neither read nor built any more
 */
export async function foldGeneration(
  store: Store,
  tenant: string,
  generation: string,
  until?: number,
): Promise<number> {
  const tomorrow = dayOf(Date.now() + DAY_MS);
  let moved = 0;
  for (const laidOut of Object.values(views))
    moved += await foldCounters(store, tenant, generation, laidOut, tomorrow, until);
  return moved;
}
