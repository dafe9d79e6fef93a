/** How much advice matters. Pure. */
import type { Promise90, PromisedMetric } from './candidate.js';
import { type Candidate, GOAL } from './candidate.js';

/** A gain of one unit in 30 days has priority 3, each tenfold 2 more: failures avoided, hours, USD. */
const UNITS: Record<PromisedMetric, number> = {
  successRate: 1,
  errors: 5,
  seconds: 0.5,
  iterations: 0.5,
  costUsd: 2,
  tokens: 2,
};
const OF_ONE_UNIT = 3;
const OF_TENFOLD = 2;
/** From here on advice is urgent. */
const URGENT = 7;
/** The least that has to be sure for urgent advice: points of the success rate, or share of what is spent. */
const WORTHWHILE = 0.03;

/**
 * Priority 1 to 10 by expected gain and volume: `3 + 2 log10(gain)`, where the gain is what would be avoided in 30 days
 * at the pace of the window, in failures, half hours, 2 USD or 5 errors. 7 and more only where the lower end of the promise is
 * worthwhile too (3 points or 3%, and a tenth of an urgent gain), where it holds among all tests that were made, and
 * where something shows that better is possible: a mere goal does not.
 *
 * @param isSure whether the evidence is as strong as it would be once in 20 tenants with nothing to improve
 */
export function priorityOf(
  candidate: Pick<Candidate, 'monthlySpend' | 'subject'>,
  promise: Promise90,
  isSure: boolean,
): number {
  const level = (share: number): number => {
    const gain = (share * candidate.monthlySpend) / UNITS[promise.metric];
    return OF_ONE_UNIT + OF_TENFOLD * Math.log10(Math.max(gain, 1e-9));
  };
  const isUrgent =
    isSure &&
    candidate.subject !== GOAL &&
    promise.low >= WORTHWHILE &&
    level(promise.low) >= URGENT - OF_TENFOLD;
  const most = isUrgent ? 10 : URGENT - 1;
  return Math.max(1, Math.min(most, Math.round(level(promise.value))));
}
