/** The policies that the log can be asked about. Each goes by what was known when the choice was made. */
import type { LoggedCandidate, LoggedChoice } from './logged-choice.js';

/** Another way to choose. */
export interface TargetPolicy {
  /** As it was given, e.g. `always single(code)`. */
  name: string;
  /**
   * The chance that it gives each candidate, in their order. What is missing from 1 it gives to plans that were
   * not offered.
   */
  shares(choice: LoggedChoice): readonly number[];
}

/** Always the same plan. */
export const always = (plan: string): TargetPolicy => ({
  name: `always ${plan}`,
  shares: ({ candidates }) => only(candidates, (candidate) => candidate.plan === plan),
});

/** Every plan that is offered, with the same chance. */
export const uniform: TargetPolicy = {
  name: 'uniform',
  shares: ({ candidates }) => candidates.map(() => 1 / candidates.length),
};

/** The plan that was expected to succeed most. */
export const greedy: TargetPolicy = {
  name: 'greedy',
  shares: ({ candidates }) => first(candidates, (one, other) => other.mean - one.mean),
};

/** The plan that was expected to cost least; of equals, the one expected to succeed most. */
export const cheapest: TargetPolicy = {
  name: 'cheapest',
  shares: ({ candidates }) => first(costed(candidates), (one, other) => one.cost - other.cost),
};

/** The most expected of the plans that were expected to cost at most so many USD; the cheapest where none was. */
export const within = (usd: number): TargetPolicy => ({
  name: `within ${usd}`,
  shares: ({ candidates }) => {
    const known = costed(candidates);
    const affordable = known.map((each) => (each !== null && each.cost <= usd ? each : null));
    return affordable.some((each) => each !== null)
      ? first(affordable, (one, other) => other.mean - one.mean)
      : first(known, (one, other) => one.cost - other.cost);
  },
});

/** What a category's tasks are given: chances of plans, adding up to 1. */
export type PlanShares = ReadonlyMap<string, number>;

/** By category; `*` holds for all others. Where neither is there, the plan wanted counts as not offered. */
export const byCategory = (name: string, table: ReadonlyMap<string, PlanShares>): TargetPolicy => ({
  name,
  shares: ({ category, candidates }) => {
    const shares = table.get(category) ?? table.get('*');
    return candidates.map(({ plan }) => shares?.get(plan) ?? 0);
  },
});

type Costed = LoggedCandidate & { cost: number };

const costed = (candidates: readonly LoggedCandidate[]): (Costed | null)[] =>
  candidates.map((candidate) => (candidate.cost === null ? null : { ...candidate, cost: candidate.cost }));

const only = <T>(candidates: readonly T[], wanted: (candidate: T) => boolean): number[] =>
  candidates.map((candidate) => (wanted(candidate) ? 1 : 0));

/** All to the candidate that comes first; of equals to that of the highest mean, then to the first listed. */
function first<T extends LoggedCandidate>(
  candidates: readonly (T | null)[],
  compare: (one: T, other: T) => number,
): number[] {
  let best: T | null = null;
  for (const each of candidates)
    if (each !== null && (best === null || (compare(each, best) || best.mean - each.mean) < 0)) best = each;
  return only(candidates, (candidate) => candidate !== null && candidate === best);
}
