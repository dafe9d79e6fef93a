/** Randomised withholding: the experiment that runs in every look-up, so that lift can be measured. */
import type { OfferedItem } from '../shared/task.js';
import { uniformOf } from './random.js';

/** An item that a look-up found worth showing. */
export interface Offer {
  id: string;
  version: number;
  score: number;
}

/**
 * Decides for each offered item, independently, whether it is shown.
 *
 * @param share probability of withholding an item, 0 to 1
 * @param executionId the seed: the same execution decides the same way however often it asks
 */
export function assignOffers(offers: readonly Offer[], share: number, executionId: string): OfferedItem[] {
  return offers.map(({ id, version, score }) => ({
    id,
    version,
    score,
    shown: uniformOf(`${executionId}\u0000${id}`) >= share,
    probability: 1 - share,
  }));
}
