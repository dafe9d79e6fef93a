/** How far the word of an agent can be trusted: what it said of its work, against what others found. */
import type { Attempt, ExecutionRecord, Outcome } from '../shared/task.js';
import type { OutcomeSource } from '../shared/terms.js';
import { dayOf, type Increment } from '../store/counters.js';
import { betaInterval } from './beta.js';
import type { Interval } from './intervals.js';

export const CLAIMS = 'claims';

/**
 * What is believed of an agent's word before anybody checked it: that it holds in 95%, with the weight of five
 * checks. The same for "yes" and "no", for all agents: weighed so, the expected success of all plans moves
 * towards one half by the same tenth, and their order stays. It is mild: ten checks of which half overrule the
 * agent bring its trust to 65%.
 */
export const CLAIM_PRIOR = { confirmed: 4.75, overruled: 0.25 } as const;

/**
 * Those who have looked at the work. The system has not: it knows of deadlines and of processes that ended.
 */
const judges: readonly OutcomeSource[] = ['verifier', 'human'];

/** What the agent itself said; null when it did not know, or handed no report back. */
function claimOf({ claimed, source, success }: Attempt): boolean | null {
  if (claimed !== undefined) return claimed;
  // Records made before claims were kept have them only where nobody else spoke; and there a failure may be that
  // of an agent which said nothing at all.
  return source === 'agent' && success === true ? true : null;
}

/**
 * How an attempt truly went, as far as somebody looked. The task's outcome is that of the attempt that decided
 * it; where several did, a task that failed does not tell which of them did not do its part. Pure.
 */
export function truthOf(record: ExecutionRecord, attempt: Attempt, outcome: Outcome): boolean | null {
  const own = judges.includes(attempt.source) ? attempt.success : null;
  if (!attempt.decisive || !judges.includes(outcome.source) || outcome.success === null) return own;
  const alone = record.attempts.filter(({ decisive }) => decisive).length === 1;
  return alone || outcome.success ? outcome.success : own;
}

/** What an attempt adds to its agent's claims; nothing where it said nothing, or nobody looked. Pure. */
export function claimSums(
  record: ExecutionRecord,
  attempt: Attempt,
  outcome: Outcome,
): Record<string, number> {
  const claim = claimOf(attempt);
  const truth = truthOf(record, attempt, outcome);
  if (claim === null || truth === null) return {};
  return { [`${claim ? 'successes' : 'failures'}${claim === truth ? 'Confirmed' : 'Overruled'}`]: 1 };
}

/** What an execution adds to the claims of its agents. Pure. */
export function claimsOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  return record.attempts.flatMap((attempt) => {
    const sums = claimSums(record, attempt, outcome);
    if (Object.keys(sums).length === 0) return [];
    return [
      {
        projection: CLAIMS,
        dimensions: {
          agentType: attempt.agentType,
          category: record.analysis?.category ?? 'unknown',
          day: dayOf(record.endedAt),
        },
        sums,
        followed: true,
      } as const,
    ];
  });
}

/** Probability that what is said holds: mean and 95% interval of a Beta posterior on {@link CLAIM_PRIOR}. */
export interface Trust extends Interval {
  mean: number;
  /** Claims that somebody else judged. */
  n: number;
  overruled: number;
}

/** How far an agent's word is to be believed. */
export interface ClaimTrust {
  /** That it succeeded when it says so. */
  success: Trust;
  /** That it failed when it says so. */
  failure: Trust;
}

function trustIn(confirmed: number, overruled: number): Trust {
  const a = CLAIM_PRIOR.confirmed + confirmed;
  const b = CLAIM_PRIOR.overruled + overruled;
  return {
    mean: meanTrust(confirmed, overruled),
    ...betaInterval(a, b),
    n: confirmed + overruled,
    overruled,
  };
}

const meanTrust = (confirmed: number, overruled: number): number =>
  (CLAIM_PRIOR.confirmed + confirmed) /
  (CLAIM_PRIOR.confirmed + CLAIM_PRIOR.overruled + confirmed + overruled);

/** The means of {@link trustOf} alone, for who asks often: intervals take a hundred times as long. */
export const meanTrustOf = (
  sums: Readonly<Record<string, number>>,
): { success: number; failure: number } => ({
  success: meanTrust(sums['successesConfirmed'] ?? 0, sums['successesOverruled'] ?? 0),
  failure: meanTrust(sums['failuresConfirmed'] ?? 0, sums['failuresOverruled'] ?? 0),
});

/** The trust that summed claims call for. */
export const trustOf = (sums: Readonly<Record<string, number>>): ClaimTrust => ({
  success: trustIn(sums['successesConfirmed'] ?? 0, sums['successesOverruled'] ?? 0),
  failure: trustIn(sums['failuresConfirmed'] ?? 0, sums['failuresOverruled'] ?? 0),
});

/** Of an agent that nobody has checked. */
export const UNCHECKED: ClaimTrust = trustOf({});
