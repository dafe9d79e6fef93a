/** How well scores tell successes from failures. Pure. */

export interface Scored {
  score: number;
  success: boolean;
  /** Only runs of the same group are compared. */
  group: string;
}

/**
 * The share of pairs of a success and a failure of the same group in which the success has the higher score, equal
 * scores counted half: the area under the receiver operating characteristic, stratified by group.
 *
 * @returns null when no group has both
 */
export function aucOf(scored: readonly Scored[]): number | null {
  const groups = new Map<string, Scored[]>();
  for (const each of scored) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  let [better, pairs] = [0, 0];
  for (const members of groups.values()) {
    const failures = members.filter(({ success }) => !success);
    for (const { success, score } of members) {
      if (!success) continue;
      for (const failure of failures) better += score > failure.score ? 1 : score === failure.score ? 0.5 : 0;
      pairs += failures.length;
    }
  }
  return pairs === 0 ? null : better / pairs;
}
