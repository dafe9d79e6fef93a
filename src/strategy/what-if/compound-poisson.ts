/**
 * The distribution of a sum of rare events of known sizes and rates, about its mean.
 *
 * A log whose policy rarely tries what another policy wants says little of it by a few heavy weights: what error
 * that may leave is far from normal, but since the chances were logged it is known. The distribution function comes
 * from the characteristic function (Gil-Pelaez, Biometrika 38, 1951).
 */
import { type Jump, varianceOf } from './jumps.js';

/** Width, in standard deviations, that the atoms of the distribution are blurred by. */
const BLUR = 0.08;
const HIGHEST = 4 / BLUR;
const POINTS = 600;
const STEP = HIGHEST / POINTS;
/** From where the characteristic function is smaller, it is left out. */
const NEGLIGIBLE = 1e-8;

/**
 * In standard deviations: less than 2% lie beyond by Chebyshev's inequality, and the integral repeats itself far out.
 */
const FARTHEST = 8;

/** A distribution of mean 0. */
export interface CenteredSum {
  deviation: number;
  /** The probability of at most x. */
  below: (x: number) => number;
  /** @param level between 0 and 1 */
  quantile: (level: number) => number;
}

export function centeredSum(jumps: readonly Jump[]): CenteredSum {
  const deviation = Math.sqrt(varianceOf(jumps));
  if (!(deviation > 0)) return { deviation: 0, below: (x) => Number(x >= 0), quantile: () => 0 };
  const { modulus, angle } = characteristic(
    jumps.map(({ size, rate }) => ({ size: size / deviation, rate })),
  );
  const standard = (x: number): number => {
    if (Math.abs(x) > FARTHEST) return Number(x > 0);
    let sum = 0;
    for (let point = 0; point < modulus.length; point++) {
      const u = (point + 0.5) * STEP;
      sum += ((modulus[point] ?? 0) * Math.sin((angle[point] ?? 0) - u * x)) / u;
    }
    return 0.5 - (sum * STEP) / Math.PI;
  };
  return {
    deviation,
    below: (x) => standard(x / deviation),
    quantile: (level) => {
      let [low, high] = [-FARTHEST, FARTHEST];
      for (let halving = 0; halving < 26; halving++) {
        const middle = (low + high) / 2;
        if (standard(middle) < level) low = middle;
        else high = middle;
      }
      return (deviation * (low + high)) / 2;
    },
  };
}

/** Modulus and angle of the blurred sum's characteristic function at the points. */
function characteristic(jumps: readonly Jump[]) {
  const modulus: number[] = [];
  const angle: number[] = [];
  for (let point = 0; point < POINTS; point++) {
    const u = (point + 0.5) * STEP;
    let real = -0.5 * (BLUR * u) ** 2;
    let imaginary = 0;
    for (const { size, rate } of jumps) {
      real += rate * (Math.cos(u * size) - 1);
      imaginary += rate * (Math.sin(u * size) - u * size);
    }
    modulus.push(Math.exp(real));
    angle.push(imaginary);
    if (Math.exp(real) < NEGLIGIBLE) break;
  }
  return { modulus, angle };
}
