/** Reproducible draws: the same seed gives the same sequence on every machine. */
import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of draws. */
export interface Draw {
  /** A whole number from 0 to below `count`. */
  below(count: number): number;
  /** True with the given probability, in steps of a thousandth. */
  chance(probability: number): boolean;
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** A new list in random order. */
  shuffle<T>(items: readonly T[]): T[];
}

/** Draws that depend on nothing but `seed`. */
export function drawFrom(seed: string): Draw {
  const generator = xoroshiro128plus(createHash('sha256').update(seed).digest().readInt32LE());
  const below = (count: number) => uniformInt(generator, 0, count - 1);
  return {
    below,
    chance: (probability) => below(1_000) < probability * 1_000,
    pick: (items) => {
      const index = below(items.length);
      if (index >= items.length) throw new RangeError('nothing to pick from');
      return items[index] as (typeof items)[number];
    },
    shuffle: (items) => {
      const keyed = items.map((item) => ({ item, key: below(2 ** 30) }));
      return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
    },
  };
}
