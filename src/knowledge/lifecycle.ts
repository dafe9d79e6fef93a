/** The life of a knowledge item: stated rules on what its applications showed. Pure. */
import type { KnowledgeState } from '../shared/terms.js';

export const LIFECYCLE = {
  /** Applications with a known outcome before anything is concluded. */
  minimumUsages: 5,
  /** Success rate from which an item is validated. */
  validatedRate: 0.8,
  /** Success rate below which an item is deprecated. */
  deprecatedRate: 0.4,
  /** Success rate from which a deprecated item is tried again; above `deprecatedRate`, so it does not flap. */
  recoveredRate: 0.5,
  /** Age at which an item that nobody ever used is archived. */
  archiveAfterDays: 90,
} as const;

/** Applications of an item's current version, by outcome. */
export interface KnownUsage {
  successes: number;
  failures: number;
}

export interface Transition {
  to: KnowledgeState;
  reason: string;
}

const percent = (rate: number): string => `${Math.round(rate * 100)}%`;

/**
 * The state that an item's usage calls for, or null when it stays as it is.
 *
 * ARCHIVED is final. A VALIDATED item stays so until it falls below `deprecatedRate`.
 */
export function nextState(state: KnowledgeState, { successes, failures }: KnownUsage): Transition | null {
  const usages = successes + failures;
  if (state === 'ARCHIVED' || usages < LIFECYCLE.minimumUsages) return null;
  const rate = successes / usages;
  const figures = `${successes} of ${usages} applications succeeded`;
  if (rate >= LIFECYCLE.validatedRate)
    return state === 'VALIDATED'
      ? null
      : { to: 'VALIDATED', reason: `${figures}: at least ${percent(LIFECYCLE.validatedRate)}` };
  if (rate < LIFECYCLE.deprecatedRate)
    return state === 'DEPRECATED'
      ? null
      : { to: 'DEPRECATED', reason: `${figures}: less than ${percent(LIFECYCLE.deprecatedRate)}` };
  return state === 'DEPRECATED' && rate >= LIFECYCLE.recoveredRate
    ? {
        to: 'EXPERIMENTAL',
        reason: `${figures}: recovered to at least ${percent(LIFECYCLE.recoveredRate)}`,
      }
    : null;
}

/** The state of an item whose content was edited: what the old content showed says nothing of the new. */
export const stateAfterEdit = (state: KnowledgeState): KnowledgeState =>
  state === 'ARCHIVED' ? 'ARCHIVED' : 'EXPERIMENTAL';

/** Items created before this time are archived when they are EXPERIMENTAL and nobody ever used them. */
export const archiveBefore = (now: Date): Date =>
  new Date(now.getTime() - LIFECYCLE.archiveAfterDays * 86_400_000);
