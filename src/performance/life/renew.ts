/** What the latest advice makes of the recommendations that a tenant has. Pure. */
import type { Advice } from '../advice/candidate.js';
import { type Recommendation, recommendationId } from './recommendation.js';

/** States that new advice leaves as they are: somebody has decided, and what comes of it is not known yet. */
const underWay = new Set<Recommendation['state']>(['accepted', 'applied']);

/**
 * Whether dismissed advice may come again: it turns on something else than it did, or it surely promises more
 * than it was expected to when it was dismissed.
 */
export const hasNewEvidence = (dismissed: Recommendation, advice: Advice): boolean =>
  dismissed.subject !== advice.subject ||
  dismissed.expectedImprovement.metric !== advice.expectedImprovement.metric ||
  advice.expectedImprovement.low > dismissed.expectedImprovement.value;

/**
 * Takes in all the advice that stands now.
 *
 * @param known every recommendation of the tenant that is not closed or verified for good, by id
 * @returns those that changed or came anew
 */
export function renewed(
  known: ReadonlyMap<string, Recommendation>,
  standing: readonly Advice[],
  now: Date,
): Recommendation[] {
  const written: Recommendation[] = [];
  const holding = new Set<string>();
  for (const advice of standing) {
    const id = recommendationId(advice);
    holding.add(id);
    const before = known.get(id);
    if (before !== undefined && underWay.has(before.state)) continue;
    if (before?.state === 'dismissed' && !hasNewEvidence(before, advice)) continue;
    if (before?.state === 'open') {
      const { round, openedAt } = before;
      written.push({ ...advice, id, state: 'open', round, openedAt, updatedAt: now });
    } else {
      const round = (before?.round ?? 0) + 1;
      written.push({ ...advice, id, state: 'open', round, openedAt: now, updatedAt: now });
    }
  }
  for (const one of known.values())
    if (one.state === 'open' && !holding.has(one.id))
      written.push({ ...one, state: 'closed', updatedAt: now });
  return written;
}
