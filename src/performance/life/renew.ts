/** What the latest advice makes of the recommendations that a tenant has. Pure. */
import { dayOf } from '../../store/counters.js';
import type { Advice } from '../advice/candidate.js';
import { type Recommendation, recommendationId } from './recommendation.js';

/** States that advice comes back from with new evidence only. */
const settled = new Set<Recommendation['state']>(['dismissed', 'verified']);
/** States that new advice leaves as they are: somebody has decided, and what comes of it is not known yet. */
const underWay = new Set<Recommendation['state']>(['accepted', 'applied']);

/**
 * Whether advice that was dismissed or verified may come again: it turns on something else than it did, on a change
 * after it was decided on, or it surely promises more than it was expected to then. What was verified goes on to stand
 * in the statistics for a while: the weeks before it was followed are among them.
 */
export function hasNewEvidence(settled: Recommendation, advice: Advice): boolean {
  const promised = settled.promised ?? settled.expectedImprovement;
  const decided = (settled.dismissed ?? settled.applied)?.at;
  const since = advice.evidence['since'];
  return (
    settled.subject !== advice.subject ||
    promised.metric !== advice.expectedImprovement.metric ||
    (typeof since === 'string' && decided !== undefined && since > dayOf(decided.getTime())) ||
    advice.expectedImprovement.low > promised.value
  );
}

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
    if (before !== undefined && settled.has(before.state) && !hasNewEvidence(before, advice)) continue;
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
