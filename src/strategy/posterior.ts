/** What is believed of each plan in a category: a Beta posterior that leans on other categories. */
import { type ClaimTrust, UNCHECKED } from '../evidence/claims.js';
import type { CounterRow } from '../store/counters.js';

/** A Beta(a, b) belief about a plan's probability of success, and the executions it stands on. */
export interface PlanPosterior {
  a: number;
  b: number;
  executions: number;
}

/** Most executions' worth that outcomes elsewhere may weigh: in kindred categories, and in all others. */
const POOLED_WEIGHT = { kindred: 10, other: 6 } as const;

/** Probabilities that what a plan's agents say of their work holds. */
export interface PlanTrust {
  success: number;
  failure: number;
}

/**
 * How far the word of a plan's agents is to be believed: the mean of theirs, as the counters do not tell whose
 * word decided. A plan of one agent has that agent's own trust.
 *
 * @param trust by agent type; those that are missing have never been checked
 */
export function planTrust(agents: readonly string[], trust: ReadonlyMap<string, ClaimTrust>): PlanTrust {
  const known = agents.length === 0 ? [UNCHECKED] : agents.map((agent) => trust.get(agent) ?? UNCHECKED);
  const mean = (of: (trust: ClaimTrust) => number): number =>
    known.reduce((sum, each) => sum + of(each), 0) / known.length;
  return { success: mean(({ success }) => success.mean), failure: mean(({ failure }) => failure.mean) };
}

/**
 * The posterior of a plan: its outcomes in the category, on a prior made of its outcomes elsewhere, most of
 * all in categories that differ by their flags only (`bug_fix+a`, `bug_fix+b`). The prior's weight is capped,
 * so that a category's own outcomes soon prevail.
 *
 * An outcome that stands on the agent's own word alone counts in fractions: a success as that much of a success
 * as the word is trusted, and as a failure for the rest; a failure likewise.
 *
 * @param rows the counters of all plans, by `plan` and `category`
 * @param trust in the word of the plan's agents
 */
export function planPosterior(
  rows: readonly CounterRow[],
  plan: string,
  category: string,
  trust: PlanTrust = planTrust([], new Map()),
): PlanPosterior {
  const own = { successes: 0, failures: 0 };
  const kindred = { successes: 0, failures: 0 };
  const other = { successes: 0, failures: 0 };
  let executions = 0;
  for (const { dimensions, sums } of rows) {
    if (dimensions['plan'] !== plan) continue;
    const where = dimensions['category'] ?? '';
    const group = where === category ? own : kindOf(where) === kindOf(category) ? kindred : other;
    const { successes, failures } = believed(sums, trust);
    group.successes += successes;
    group.failures += failures;
    if (group === own) executions += (sums['successes'] ?? 0) + (sums['failures'] ?? 0);
  }
  const nearby = capped(kindred, POOLED_WEIGHT.kindred);
  const distant = capped(other, POOLED_WEIGHT.other);
  return {
    a: 1 + own.successes + nearby.successes + distant.successes,
    b: 1 + own.failures + nearby.failures + distant.failures,
    executions,
  };
}

/** Successes and failures, those by the agent's own word weighed by its trust. */
function believed(sums: CounterRow['sums'], trust: PlanTrust) {
  const of = (name: string): number => sums[name] ?? 0;
  // What moves over: said to be the one, believed to be the other.
  const wrongly = of('claimedSuccesses') * (1 - trust.success) - of('claimedFailures') * (1 - trust.failure);
  return { successes: of('successes') - wrongly, failures: of('failures') + wrongly };
}

/** A category without the flags that refine it. */
const kindOf = (category: string): string => category.split('+', 1)[0] ?? category;

function capped({ successes, failures }: { successes: number; failures: number }, weight: number) {
  const n = successes + failures;
  const scale = n > weight ? weight / n : 1;
  return { successes: successes * scale, failures: failures * scale };
}
