/** What the log says of one choice: what was offered with which chance, what was taken, and what came of it. */

/** A plan that could have been taken. */
export interface LoggedCandidate {
  plan: string;
  /** The chance it had. */
  propensity: number;
  /** Success that was expected of it. */
  mean: number;
  /** USD that was expected; null where nothing was. */
  cost: number | null;
}

/** Null is what is not known. */
export interface LoggedChoice {
  category: string;
  plan: string;
  /** Null where the plan was not drawn, e.g. was asked for by name. */
  propensity: number | null;
  candidates: readonly LoggedCandidate[];
  /** As it is known by now, later words included. */
  success: boolean | null;
  /** 0 to 1. */
  score: number | null;
  /** USD. */
  cost: number | null;
  /** Seconds, without what people took to answer. */
  seconds: number | null;
}

/** What is measured of a task. */
export const measures = ['success', 'score', 'cost', 'seconds'] as const;
export type Measure = (typeof measures)[number];

/** The measure of a task as a number; null where it is not known. */
export function measured(choice: LoggedChoice, measure: Measure): number | null {
  if (measure === 'success') return choice.success === null ? null : Number(choice.success);
  return choice[measure];
}
