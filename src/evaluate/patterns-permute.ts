/** How often lessons are asserted where nothing is to be learned. */
import { type Interval, wilson } from '../evidence/intervals.js';
import type { InteractionsFile } from './patterns-file.js';
import { judgeGroups } from './patterns-lessons.js';
import { groupsOf, type Permutation, permuted, pooled } from './patterns-split.js';

/** The figures of a permutation test under the names of its JSON. */
export interface PatternsPermuted {
  files: string[];
  permuted: Permutation;
  repeats: number;
  /** Repeats in which any lesson was asserted, of any kind and in any group. */
  withAny: number;
  share: number;
  interval: Interval;
  /** Lessons asserted, over all repeats. */
  asserted: number;
}

/** Permutes the outcomes of the files' runs again and again, and judges all of them each time. */
export function permutePatterns(
  files: readonly InteractionsFile[],
  how: Permutation,
  repeats: number,
  onRepeat?: (done: number) => void,
): PatternsPermuted {
  const groups = pooled(files.map(groupsOf));
  let [withAny, asserted] = [0, 0];
  for (let repeat = 1; repeat <= repeats; repeat += 1) {
    const lessons = judgeGroups(permuted(groups, how, String(repeat)))
      .flatMap(({ verdicts }) => verdicts)
      .filter(({ state }) => state === 'asserted').length;
    asserted += lessons;
    withAny += Number(lessons > 0);
    onRepeat?.(repeat);
  }
  return {
    files: files.map(({ file }) => file),
    permuted: how,
    repeats,
    withAny,
    share: withAny / repeats,
    interval: wilson(withAny, repeats),
    asserted,
  };
}
