/** The life of a knowledge item: stated rules on what its applications showed. Pure. */
import type { KnowledgeState } from '../../shared/terms.js';
import type { Deprecation, KnowledgeDocument } from '../collections.js';
import { counted } from '../usage/counted-versions.js';

export const LIFECYCLE = {
  /** Applications with a known outcome before anything is concluded. */
  minimumUsages: 5,
  /** Success rate from which an item is validated. */
  validatedRate: 0.8,
  /** Success rate below which an item is deprecated. */
  deprecatedRate: 0.4,
  /** Success rate from which a deprecated item is tried again; above `deprecatedRate`, so it does not flap. */
  recoveredRate: 0.5,
} as const;

/** Applications of what an item says now, by outcome. */
export interface KnownUsage {
  successes: number;
  failures: number;
}

export interface Transition {
  to: KnowledgeState;
  reason: string;
}

/** What a judgement of an item looks at besides its usage. */
export type Judged = Pick<
  KnowledgeDocument,
  'state' | 'version' | 'contentVersion' | 'earlierRuns' | 'deprecation'
>;

const percent = (rate: number): string => `${Math.round(rate * 100)}%`;

/**
 * The state that usage alone calls for, or null when it stays as it is.
 *
 * ARCHIVED is left only by undoing what archived. A VALIDATED item stays so until it falls below
 * `deprecatedRate`.
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

/**
 * The state that an item moves to, or null when it stays as it is: by its usage, unless a ruling holds it down.
 *
 * A deprecated item is shown to nobody, so what speaks for it comes from agents and people that know it and apply
 * it all the same, from later words on tasks that had applied it, and from a new version, which is tried anew.
 */
export function judge(item: Judged, usage: KnownUsage): Transition | null {
  const ruling = rulingOn(item);
  if (ruling === null || item.state !== 'DEPRECATED') return nextState(item.state, usage);
  const since = outweighing(ruling, usage);
  const next = since === null ? null : nextState('EXPERIMENTAL', usage);
  // What outweighs the ruling must not be at odds with the whole.
  if (since === null || next?.to === 'DEPRECATED') return null;
  return { to: next?.to ?? 'EXPERIMENTAL', reason: `${since}, after ${ruling.by} had deprecated it` };
}

/** The state of an item that nothing archives any more: what its usage calls for, as if it were new. */
export function stateByUsage(item: Judged, usage: KnownUsage): Transition {
  const ruling = rulingOn(item);
  if (ruling !== null && outweighing(ruling, usage) === null)
    return { to: 'DEPRECATED', reason: `${ruling.by} had deprecated it: ${ruling.reason}` };
  return (
    nextState('EXPERIMENTAL', usage) ?? {
      to: 'EXPERIMENTAL',
      reason: `${usage.successes} of ${usage.successes + usage.failures} applications succeeded: not decided`,
    }
  );
}

/** The ruling on what an item says now; null where there is none. */
export const rulingOn = (item: Omit<Judged, 'state'>): Deprecation | null =>
  item.deprecation != null && counted(item, item.deprecation.version) ? item.deprecation : null;

/** In words, the evidence since a ruling that outweighs it; null while there is too little, or it agrees. */
function outweighing(ruling: Deprecation, usage: KnownUsage): string | null {
  if (ruling.because === 'learning') return null;
  // A failure that a later word turned into a success is a success since.
  const successes = Math.max(0, usage.successes - ruling.successes);
  const usages = successes + Math.max(0, usage.failures - ruling.failures);
  if (usages < LIFECYCLE.minimumUsages || successes / usages < LIFECYCLE.recoveredRate) return null;
  return `${successes} of ${usages} applications since succeeded: at least ${percent(LIFECYCLE.recoveredRate)}`;
}

/** The state of an item whose content was edited: what the old content showed says nothing of the new. */
export const stateAfterEdit = (state: KnowledgeState): KnowledgeState =>
  state === 'ARCHIVED' ? 'ARCHIVED' : 'EXPERIMENTAL';

/** What keeps an item ARCHIVED, each undone by its own opposite. It is ARCHIVED while any of them stands. */
const archivers = ['archival', 'prunedAt', 'mergedInto', 'retractedBy'] as const;
export type Archiver = (typeof archivers)[number];

/** The archivers that stand; documents of earlier versions may lack any. */
export const standingArchivers = (item: Pick<KnowledgeDocument, Archiver>): Archiver[] =>
  archivers.filter((name) => item[name] != null);
