/** The documents of knowledge: one aggregate with two faces, the hub and the base. */
import type { Json, KnowledgeExcerpt } from '../shared/agent-contract.js';
import type { KnowledgeState, KnowledgeType, Priority } from '../shared/terms.js';
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
  /** Agents that found it useful. */
  votes: number;
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

/** That one agent found one item useful. */
export interface VoteDocument {
  /** `<tenant>|<id>|<agent>` */
  _id: string;
  tenant: string;
  id: string;
  agent: string;
  at: Date;
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
    ],
  },
  { collection: 'knowledgeVersions', indexes: [{ key: { tenant: 1, id: 1, version: 1 } }] },
  { collection: 'knowledgeVotes', indexes: [{ key: { tenant: 1, id: 1 } }] },
  { collection: 'channels', indexes: [{ key: { tenant: 1, name: 1 } }] },
  { collection: 'subscriptions', indexes: [{ key: { tenant: 1, agent: 1, channel: 1 } }] },
];

/** What an item's public face leaves out. */
export function publicItem(document: KnowledgeDocument): KnowledgeItem {
  const { _id, tenant: _tenant, text: _text, settled: _settled, ...item } = document;
  return item;
}

/** An item as agents are shown it. */
export function excerptOf(item: KnowledgeItem): KnowledgeExcerpt {
  const { id, version, type, title, content, state, source } = item;
  return { id, version, type, title, content, state, source };
}
