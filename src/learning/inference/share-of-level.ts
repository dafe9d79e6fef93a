/** The level that one of many groups may spend. Pure. */

/**
 * A group's share of the level of all: its share of the runs, down to a power of a half, so that it seldom changes as
 * others grow. The shares of all groups together are at most 1, so the chance that anything false is asserted where
 * nothing is true is at most the level, over all groups (Bonferroni's inequality with weights).
 *
 * @param runs of the group, at least 1
 * @param all runs of all groups
 */
export const shareOfLevel = (runs: number, all: number): number =>
  runs <= 0 ? 0 : 2 ** Math.floor(Math.log2(Math.min(1, runs / Math.max(1, all))));
