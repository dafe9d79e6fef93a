/** Retractions: what was withdrawn because its source proved bad, how far that got, and what it changed. */
import type { KnowledgeState } from '../../shared/terms.js';
import type { Increment } from '../../store/counters.js';
import type { CollectionIndexes } from '../../store/indexes.js';
import type { Store } from '../../store/store.js';

/** What a retraction did; of a dry run, what it would do. */
export interface RetractionFigures {
  /** Items that came from the source alone: archived. */
  archived: number;
  /** Items that have other sources: they stay and lose this one. */
  kept: number;
  /** Of those kept: items whose content was the source's and went back to an earlier version. */
  reverted: number;
  /** Merges that were taken apart because one side came from the source alone. */
  unmerged: number;
  votes: number;
  views: number;
  confirmations: number;
  /** Applications of items that no longer count. */
  usages: number;
}

export const noFigures: RetractionFigures = {
  archived: 0,
  kept: 0,
  reverted: 0,
  unmerged: 0,
  votes: 0,
  views: 0,
  confirmations: 0,
  usages: 0,
};

/**
 * `running` and `undoing` are under way, or were when their process ended: the next call goes on with them.
 * `planned` is what a dry run answers; nothing of it is kept.
 */
export type RetractionState = 'planned' | 'running' | 'done' | 'undoing' | 'undone';

/** A retraction, as public reads return it. */
export interface Retraction {
  id: string;
  /** `<kind>:<ref>` */
  source: string;
  by: string;
  reason: string;
  state: RetractionState;
  at: Date;
  doneAt: Date | null;
  undoneBy: string | null;
  undoneAt: Date | null;
  figures: RetractionFigures;
}

/** The parts of a retraction, in their order; undoing goes the other way round. */
export type RetractionStep = 'items' | 'votes' | 'views' | 'confirmations' | 'reports' | 'executions';

export interface RetractionDocument extends Retraction {
  /** `<tenant>|<id>` */
  _id: string;
  tenant: string;
  /** Which of the source's retractions it is, from 1. */
  number: number;
  /** Whether the source counts as retracted: from its beginning until its undoing begins. */
  standing: boolean;
  /** Where it goes on; null once it is through. */
  cursor: { step: RetractionStep; after: string | null } | null;
  /** The run that works on it, and until when it may be taken to be alive. */
  holder: string | null;
  heldUntil: Date | null;
}

/** What a retraction changed of one item, for its undoing. */
export interface EffectDocument {
  /** `<tenant>|<retraction>|<item>` */
  _id: string;
  tenant: string;
  retraction: string;
  item: string;
  /** State before it was withdrawn; absent where it stayed. */
  archivedFrom?: KnowledgeState;
  /** The version that was the source's, the one that took its place, and the state before. */
  reverted?: { from: number; to: number; state: KnowledgeState };
  /** Survivor that it was taken out of. */
  outOf?: string;
  /** What the merge had noted of it, and the versions of both when they were taken apart. */
  merge?: {
    mergedAtVersion: number | null;
    keptApart: string[];
    versions: { into: number; from: number };
    /** Taken apart only to reach one below; to be merged again at once. */
    passing: boolean;
  };
  /** The state that fewer usages brought it to, and the one before. */
  moved?: { from: KnowledgeState; to: KnowledgeState };
}

/** How much of an execution or a usage event is withdrawn at the moment. */
export interface WithdrawnDocument {
  /** `<tenant>|<subject>` */
  _id: string;
  tenant: string;
  /** Times that it was withdrawn or given back. */
  times: number;
  /** What was taken off the counters and not given back. */
  increments: Increment[];
}

export const retractions = (store: Store) => store.collection<RetractionDocument>('knowledgeRetractions');
export const retractionEffects = (store: Store) => store.collection<EffectDocument>('knowledgeRetracted');

/** Key of what a retraction changed of an item. */
export const effectId = (tenant: string, retraction: string, item: string): string =>
  `${tenant}|${retraction}|${item}`;

export const withdrawnUse = (store: Store) => store.collection<WithdrawnDocument>('knowledgeWithdrawnUse');

const usageEvents = { kind: 'usage' };

export const provenanceIndexes: CollectionIndexes[] = [
  {
    collection: 'knowledgeRetractions',
    indexes: [
      { key: { tenant: 1, source: 1, number: 1 }, unique: true },
      {
        key: { tenant: 1, source: 1 },
        name: 'standing',
        partialFilterExpression: { standing: true },
      },
      { key: { tenant: 1, at: -1 } },
      { key: { tenant: 1, state: 1, at: 1 } },
    ],
  },
  {
    collection: 'knowledgeRetracted',
    indexes: [
      { key: { tenant: 1, retraction: 1, item: 1 } },
      { key: { tenant: 1, retraction: 1, outOf: 1 }, partialFilterExpression: { outOf: { $exists: true } } },
    ],
  },
  {
    collection: 'events',
    indexes: [
      { key: { tenant: 1, by: 1, _id: 1 }, name: 'usage_by', partialFilterExpression: usageEvents },
      {
        key: { tenant: 1, 'detail.taskId': 1, _id: 1 },
        name: 'usage_task',
        partialFilterExpression: usageEvents,
      },
      {
        key: { tenant: 1, 'detail.importId': 1, _id: 1 },
        name: 'usage_import',
        partialFilterExpression: usageEvents,
      },
    ],
  },
  { collection: 'knowledgeSources', indexes: [{ key: { tenant: 1, with: 1, id: 1 }, sparse: true }] },
];

/** A retraction's public face. */
export function publicRetraction(document: RetractionDocument): Retraction {
  const { id, source, by, reason, state, at, doneAt, undoneBy, undoneAt, figures } = document;
  return { id, source, by, reason, state, at, doneAt, undoneBy, undoneAt, figures };
}
