/** Evidence that may be looked at again and again. Pure. */
import { normalTail } from '../../evidence/normal.js';

/** Keeps numbers finite. */
const MOST = 1e300;

/**
 * The e-value of a deviate: how many times as likely it is if there is an effect of about `typical` (a half-normal
 * draw) than if there is none. As executions come in it is a nonnegative supermartingale where there is none, so that
 * it ever exceeds 1 / alpha with probability alpha at most, however often one looks (Ville's inequality).
 *
 * @see H. Robbins, "Statistical methods related to the law of the iterated logarithm", Ann. Math. Statist. 41 (1970);
 *   A. Ramdas, P. Grünwald, V. Vovk and G. Shafer, "Game-theoretic statistics and safe anytime-valid inference",
 *   Statistical Science 38 (2023)
 * @param error standard error of the estimate whose deviate `z` is
 */
export function evidenceOf(z: number, error: number, typical: number): number {
  const ratio = (typical / Math.max(error, 1e-12)) ** 2;
  const part = ratio / (1 + ratio);
  const value = (2 * normalTail(-z * Math.sqrt(part)) * Math.exp((z * z * part) / 2)) / Math.sqrt(1 + ratio);
  return Math.min(MOST, value);
}

/** The mean of e-values is one itself, whatever they have to do with each other. 0 without any. */
export const meanEvidence = (all: readonly number[]): number =>
  all.length === 0 ? 0 : all.reduce((sum, each) => sum + each / all.length, 0);
