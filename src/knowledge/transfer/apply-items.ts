/** Taking in some items of a file, in one transaction. */
import { isDeepStrictEqual } from 'node:util';
import type { ClientSession } from 'mongodb';
import { applyIncrements, sumIncrements } from '../../store/counters.js';
import { events } from '../../store/event-log.js';
import { enterLedger } from '../../store/ledger.js';
import {
  beginnings,
  itemKey,
  type KnowledgeDocument,
  knowledgeItems,
  knowledgeSources,
  knowledgeVersions,
} from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import { derivedItemId, searchText, versionDocument } from '../insert-items.js';
import { standingFor } from '../provenance/standing.js';
import { contributionOf, parseSource } from '../source.js';
import { applicationIncrement, usageEvent } from '../usage/increments.js';
import { pickVersioned } from '../versions/next-version.js';
import type { FileItem } from './file-format.js';
import { replaceItem } from './replace-item.js';

/** What becomes of an item that the tenant has with other content. */
export const conflictPolicies = ['keep', 'newest', 'both'] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];

/** The import that items belong to. */
export interface Import {
  id: string;
  /** Name of the file, for the log. */
  file: string;
  by: string;
  onConflict: ConflictPolicy;
}

/** What became of some items, by their ids in the file. */
export interface Applied {
  added: string[];
  updated: string[];
  /** Taken in beside the tenant's own, under an id of their own. */
  copied: string[];
  unchanged: string[];
  /** Left as the tenant has them. */
  kept: string[];
  /** Left out because what they came from is retracted. */
  refused: string[];
}

const APPLY_DEADLINE_MS = 55_000;

/** Takes in items that were checked; their ids differ. Those that are new come in all at once or not at all. */
export async function applyItems(
  context: KnowledgeContext,
  of: Import,
  given: readonly FileItem[],
): Promise<Applied> {
  const items = given.map((item) => context.redactor.value(item));
  const { applied, differing } = await context.store.transaction(
    (session) => insertNew(context, of, items, session),
    APPLY_DEADLINE_MS,
  );
  for (const item of differing)
    applied[(await replaceItem(context, of, item)) ? 'updated' : 'kept'].push(item.id);
  return applied;
}

async function insertNew(
  context: KnowledgeContext,
  of: Import,
  items: readonly FileItem[],
  session: ClientSession,
): Promise<{ applied: Applied; differing: FileItem[] }> {
  const applied: Applied = { added: [], updated: [], copied: [], unchanged: [], kept: [], refused: [] };
  const { store, tenant } = context;
  const sources = items.flatMap((item) => item.sources);
  const retracted = await standingFor(store, tenant, sources, { session });
  const own = await ownItems(
    context,
    items.flatMap((item) => [item.id, copyId(item)]),
    session,
  );
  const inserted: FileItem[] = [];
  const differing: FileItem[] = [];
  for (const item of items) {
    const before = own.get(item.id);
    if (item.sources.some((source) => retracted.has(source))) applied.refused.push(item.id);
    else if (before === undefined) {
      inserted.push(item);
      applied.added.push(item.id);
    } else if (saysSame(before, item)) applied.unchanged.push(item.id);
    else if (of.onConflict === 'keep') applied.kept.push(item.id);
    else if (of.onConflict === 'newest') differing.push(item);
    else if (own.has(copyId(item))) applied.unchanged.push(item.id);
    else {
      inserted.push({ ...item, id: copyId(item) });
      applied.copied.push(item.id);
    }
  }
  await insertImported(context, of, inserted, session);
  return { applied, differing };
}

/** The same file gives its copies the same ids again. */
const copyId = (item: FileItem): string =>
  derivedItemId('import', item.id, JSON.stringify(pickVersioned(item)));

const saysSame = (own: KnowledgeDocument, item: FileItem): boolean =>
  isDeepStrictEqual(pickVersioned(own), pickVersioned(item));

async function ownItems(
  { store, tenant }: KnowledgeContext,
  ids: readonly string[],
  session: ClientSession,
): Promise<Map<string, KnowledgeDocument>> {
  const found = await knowledgeItems(store)
    .find({ _id: { $in: ids.map((id) => itemKey(tenant, id)) }, tenant }, { session })
    .toArray();
  return new Map(found.map((item) => [item.id, item]));
}

async function insertImported(
  { store, tenant }: KnowledgeContext,
  of: Import,
  items: readonly FileItem[],
  session: ClientSession,
): Promise<void> {
  const [first] = items;
  if (first === undefined) return;
  const generations = await enterLedger(store, tenant, session);
  const at = new Date();
  await knowledgeItems(store).insertMany(
    items.map((item) => documentOf(tenant, item, of, at)),
    { session },
  );
  await knowledgeVersions(store).insertMany(
    items.flatMap(({ id, versions }) =>
      // Their words, too, are the file's, whoever it names.
      versions.map((version) =>
        versionDocument(tenant, id, { ...version, trust: 'untrusted', source: `import:${of.id}` }),
      ),
    ),
    { session },
  );
  await knowledgeSources(store).insertMany(
    items.flatMap(({ id, sources }) =>
      contributionOf([{ kind: 'import', ref: of.id }, ...sources.map(parseSource)]).map((mark) => ({
        _id: `${itemKey(tenant, id)}|${mark.key}`,
        ...{ tenant, id, ...mark, at, via: null, retractedBy: null },
      })),
    ),
    { session },
  );
  const increments = sumIncrements(
    items.map(({ id, version, usage }) => applicationIncrement(id, version, usage)),
  );
  const imported = items.map(({ id, state, version }) => ({
    _id: `${tenant}|item|${id}|imported`,
    ...{ kind: 'item' as const, tenant, itemId: id, act: 'imported', at, by: of.by },
    detail: { file: of.file, importId: of.id, state, version },
    generations: [],
  }));
  const used = usageEvent(
    tenant,
    `${first.id}|imported`,
    of.by,
    increments,
    { file: of.file, importId: of.id },
    generations,
  );
  await events(store).insertMany(increments.length === 0 ? imported : [...imported, used], { session });
  await applyIncrements(store, tenant, generations, increments, session);
}

function documentOf(
  tenant: string,
  { usage: _usage, versions: _versions, sources: _sources, ...item }: FileItem,
  of: Import,
  at: Date,
): KnowledgeDocument {
  return {
    _id: itemKey(tenant, item.id),
    tenant,
    ...item,
    ...beginnings,
    // Whoever wrote the file may have written anything into it.
    trust: 'untrusted',
    learningId: null,
    contradicts: [],
    archival: item.state === 'ARCHIVED' ? { by: of.by, reason: 'archived where it was exported', at } : null,
    channel: null,
    sequence: null,
    executionId: null,
    votes: 0,
    // Of its life here: an old item that comes in is not pruned for having been unused elsewhere.
    createdAt: at,
    updatedAt: at,
    lastUsedAt: null,
    settled: 0,
    comparedVersion: 0,
    text: searchText(item),
  };
}
