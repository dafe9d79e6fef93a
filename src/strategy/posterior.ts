/** What is believed of each plan in a category: a Beta posterior that leans on other categories. */
import type { CounterRow } from '../store/counters.js';

/** A Beta(a, b) belief about a plan's probability of success, and the executions it stands on. */
export interface PlanPosterior {
  a: number;
  b: number;
  executions: number;
}

/** Most executions' worth that outcomes elsewhere may weigh: in kindred categories, and in all others. */
const POOLED_WEIGHT = { kindred: 10, other: 6 } as const;

/**
 * The posterior of a plan: its outcomes in the category, on a prior made of its outcomes elsewhere, most of
 * all in categories that differ by their flags only (`bug_fix+a`, `bug_fix+b`). The prior's weight is capped,
 * so that a category's own outcomes soon prevail.
 *
 * @param rows the counters of all plans, by `plan` and `category`
 */
export function planPosterior(rows: readonly CounterRow[], plan: string, category: string): PlanPosterior {
  const own = { successes: 0, failures: 0 };
  const kindred = { successes: 0, failures: 0 };
  const other = { successes: 0, failures: 0 };
  for (const { dimensions, sums } of rows) {
    if (dimensions['plan'] !== plan) continue;
    const where = dimensions['category'] ?? '';
    const group = where === category ? own : kindOf(where) === kindOf(category) ? kindred : other;
    group.successes += sums['successes'] ?? 0;
    group.failures += sums['failures'] ?? 0;
  }
  const nearby = capped(kindred, POOLED_WEIGHT.kindred);
  const distant = capped(other, POOLED_WEIGHT.other);
  return {
    a: 1 + own.successes + nearby.successes + distant.successes,
    b: 1 + own.failures + nearby.failures + distant.failures,
    executions: own.successes + own.failures,
  };
}

/** A category without the flags that refine it. */
const kindOf = (category: string): string => category.split('+', 1)[0] ?? category;

function capped({ successes, failures }: { successes: number; failures: number }, weight: number) {
  const n = successes + failures;
  const scale = n > weight ? weight / n : 1;
  return { successes: successes * scale, failures: failures * scale };
}
