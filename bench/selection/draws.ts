/** Draws that worlds and methods are made of. */
import type { Uniform } from '../../src/evidence/random.js';

/** A standard normal draw, by Box and Muller's method. */
export const normal = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** A draw from `low` to `high`, all equally likely. */
export const between = (low: number, high: number, uniform: Uniform): number =>
  low + (high - low) * uniform();

/** A draw from `low` to `high`, both above 0, whose logarithm is uniform. */
export const scaleBetween = (low: number, high: number, uniform: Uniform): number =>
  Math.exp(between(Math.log(low), Math.log(high), uniform));

/** 0 to count - 1 in an order of which all are equally likely (Fisher and Yates). */
export function shuffled(count: number, uniform: Uniform): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

/** The position of the largest value; one by chance where several are. */
export function argmax(values: readonly number[], uniform: Uniform): number {
  let [top, found, equals] = [Number.NEGATIVE_INFINITY, 0, 0];
  values.forEach((value, position) => {
    if (value > top) [top, found, equals] = [value, position, 1];
    else if (value === top) {
      equals += 1;
      if (uniform() * equals < 1) found = position;
    }
  });
  return found;
}
