/** The documents of knowledge: one aggregate with two faces, the hub and the base. */
import type { Json, KnowledgeExcerpt } from '../shared/agent-contract.js';
import type { KnowledgeState, KnowledgeType, Priority, Trust } from '../shared/terms.js';
import type { CollectionIndexes } from '../store/indexes.js';
import type { Store } from '../store/store.js';

/** Free text, or an object of the author's own shape. */
export type KnowledgeContent = string | Record<string, Json>;

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
  /** What the text index reads. */
  text: string;
  /** Times that its usage was judged; written so that two judgements at once conflict. */
  settled: number;
  /** Its version when near-duplicates and contradictions of it were last looked for; 0 while they never were. */
  comparedVersion: number;
}

/** One version of an item's content; never changed. */
export interface KnowledgeVersion {
  version: number;
  title: string;
  content: KnowledgeContent;
  /** What changed and why, in the editor's words. */
  changes: string;
  by: string;
  at: Date;
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
}

export interface VoteDocument extends MarkDocument {
  useful: boolean;
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

export const KNOWLEDGE = 'knowledge';
export const knowledgeItems = (store: Store) => store.collection<KnowledgeDocument>(KNOWLEDGE);
export const knowledgeVersions = (store: Store) => store.collection<VersionDocument>('knowledgeVersions');
export const knowledgeVotes = (store: Store) => store.collection<VoteDocument>('knowledgeVotes');
export const knowledgeViews = (store: Store) => store.collection<MarkDocument>('knowledgeViews');
export const knowledgeConfirmations = (store: Store) =>
  store.collection<MarkDocument>('knowledgeConfirmations');
export const knowledgeSources = (store: Store) => store.collection<MarkDocument>('knowledgeSources');
export const channelsOf = (store: Store) => store.collection<ChannelDocument>('channels');
export const subscriptions = (store: Store) => store.collection<SubscriptionDocument>('subscriptions');

export const itemKey = (tenant: string, id: string): string => `${tenant}|${id}`;

export const knowledgeIndexes: CollectionIndexes[] = [
  {
    collection: KNOWLEDGE,
    indexes: [
      {
        key: { tenant: 1, text: 'text' },
        name: 'tenant_text',
        default_language: 'english',
        // A field named `language` is a user's own and must not switch the analyser.
        language_override: '_textLanguage',
      },
      { key: { tenant: 1, createdAt: -1 } },
      { key: { tenant: 1, state: 1, createdAt: -1 } },
      { key: { tenant: 1, state: 1, lastUsedAt: 1, createdAt: 1 } },
      { key: { tenant: 1, channel: 1, sequence: 1 } },
      { key: { tenant: 1, votes: -1 } },
      { key: { tenant: 1, mergedInto: 1 } },
      { key: { tenant: 1, learningId: 1 } },
      { key: { tenant: 1, prunedAt: 1 } },
      { key: { tenant: 1, comparedVersion: 1 } },
    ],
  },
  { collection: 'knowledgeVersions', indexes: [{ key: { tenant: 1, id: 1, version: 1 } }] },
  ...['knowledgeVotes', 'knowledgeViews', 'knowledgeConfirmations', 'knowledgeSources'].map((collection) => ({
    collection,
    indexes: [{ key: { tenant: 1, id: 1 } }, { key: { tenant: 1, key: 1, id: 1 } }],
  })),
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
} as const satisfies Partial<KnowledgeItem>;

/** An item's public face. */
export function publicItem(document: KnowledgeDocument): KnowledgeItem {
  const {
    _id,
    tenant: _tenant,
    text: _text,
    settled: _settled,
    comparedVersion: _compared,
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
  const { id, version, type, title, content, state, source, trust } = item;
  return { id, version, type, title, content, state, source, trust };
}
