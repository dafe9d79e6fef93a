/** Evidence of tasks of which only the statistics by day are kept. Pure. */
import { type CounterRow, dayOf } from '../store/counters.js';
import { EVIDENCE, slotOf } from './evidence-rows.js';
import type { KeyedCounter } from './tenant-evidence.js';

const DAY_MS = 86_400_000;
const MICRO = 1e6;

/**
 * A row a day of each plan and category, in the last minute of the day: success is the reward, as scores are not kept
 * there, and costs are known where there were any.
 *
 * @param limit rows; the newest are taken
 */
export function evidenceOfArms(arms: readonly CounterRow[], limit: number): KeyedCounter[] {
  return arms
    .toSorted((one, other) => dayIn(other).localeCompare(dayIn(one)))
    .slice(0, limit)
    .map((arm) => {
      const { plan = '', category = '' } = arm.dimensions;
      const slot = slotOf(Date.parse(dayIn(arm)) + DAY_MS - 1);
      return {
        key: JSON.stringify([plan, category, dayIn(arm)]),
        projection: EVIDENCE,
        dimensions: { plan, category, slot },
        sums: sumsOf(arm.sums),
      };
    });
}

const dayIn = ({ dimensions }: CounterRow): string => dimensions['day'] ?? dayOf(0);

function sumsOf(arm: CounterRow['sums']): CounterRow['sums'] {
  const { executions = 0, successes = 0, failures = 0, durationMs = 0, costMicroUsd = 0 } = arm;
  const { claimedSuccesses = 0, claimedFailures = 0 } = arm;
  return {
    executions: successes + failures,
    reward: successes * MICRO,
    rewardSquares: successes * MICRO,
    ...(claimedSuccesses === 0 ? {} : { claimedSuccesses: claimedSuccesses * MICRO }),
    ...(claimedFailures === 0 ? {} : { claimedFailures: claimedFailures * MICRO }),
    ...(costMicroUsd === 0 ? {} : { costed: executions, costMicroUsd }),
    timed: executions,
    durationMs,
  };
}
