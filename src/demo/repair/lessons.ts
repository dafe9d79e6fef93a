/** Puts the choices of a repair agent in the order that its lessons advise. */
import type { Lesson } from '../../shared/agent-contract.js';
import { errorClass, errorSignature } from '../../shared/error-signature.js';
import { drawFrom } from './draw.js';

/** A choice in its place, with the lessons that put it there. */
export interface RankedChoice<T extends string> {
  readonly choice: T;
  /** Whether the lessons put it behind the choices that none of them speaks of. */
  readonly avoided: boolean;
  readonly lessonIds: readonly string[];
}

export interface RankQuestion<T extends string> {
  readonly choices: readonly T[];
  readonly lessons: readonly Lesson[];
  /** Type of the action that the lessons must speak of. */
  readonly actionType: string;
  /** Name of the action's argument that holds the choice. */
  readonly argument: string;
  /** The errors at hand; a lesson for another kind of error is left alone. */
  readonly errors: readonly string[];
  /** Seeds the order of choices that no lesson tells apart. */
  readonly seed: string;
}

/** A lesson that advises without a measured rate counts like this one. */
const RATE_OF_ADVICE = { prefer: 0.3, avoid: 0 } as const;

/**
 * Orders choices by the rate of success that the lessons give them. Choices without a lesson stand, in an
 * order drawn at random, below those that are preferred and above those to avoid: nothing is built in about
 * which one is better.
 */
export function rankByLessons<T extends string>(question: RankQuestion<T>): RankedChoice<T>[] {
  const signatures = new Set(question.errors.map(errorSignature));
  const classes = new Set([...signatures].map(errorClass));
  const fit = ({ signature }: Lesson): number =>
    signature === undefined ? 1 : signatures.has(signature) ? 3 : classes.has(signature) ? 2 : 0;
  const applicable = question.lessons.filter(
    (lesson) => lesson.action?.type === question.actionType && fit(lesson) > 0,
  );
  const ranked = drawFrom(question.seed)
    .shuffle(question.choices)
    .map((choice) => {
      const about = applicable.filter((lesson) => lesson.action?.input?.[question.argument] === choice);
      // What was learned about this very error outweighs what holds for its class, and that what holds in general.
      const best = Math.max(...about.map(fit));
      const used = about.filter((lesson) => fit(lesson) === best);
      const scores = used.map(scoreOf);
      const score = scores.length === 0 ? 0 : scores.reduce((sum, value) => sum + value, 0) / scores.length;
      return { choice, lessonIds: used.map((lesson) => lesson.id), avoided: score < 0, score };
    });
  ranked.sort((a, b) => b.score - a.score);
  return ranked.map(({ choice, lessonIds, avoided }) => ({ choice, lessonIds, avoided }));
}

/** Above 0 for what to prefer (the better first), below 0 for what to avoid (the worst last). */
function scoreOf(lesson: Lesson): number {
  const verb = lesson.action?.verb ?? 'prefer';
  const rate = lesson.successRate ?? RATE_OF_ADVICE[verb];
  return verb === 'prefer' ? 0.001 + rate : rate - 1.001;
}
