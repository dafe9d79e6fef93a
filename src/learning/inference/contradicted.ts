/** Whether what was asserted still holds. Pure. */
import type { JudgeOptions } from './judging.js';
import { givens } from './matched-sets.js';
import type { Observation } from './observation.js';
import type { Verdict } from './verdict.js';
import { effectAcross, firstWay, otherWay, waysOf } from './ways.js';

/** Fewer recent runs with the feature, or tasks that tell, contradict nothing. */
const LEAST_RUNS = 8;
const LEAST_TELLING = 5;

/**
 * Whether the recent runs contradict an asserted verdict: all of their 95% interval of the effect lies below all of the
 * verdict's (above, of what is to be avoided). While the effect stays the same that is seen in fewer than one case in
 * a hundred, since two intervals of 95% must miss each other.
 *
 * @param recent runs that the verdict was not drawn from, or the newest part of those it was
 */
export function contradicted(
  verdict: Verdict,
  recent: readonly Observation[],
  options: Pick<JudgeOptions, 'given'> = {},
): boolean {
  const ways = waysOf(recent, options.given ?? givens);
  const score = ways.scores.get(verdict.feature);
  if (score === undefined || score.candidate.runs.length < LEAST_RUNS) return false;
  if (score.clusters.size < LEAST_TELLING) return false;
  const first = firstWay(ways, score);
  const { interval } = effectAcross([first, ...otherWay(ways, first)], ways.dispersion);
  return verdict.effect > 0
    ? interval[1] < Math.max(0, verdict.interval[0])
    : interval[0] > Math.min(0, verdict.interval[1]);
}
