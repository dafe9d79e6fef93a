/** The share of the level that one look at growing data may spend. Pure. */

/** Runs at the first look that counts. */
const FIRST = 16;
/** Doublings that share most of the level evenly: up to 16,384 runs. */
const EVEN = 10;
const EVEN_SHARE = 0.8;

/**
 * A group is judged again and again while it grows; looks within one doubling of it depend on each other strongly, so
 * each doubling gets a share of the level, and all shares together make 1 however long it grows.
 *
 * @param seen runs that were ever seen of the group
 */
export function lookShare(seen: number): number {
  const doubling = Math.max(0, Math.floor(Math.log2(Math.max(1, seen / FIRST))));
  if (doubling < EVEN) return EVEN_SHARE / EVEN;
  const later = doubling - EVEN + 1;
  return (1 - EVEN_SHARE) / (later * (later + 1));
}
