/** Items by what is sure of their success. */
import { wilson } from '../../evidence/intervals.js';
import type { Store } from '../../store/store.js';
import { knowledgeItems } from '../collections.js';
import { type ItemUsage, type MeasuredItem, measured } from './usage.js';

/** A validated item and how sure its success is. */
export interface BestPractice extends MeasuredItem {
  /** Lower 95% bound (Wilson) of its success rate; 0 while it was never applied. */
  successAtLeast: number;
}

/** Lower 95% bound (Wilson) of a success rate; 0 while nothing is known. */
export const successAtLeast = ({ successes, failures }: Pick<ItemUsage, 'successes' | 'failures'>): number =>
  wilson(successes, successes + failures).low;

/** More than asked for are measured: recordings since their usage was last judged may reorder them. */
const MARGIN = 50;

/**
 * VALIDATED items by the lower bound of their success, best first. Found by the bound as it was when their usage was
 * last judged, ranked by the counters of now.
 */
export async function validatedItems(store: Store, tenant: string, limit: number): Promise<BestPractice[]> {
  const found = await store.run((options) =>
    knowledgeItems(store)
      .find({ tenant, state: 'VALIDATED' }, options)
      .sort({ successAtLeast: -1, _id: 1 })
      .limit(limit + MARGIN)
      .toArray(),
  );
  return (await measured(store, tenant, found))
    .map((item) => ({ ...item, successAtLeast: successAtLeast(item.usage) }))
    .sort((a, b) => b.successAtLeast - a.successAtLeast || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}
