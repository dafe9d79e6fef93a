/** Confidence intervals for proportions and for the difference of two. Pure. */

/** The normal quantile of a two-sided 95% interval. */
export const Z_95 = 1.959963984540054;

export interface Interval {
  low: number;
  high: number;
}

/** A difference of two proportions with its interval. */
export interface Difference extends Interval {
  difference: number;
}

/**
 * Wilson's score interval of a proportion, without continuity correction. It stays within 0..1 and is
 * sensible at 0 or `n` successes, unlike the normal approximation.
 *
 * @see E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927)
 * @param successes of `n` trials; 0 trials know nothing: 0..1
 * @param z normal quantile of the confidence wanted; 95% when left out
 * @throws RangeError when there are negative counts or more successes than trials
 */
export function wilson(successes: number, n: number, z: number = Z_95): Interval {
  if (!(successes >= 0 && successes <= n && Number.isFinite(n)))
    throw new RangeError(`${successes} successes of ${n} trials are not possible`);
  if (n === 0) return { low: 0, high: 1 };
  const p = successes / n;
  const z2 = z * z;
  const centre = p + z2 / (2 * n);
  const margin = z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  // Exact at the ends, where rounding would leave a hair beyond them.
  return {
    low: successes === 0 ? 0 : Math.max(0, (centre - margin) / scale),
    high: successes === n ? 1 : Math.min(1, (centre + margin) / scale),
  };
}

/**
 * Newcombe's hybrid score interval of the difference p1 - p2 of two independent proportions, built from the
 * Wilson interval of each.
 *
 * @see R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison
 * of eleven methods", Statistics in Medicine 17 (1998), method 10
 * @returns difference 0 in -1..1 when either has no trials
 * @throws RangeError as `wilson` does
 */
export function newcombe(s1: number, n1: number, s2: number, n2: number, z: number = Z_95): Difference {
  const first = wilson(s1, n1, z);
  const second = wilson(s2, n2, z);
  if (n1 === 0 || n2 === 0) return { difference: 0, low: -1, high: 1 };
  const p1 = s1 / n1;
  const p2 = s2 / n2;
  const difference = p1 - p2;
  return {
    difference,
    low: Math.max(-1, difference - Math.hypot(p1 - first.low, second.high - p2)),
    high: Math.min(1, difference + Math.hypot(first.high - p1, p2 - second.low)),
  };
}
