/** AnnounceKnowledgeWorkflow: its input, its steps and what comes of it. */

export const ANNOUNCE_WORKFLOW = 'AnnounceKnowledgeWorkflow';
/** Milliseconds by which visibility may list a task later than it started. */
export const LISTED_WITHIN_MS = 60_000;

export interface AnnounceInput {
  tenant: string;
  itemId: string;
}

/** One pass over the tenant's running tasks. */
export interface AnnounceRequest extends AnnounceInput {
  /** Milliseconds since the epoch, by Temporal's clock: tasks that started later find the item by their look-up. */
  startedBefore: number;
  /** Only tasks that started from then on: those that an earlier pass may have missed. */
  startedFrom?: number;
  /** Workflow ids of tasks that were told already. */
  told?: readonly string[];
}

/** What a pass did. */
export interface AnnouncePass {
  /** Why the item is not announced any more; null while it is. */
  over: string | null;
  signalled: number;
  /** Tasks that had ended when their signal came. */
  ended: number;
  /** Tasks that could not be signalled, for reasons of their own. */
  refused: number;
  /** Workflow ids of those that started so late that the next pass lists them again. */
  recent: string[];
}

/** What all passes did together. */
export type Announced = Omit<AnnouncePass, 'recent'> & { passes: number };
