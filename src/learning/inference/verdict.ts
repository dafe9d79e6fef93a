/** What is concluded of one feature among the observations of its group. */
import type { Confidence } from '../../shared/terms.js';

/** How it went with the feature, and in the rest of the group. */
export interface PatternCounts {
  n: number;
  successes: number;
  withoutN: number;
  withoutSuccesses: number;
}

export interface Verdict {
  /** Key of the feature. */
  feature: string;
  /** Keys of features that nearly the same runs show: one lesson, for which this feature stands. */
  aliases: readonly string[];
  counts: PatternCounts;
  /** Tasks that tell: those in which it was present in some trials and absent in others, or, of tasks never repeated, all. */
  tasks: number;
  /** Difference that it makes to the rate of success, adjusted for task, agent and length, -1 to 1. */
  effect: number;
  /** 95% interval of {@link effect}. */
  interval: readonly [number, number];
  /** `prefer` when it goes better with it, `avoid` when worse or the same. */
  verb: 'prefer' | 'avoid';
  state: 'candidate' | 'asserted';
  confidence: Confidence;
  /** Corrected for all that was judged with it and for being judged again as runs come in. */
  pValue: number;
  /** Whether trials of the same task were compared, or only tasks with each other. */
  compared: 'trials' | 'tasks';
}
