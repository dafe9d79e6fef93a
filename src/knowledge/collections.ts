/** The documents of knowledge: one aggregate with two faces, the hub and the base. */
import type { Json, KnowledgeExcerpt } from '../shared/agent-contract.js';
import type { KnowledgeState, KnowledgeType, Priority, Trust } from '../shared/terms.js';
import type { CollectionIndexes } from '../store/indexes.js';
import type { Store } from '../store/store.js';
import { fillWords } from './fill-words.js';
import { provenanceIndexes } from './provenance/retractions.js';

/** Free text, or an object of the author's own shape. */
export type KnowledgeContent = string | Record<string, Json>;

/** A word that holds an item back. */
export interface Ruling {
  by: string;
  reason: string;
  at: Date;
}

/** A word that an item is not to be shown, whatever its usage said until then. */
export interface Deprecation extends Ruling {
  /** A person's word gives way to new evidence; one of its learning only to the learning's own return. */
  because: 'person' | 'learning' | 'contradiction';
  /** The version that it is about: a later one is tried anew. */
  version: number;
  /** Applications of that version known then, by outcome: evidence beyond them is new. */
  successes: number;
  failures: number;
}

/** One piece of knowledge, as its public reads return it. */
export interface KnowledgeItem {
  id: string;
  type: KnowledgeType;
  category: string;
  title: string;
  content: KnowledgeContent;
  context: Record<string, Json>;
  priority: Priority;
  tags: string[];
  /** Null for items that were added to the base without being shared. */
  channel: string | null;
  /** Position in its channel, from 1 without gaps; null where there is no channel. */
  sequence: number | null;
  /** Who shared or added it. */
  source: string;
  /** Execution that it came from, when one is known. */
  executionId: string | null;
  state: KnowledgeState;
  /** Of title and content, from 1. */
  version: number;
  /** Whose words it holds. */
  trust: Trust;
  /** The learning that it was made from; null for all others. */
  learningId: string | null;
  /** Agents that found it useful. */
  votes: number;
  /** Agents that found it not useful. */
  downvotes: number;
  /** Agents that were handed it, each counted once. */
  views: number;
  /** Other agents that shared the same. */
  confirmations: number;
  /** Times that somebody shared it again who had shared it before. */
  repeats: number;
  /** Items that were merged into it. */
  absorbed: number;
  /** The item that speaks for it since it was merged; null for all others. */
  mergedInto: string | null;
  /** Ids of items that say the opposite, while evidence has not decided. */
  contradicts: string[];
  /** The retraction that withdrew it; null for all others. */
  retractedBy: string | null;
  /** When it was pruned; null for all others. */
  prunedAt: Date | null;
  /** Id of the run that pruned it; null for all others. */
  prunedIn: string | null;
  /** Who ruled that it is not to be shown, and why; null where only its usage speaks. */
  deprecation: Deprecation | null;
  /** Who archived it, and why; null unless a person did. */
  archival: Ruling | null;
  createdAt: Date;
  updatedAt: Date;
  /** When it was last shown in a task or applied; null while it never was. */
  lastUsedAt: Date | null;
}

/** An item as stored. */
export interface KnowledgeDocument extends KnowledgeItem {
  /** `<tenant>|<id>` */
  _id: string;
  tenant: string;
  /** What it is found by. */
  text: string;
  /** What MongoDB's text index reads: see `tellingWords`. */
  words: string[];
  /** Times that its usage was judged or a mark on it counted; written so that two at once conflict. */
  settled: number;
  /** Useful votes and confirmations: what the most popular are looked for by. Absent: none ever came. */
  approvals?: number;
  /** Its version when near-duplicates and contradictions of it were last looked for; 0 while they are to be. */
  comparedVersion: number;
  /** Since which version it says what it says: the use of all versions since then counts. Absent: its version. */
  contentVersion?: number;
  /** Earlier runs of versions, first and last, that said the same as it does now: their use counts too. */
  earlierRuns?: VersionRun[];
  /** Lower 95% bound of its success when its usage was last judged: what the best are found by. */
  successAtLeast?: number;
  /** Its removal for good has begun. */
  removing?: true;
  /** Version of the item that it was merged into, when it was; its use counts while that says the same. */
  mergedAtVersion?: number | null;
  /** Items that it was taken out of after a merge: they are left apart. Absent: none. */
  keptApart?: string[];
}

/** Versions that follow each other: the first and the last of them. */
export type VersionRun = [first: number, last: number];

/** One version of an item; never changed. */
export interface KnowledgeVersion {
  version: number;
  title: string;
  content: KnowledgeContent;
  /** What changed and why, in the editor's words. */
  changes: string;
  by: string;
  at: Date;
  /** These and the rest: absent in versions of before they were kept. */
  type?: KnowledgeType;
  category?: string;
  tags?: string[];
  priority?: Priority;
  /** Whose words its title and content are. */
  trust?: Trust;
  /** The first version that said the same; absent: this one. */
  contentVersion?: number;
  /** The version that it brought back. */
  restored?: number;
  /** What its words come from, as `<kind>:<ref>`; absent where they are those of `by`, or of an earlier version. */
  source?: string;
}

export interface VersionDocument extends KnowledgeVersion {
  /** `<tenant>|<id>|<version>` */
  _id: string;
  tenant: string;
  id: string;
}

/** What one party has to do with one item, once: an agent's vote, view or confirmation, or a source of it. */
export interface MarkDocument {
  /** `<tenant>|<id>|<key>` */
  _id: string;
  tenant: string;
  id: string;
  /** The agent, or the source's key. */
  key: string;
  at: Date;
  /** The merged item that it was taken over from; null for the item's own. */
  via: string | null;
  /** Retraction that withdrew it; null while it counts. */
  retractedBy: string | null;
  /** Of a source: the others of the same contribution, e.g. the task that an agent shared it in. */
  with?: string[];
}

/** What one agent shared of late. */
export interface ShareRateDocument {
  /** `<tenant>|<agent>` */
  _id: string;
  tenant: string;
  agent: string;
  /** Shares in slots of some seconds, oldest first. */
  slots: { slot: number; count: number }[];
  /** When the server may remove it. */
  expiresAt: Date;
}

export interface ChannelDocument {
  /** `<tenant>|<name>` */
  _id: string;
  tenant: string;
  name: string;
  description: string;
  /** Number of items shared to it so far. */
  sequence: number;
}

export interface SubscriptionDocument {
  /** `<tenant>|<agent>|<channel>` */
  _id: string;
  tenant: string;
  agent: string;
  channel: string;
  /** The last sequence that the agent has taken in. */
  acknowledged: number;
  since: Date;
}

/** That an item was, or is to be, announced to running tasks. Each write of it wakes those who hold inboxes. */
export interface AnnouncementDocument {
  /** `<tenant>|<id>` */
  _id: string;
  tenant: string;
  id: string;
  /** When it was to be announced, the last time. */
  at: Date;
  /** When its announcement began; null until then. */
  announcedAt: Date | null;
  /** Times that tasks were told. */
  rings: number;
}

export const KNOWLEDGE = 'knowledge';
export const ANNOUNCEMENTS = 'announcements';
export const knowledgeItems = (store: Store) => store.collection<KnowledgeDocument>(KNOWLEDGE);
export const knowledgeVersions = (store: Store) => store.collection<VersionDocument>('knowledgeVersions');
export const knowledgeViews = (store: Store) => store.collection<MarkDocument>('knowledgeViews');
export const knowledgeConfirmations = (store: Store) =>
  store.collection<MarkDocument>('knowledgeConfirmations');
export const knowledgeSources = (store: Store) => store.collection<MarkDocument>('knowledgeSources');
export const shareRates = (store: Store) => store.collection<ShareRateDocument>('shareRates');
export const channelsOf = (store: Store) => store.collection<ChannelDocument>('channels');
export const subscriptions = (store: Store) => store.collection<SubscriptionDocument>('subscriptions');

export const announcements = (store: Store) => store.collection<AnnouncementDocument>(ANNOUNCEMENTS);

export const itemKey = (tenant: string, id: string): string => `${tenant}|${id}`;

export const knowledgeIndexes: CollectionIndexes[] = [
  {
    collection: KNOWLEDGE,
    indexes: [
      {
        key: { tenant: 1, words: 'text' },
        name: 'tenant_words',
        default_language: 'english',
        // A field named `language` is a user's own and must not switch the analyser.
        language_override: '_textLanguage',
      },
      // What lists ask for besides: what does not fit is passed over without being fetched.
      { key: { tenant: 1, createdAt: -1, _id: 1, category: 1, type: 1, trust: 1, channel: 1 } },
      { key: { tenant: 1, tags: 1, createdAt: -1, _id: 1 } },
      { key: { tenant: 1, category: 1, createdAt: -1, _id: 1 } },
      { key: { tenant: 1, state: 1, createdAt: -1, _id: 1 } },
      { key: { tenant: 1, state: 1, updatedAt: -1, _id: 1 } },
      { key: { tenant: 1, state: 1, lastUsedAt: 1, createdAt: 1 } },
      { key: { tenant: 1, state: 1, successAtLeast: -1, _id: 1 } },
      { key: { tenant: 1, channel: 1, sequence: 1 } },
      { key: { tenant: 1, votes: -1 } },
      { key: { tenant: 1, state: 1, approvals: -1 } },
      // Most items are neither merged nor made from a learning.
      {
        key: { tenant: 1, mergedInto: 1 },
        name: 'merged',
        partialFilterExpression: { mergedInto: { $gt: '' } },
      },
      {
        key: { tenant: 1, learningId: 1 },
        name: 'learned',
        partialFilterExpression: { learningId: { $gt: '' } },
      },
      { key: { tenant: 1, prunedAt: 1 } },
      { key: { tenant: 1, prunedIn: 1 }, partialFilterExpression: { prunedIn: { $type: 'string' } } },
      // Few are voted down so often, and only those may be pruned for it.
      { key: { tenant: 1, downvotes: 1 }, partialFilterExpression: { downvotes: { $gte: 6 } } },
      // Those that wait for being compared, oldest first, among all that never will be.
      { key: { tenant: 1, comparedVersion: 1, state: 1, createdAt: 1, _id: 1 } },
      // Only items that something contradicts.
      { key: { tenant: 1, contradicts: 1 }, partialFilterExpression: { contradicts: { $gt: '' } } },
    ],
    former: [
      { name: 'tenant_text', before: (store) => fillWords(store, knowledgeItems(store)) },
      { name: 'tenant_1_mergedInto_1' },
      { name: 'tenant_1_learningId_1' },
    ],
  },
  { collection: 'knowledgeVersions', indexes: [{ key: { tenant: 1, id: 1, version: 1 } }] },
  {
    collection: 'events',
    indexes: [{ key: { tenant: 1, 'detail.taskId': 1 }, partialFilterExpression: { kind: 'usage' } }],
  },
  { collection: 'knowledgeMarked', indexes: [{ key: { tenant: 1, _id: 1 } }] },
  ...['knowledgeVotes', 'knowledgeViews', 'knowledgeConfirmations', 'knowledgeSources'].map((collection) => ({
    collection,
    indexes: [
      { key: { tenant: 1, id: 1 } },
      { key: { tenant: 1, key: 1, id: 1 } },
      { key: { tenant: 1, retractedBy: 1 }, partialFilterExpression: { retractedBy: { $gt: '' } } },
    ],
  })),
  { collection: 'shareRates', indexes: [{ key: { expiresAt: 1 }, expireAfterSeconds: 0 }] },
  ...provenanceIndexes,
  { collection: ANNOUNCEMENTS, indexes: [{ key: { tenant: 1, announcedAt: 1, at: 1 } }] },
  { collection: 'channels', indexes: [{ key: { tenant: 1, name: 1 } }] },
  { collection: 'subscriptions', indexes: [{ key: { tenant: 1, agent: 1, channel: 1 } }] },
];

/** What no item has when it is new; documents of earlier versions lack these. */
export const beginnings = {
  downvotes: 0,
  views: 0,
  confirmations: 0,
  repeats: 0,
  absorbed: 0,
  mergedInto: null,
  retractedBy: null,
  prunedAt: null,
  prunedIn: null,
  deprecation: null,
  archival: null,
} as const satisfies Partial<KnowledgeItem>;

/** An item's public face. */
export function publicItem(document: KnowledgeDocument): KnowledgeItem {
  const {
    _id,
    tenant: _tenant,
    text: _text,
    words: _words,
    settled: _settled,
    approvals: _approvals,
    comparedVersion: _compared,
    contentVersion: _contentVersion,
    earlierRuns: _earlierRuns,
    successAtLeast: _successAtLeast,
    mergedAtVersion: _mergedAtVersion,
    keptApart: _keptApart,
    ...item
  } = document;
  const lacking: Partial<KnowledgeItem> = {
    trust: 'untrusted',
    learningId: null,
    contradicts: [],
    ...beginnings,
  };
  return { ...lacking, ...item };
}

/** An item as agents are shown it. */
export function excerptOf(item: KnowledgeItem): KnowledgeExcerpt {
  const { id, version, type, title, content, state, source, trust, contradicts, learningId } = item;
  return {
    ...{ id, version, type, title, content, state, source, trust },
    ...(contradicts.length === 0 ? {} : { disputed: true as const }),
    ...(learningId === null ? {} : { learningId }),
  };
}
