/** Creating items: the item, its first version and the event, in the caller's transaction. */
import { createHash, randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import type { Json } from '../shared/agent-contract.js';
import { taskOfWorkflowId } from '../shared/ids.js';
import type { KnowledgeState } from '../shared/terms.js';
import { events } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import {
  beginnings,
  itemKey,
  type KnowledgeDocument,
  knowledgeItems,
  knowledgeSources,
  knowledgeVersions,
  type VersionDocument,
} from './collections.js';
import type { Share } from './inputs.js';
import { removedAmong } from './lifecycle/removed.js';
import { noteWithdrawn, retractedDrafts } from './provenance/births.js';
import { channelForType, takePositions } from './sharing/channels.js';
import { contributionOf, type Source } from './source.js';
import { tellingWords } from './telling-words.js';
import { pickVersioned } from './versions/next-version.js';

const MAX_TEXT = 50_000;

/** An item to be: everything but what its insertion decides. */
export interface Draft
  extends Pick<
    KnowledgeDocument,
    | 'id'
    | 'type'
    | 'category'
    | 'title'
    | 'content'
    | 'context'
    | 'priority'
    | 'tags'
    | 'channel'
    | 'source'
    | 'executionId'
    | 'state'
    | 'trust'
    | 'learningId'
  > {
  /** What it came from, each counted once. */
  sources: Source[];
}

export const newItemId = (): string => `k_${randomUUID().replaceAll('-', '')}`;

/** The same id for the same parts: what makes a repeated insertion harmless. */
export const derivedItemId = (...parts: string[]): string =>
  `k_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;

/** The draft of a shared item. Without id or execution, each share is a new item. */
export function draftOf(share: Share, state: KnowledgeState = 'EXPERIMENTAL'): Draft {
  const { id, executionId, title, type, context } = share;
  const category =
    share.category ?? (typeof context['category'] === 'string' ? context['category'] : 'general');
  return {
    id: id ?? (executionId === undefined ? newItemId() : derivedItemId(executionId, title)),
    type,
    category,
    title,
    content: share.content,
    context,
    priority: share.priority,
    tags: share.tags,
    channel: share.channel ?? channelForType(type),
    source: share.sourceAgent,
    executionId: executionId ?? null,
    state,
    trust: 'untrusted',
    learningId: null,
    sources: [{ kind: 'agent', ref: share.sourceAgent }, ...taskOf(executionId)],
  };
}

/** The task that an execution was a run of, where its id says so. */
function taskOf(executionId: string | undefined): Source[] {
  if (executionId === undefined) return [];
  const task = taskOfWorkflowId(executionId.slice(0, Math.max(0, executionId.lastIndexOf('/'))));
  return task === null ? [] : [{ kind: 'task', ref: task.taskId }];
}

function stringsOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsOf(inner)]);
}

/** The text that an item is found by. */
export const searchText = (item: Pick<Draft, 'title' | 'category' | 'tags' | 'content'>): string =>
  [item.title, item.category, ...item.tags, ...stringsOf(item.content)].join('\n').slice(0, MAX_TEXT);

/** What an item is searched by: in the index that a process holds, and in MongoDB's. */
export function foundBy(item: Pick<Draft, 'title' | 'category' | 'tags' | 'content'>): FoundBy {
  const text = searchText(item);
  return { text, words: tellingWords(item, text) };
}

type FoundBy = Pick<KnowledgeDocument, 'text' | 'words'>;

/** A version as stored. */
export const versionDocument = (
  tenant: string,
  id: string,
  version: Omit<VersionDocument, '_id' | 'tenant' | 'id'>,
): VersionDocument => ({ _id: `${tenant}|${id}|${version.version}`, tenant, id, ...version });

/**
 * Inserts the drafts whose ids are new, each at the next position of its channel. What comes from a retracted source
 * is kept, but ARCHIVED, until the retraction is undone.
 *
 * @returns the inserted items; drafts whose id existed, or was removed for good, are left out
 * @throws InvalidInputError when the tenant has no such channel
 */
export async function insertItems(
  store: Store,
  tenant: string,
  drafts: readonly Draft[],
  session: ClientSession,
): Promise<KnowledgeDocument[]> {
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  const existing = await knowledgeItems(store)
    .find(
      { _id: { $in: [...byId.keys()].map((id) => itemKey(tenant, id)) }, tenant },
      { session, projection: { id: 1 } },
    )
    .toArray();
  for (const { id } of existing) byId.delete(id);
  for (const id of await removedAmong(store, tenant, [...byId.keys()], session)) byId.delete(id);
  return insertFresh(store, tenant, [...byId.values()], session);
}

/** What an item is of which a source is retracted. */
const withdrawal = (retraction: { id: string } | undefined) =>
  retraction === undefined ? {} : { state: 'ARCHIVED' as const, retractedBy: retraction.id };

/** As {@link insertItems}, for drafts of which it is known within the transaction that their ids are new. */
export async function insertFresh(
  store: Store,
  tenant: string,
  fresh: readonly Draft[],
  session: ClientSession,
): Promise<KnowledgeDocument[]> {
  if (fresh.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { channel } of fresh) if (channel !== null) counts.set(channel, (counts.get(channel) ?? 0) + 1);
  const positions = await takePositions(store, tenant, counts, session);
  const at = new Date();
  const withdrawn = await retractedDrafts(store, tenant, fresh, session);
  const documents = fresh.map((draft): KnowledgeDocument => {
    const { sources: _sources, ...fields } = draft;
    const position = draft.channel === null ? undefined : positions.get(draft.channel);
    if (draft.channel !== null && position !== undefined) positions.set(draft.channel, position + 1);
    return {
      _id: itemKey(tenant, draft.id),
      tenant,
      ...fields,
      ...beginnings,
      // So that it can be restored like what was archived since.
      ...(draft.state === 'ARCHIVED'
        ? { archival: { by: draft.source, reason: 'archived when it was added', at } }
        : {}),
      ...withdrawal(withdrawn.get(draft.id)),
      contradicts: [],
      sequence: position ?? null,
      version: 1,
      votes: 0,
      createdAt: at,
      updatedAt: at,
      lastUsedAt: null,
      settled: 0,
      comparedVersion: 0,
      ...foundBy(draft),
    };
  });
  await knowledgeItems(store).insertMany(documents, { session });
  await knowledgeVersions(store).insertMany(
    documents.map(({ id, source, ...item }) =>
      versionDocument(tenant, id, {
        version: 1,
        ...{ ...pickVersioned(item), trust: item.trust, contentVersion: 1 },
        ...{ changes: 'created', by: source, at },
      }),
    ),
    { session },
  );
  await knowledgeSources(store).insertMany(
    fresh.flatMap(({ id, sources }) =>
      contributionOf(sources).map((mark) => ({
        _id: `${itemKey(tenant, id)}|${mark.key}`,
        ...{ tenant, id, at, via: null, retractedBy: withdrawn.get(id)?.id ?? null, ...mark },
      })),
    ),
    { session },
  );
  await events(store).insertMany(
    documents.map(({ id, channel, source, state, title }) => ({
      _id: `${tenant}|item|${id}|created`,
      kind: 'item' as const,
      tenant,
      itemId: id,
      act: 'created',
      at,
      by: source,
      detail: { channel, state, title },
      generations: [],
    })),
    { session },
  );
  const states = new Map(fresh.map(({ id, state }) => [id, state]));
  await noteWithdrawn(
    store,
    documents.flatMap((item) => {
      const [retraction, from] = [withdrawn.get(item.id), states.get(item.id)];
      return retraction === undefined || from === undefined ? [] : [{ item, from, retraction }];
    }),
    session,
  );
  return documents;
}
