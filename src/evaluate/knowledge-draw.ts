/** Seeded draws for a generator. */
import { seededUniform } from '../evidence/random.js';

export interface Draw {
  /** A number from 0 to below 1. */
  share(): number;
  /** A whole number from 0 to below `count`. */
  below(count: number): number;
  /** One of a list that is not empty. */
  one<T>(list: readonly T[]): T;
  /** A new list in random order. */
  shuffled<T>(list: readonly T[]): T[];
}

/** Draws that depend on the seed alone. */
export function drawFrom(seed: string): Draw {
  const share = seededUniform(seed);
  const below = (count: number): number => Math.floor(share() * count);
  return {
    share,
    below,
    one: (list) => list[below(list.length)] as (typeof list)[number],
    shuffled: (list) =>
      list
        .map((item) => ({ item, key: share() }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item),
  };
}
