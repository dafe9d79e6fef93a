/** What another policy weighs each logged task with, and how much the log says of it. */
import type { LoggedChoice } from './logged-choice.js';
import type { TargetPolicy } from './policy.js';

/** One candidate as the other policy sees it. */
export interface Weighed {
  plan: string;
  /** The chance the other policy gives it, of those that the log can tell of. */
  share: number;
  propensity: number;
}

/** One task as the other policy sees it. */
export interface WeighedTask {
  /** Those with a share above 0, which add up to 1; empty where the policy wants only what was not on offer. */
  wanted: readonly Weighed[];
  /** Mass on plans that were not offered, or that chance could not have taken. */
  notOffered: number;
  /** Position among the wanted of the plan that was taken; -1 where the policy would not take it. */
  taken: number;
}

/** Weighs a task. Where only a part of what is wanted was offered, the policy is held to that part. */
export function weigh(policy: TargetPolicy, choice: LoggedChoice): WeighedTask {
  const shares = policy.shares(choice);
  const wanted = choice.candidates.flatMap(({ plan, propensity }, index) => {
    const share = shares[index] ?? 0;
    return share > 0 && propensity > 0 ? [{ plan, share, propensity }] : [];
  });
  const total = wanted.reduce((sum, { share }) => sum + share, 0);
  for (const each of wanted) each.share /= total;
  const taken = wanted.findIndex(({ plan }) => plan === choice.plan);
  return { wanted, notOffered: Math.max(0, 1 - total), taken };
}
