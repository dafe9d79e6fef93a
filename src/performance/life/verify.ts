/** Whether an improvement came as it was promised. Pure. */
import { probit } from 'simple-statistics';
import type { Promise90 } from '../advice/candidate.js';
import type { Measured, Recommendation, Verdict } from './recommendation.js';

/** Executions since, before the first look; it is looked again whenever they have doubled. */
const FIRST_LOOK = 10;
/** Chance of a wrong verdict that all looks together may have. */
const ERROR = 0.1;
/** Days after which what is not told is left unclear. */
export const MOST_DAYS = 60;

/** Executions that the next look needs, after so many looks. */
export const executionsFor = (looks: number): number => FIRST_LOOK * 2 ** looks;

/**
 * The normal quantile of the interval at a look: the looks share the error, as 1/2, 1/6, 1/12, ... of it, so that
 * however many there are it is not exceeded.
 *
 * @param look from 1
 */
export const quantileAt = (look: number): number => probit(1 - ERROR / (2 * look * (look + 1)));

/**
 * What a measured improvement says of its promise.
 *
 * @returns null while neither can be told: the next look will say more
 */
export function verdictOf(
  promised: Promise90,
  { value, low, high }: Pick<Measured, 'value' | 'low' | 'high'>,
): Exclude<Verdict, 'unclear'> | null {
  if (value === null || low === null || high === null) return null;
  if (high <= 0) return 'broken';
  const less = high < promised.low;
  if (low > 0) return less ? 'partly' : 'kept';
  return less ? 'broken' : null;
}

/** Whether it is time to look again at applied advice. */
export const isDue = ({ looks = 0, state }: Recommendation, after: number): boolean =>
  state === 'applied' && after >= executionsFor(looks);

/** Whether it has been applied for so long that no more is waited for. */
export const isOverdue = ({ applied, state }: Recommendation, now: Date): boolean =>
  state === 'applied' &&
  applied !== undefined &&
  now.getTime() - applied.at.getTime() > MOST_DAYS * 86_400_000;
