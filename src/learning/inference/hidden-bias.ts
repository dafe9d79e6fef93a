/** What comparisons between tasks must survive: tasks differ in more than is known of them. Pure. */
import { median } from 'simple-statistics';
import type { Score } from './score-test.js';

/** Something unknown of the tasks may multiply the odds of success by this where the feature is shown. */
const HIDDEN_ODDS = 1.5;
/** Fewer features than this do not show how features spread. */
const LEAST_FEATURES = 20;
/** Median of the absolute values of standard normal draws. */
const NORMAL_MEDIAN = 0.6744897501960817;

/**
 * How much deviates spread beyond the standard normal: 1 where most features do nothing and nothing hidden moves them.
 *
 * @see B. Efron, "Large-scale simultaneous hypothesis testing: the choice of a null hypothesis", JASA 99 (2004)
 */
export function spreadOf(deviates: readonly number[]): number {
  if (deviates.length < LEAST_FEATURES) return 1;
  return Math.max(1, median(deviates.map(Math.abs)) / NORMAL_MEDIAN);
}

/**
 * The deviate that is left when the features' own spread stands for chance, and the hidden has done its worst.
 *
 * @see P. R. Rosenbaum, Observational Studies (2002), chapter 4: how much hidden bias would explain a finding
 */
export function besideHiddenBias(
  deviate: number,
  { variance }: Score,
  dispersion: number,
  spread: number,
): number {
  const worst = Math.log(HIDDEN_ODDS) * Math.sqrt(variance / dispersion);
  return (Math.sign(deviate) * Math.max(0, Math.abs(deviate) - worst)) / spread;
}
