/** Seeded chance: the same seed gives the same draws, so a retried look-up decides as the first one did. */
import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws from [0, 1). */
export type Uniform = () => number;

/** A generator whose draws depend on the seed's text alone. */
export function seededUniform(seed: string): Uniform {
  const generator = xoroshiro128plus(createHash('sha256').update(seed).digest().readInt32LE(0));
  return () => uniformFloat64(generator);
}

/** One draw from [0, 1) that belongs to the seed; draws of different seeds are independent. */
export function uniformOf(seed: string): number {
  return createHash('sha256').update(seed).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** A standard normal draw, by Box and Muller's method. */
function standardNormal(uniform: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/**
 * A draw from the gamma distribution with scale 1, by Marsaglia and Tsang's method (ACM TOMS 26(3), 2000).
 *
 * @param shape above 0
 */
function gamma(shape: number, uniform: Uniform): number {
  if (shape < 1) return gamma(shape + 1, uniform) * (1 - uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(uniform);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A draw from Beta(a, b); both above 0. */
export function beta(a: number, b: number, uniform: Uniform): number {
  const x = gamma(a, uniform);
  return x / (x + gamma(b, uniform));
}
