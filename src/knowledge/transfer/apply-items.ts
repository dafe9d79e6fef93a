/** Taking in some items of a file, in one transaction. */
import { isDeepStrictEqual } from 'node:util';
import type { ClientSession } from 'mongodb';
import type { KnowledgeState } from '../../shared/terms.js';
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
import { derivedItemId, foundBy, versionDocument } from '../insert-items.js';
import { LIFECYCLE, nextState } from '../lifecycle/lifecycle.js';
import { removedAmong } from '../lifecycle/removed.js';
import type { RetractionDocument } from '../provenance/retractions.js';
import { standingFor } from '../provenance/standing.js';
import { contributionOf, parseSource, sourceKey } from '../source.js';
import { successAtLeast } from '../usage/best.js';
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
  /** Left out because what they came from is retracted, or because they were pruned and removed for good here. */
  refused: string[];
}

const APPLY_DEADLINE_MS = 55_000;

/** Takes in items that were checked; their ids differ. Those that are new come in all at once or not at all. */
export async function applyItems(
  context: KnowledgeContext,
  of: Import,
  given: readonly FileItem[],
): Promise<Applied> {
  // Ids and names stay: two that look like secrets would become the same.
  const items = given.map((item) => ({
    ...context.redactor.value(item),
    ...{ id: item.id, source: item.source, sources: item.sources },
  }));
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
  const absent = items.flatMap((item) => [item.id, copyId(item)]).filter((id) => !own.has(id));
  const removed = await removedAmong(store, tenant, absent, session);
  const inserted: FileItem[] = [];
  const differing: FileItem[] = [];
  for (const item of items) {
    const before = own.get(item.id);
    const gone = removed.has(item.id);
    if (isRetracted(item, of, retracted)) applied.refused.push(item.id);
    else if (before === undefined && !gone) {
      inserted.push(item);
      applied.added.push(item.id);
    } else if (before !== undefined && saysSame(before, item)) applied.unchanged.push(item.id);
    else if (of.onConflict !== 'both') {
      if (gone) applied.refused.push(item.id);
      else if (of.onConflict === 'keep') applied.kept.push(item.id);
      else differing.push(item);
    } else if (own.has(copyId(item))) applied.unchanged.push(item.id);
    else if (removed.has(copyId(item))) applied.refused.push(item.id);
    else {
      inserted.push({ ...item, id: copyId(item) });
      applied.copied.push(item.id);
    }
  }
  await insertImported(context, of, inserted, retracted, session);
  return { applied, differing };
}

/** Sources of an item that are taken for one contribution: an agent in a task, with a person or two. */
const MOST_TOGETHER = 4;

/**
 * What an item is kept as coming from. A file does not tell which of its sources said the same thing together: few are
 * taken for one contribution. Of many, most only confirmed it, so each is one of its own with the import, and the
 * marks grow no faster than they.
 */
function marksOf(item: FileItem, of: Import): { key: string; with?: string[] }[] {
  const key = sourceKey({ kind: 'import', ref: of.id });
  const [first, ...others] = new Set(item.sources.filter((source) => source !== key));
  if (first === undefined || others.length < MOST_TOGETHER)
    return contributionOf([key, ...item.sources].map(parseSource));
  return [{ key, with: [first] }, ...[first, ...others].map((source) => ({ key: source, with: [key] }))];
}

/** Whether all that an item comes from is retracted. */
const isRetracted = (item: FileItem, of: Import, retracted: ReadonlyMap<string, unknown>): boolean =>
  marksOf(item, of).every((mark) => withdrawn(mark, retracted) !== undefined);

/** The retraction that withdraws a mark. */
const withdrawn = <T>(
  { key, with: beside = [] }: { key: string; with?: string[] },
  by: ReadonlyMap<string, T>,
) => [key, ...beside].flatMap((source) => by.get(source) ?? [])[0];

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
  retracted: ReadonlyMap<string, RetractionDocument>,
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
    items.flatMap((item) =>
      marksOf(item, of).map((mark) => ({
        _id: `${itemKey(tenant, item.id)}|${mark.key}`,
        ...{ tenant, id: item.id, ...mark, at, via: null },
        retractedBy: withdrawn(mark, retracted)?.id ?? null,
      })),
    ),
    { session },
  );
  const increments = sumIncrements(
    items.map(({ id, version, usage }) => applicationIncrement(id, version, usage)),
  );
  const imported = items.map((item) => ({
    _id: `${tenant}|item|${item.id}|imported`,
    ...{ kind: 'item' as const, tenant, itemId: item.id, act: 'imported', at, by: of.by },
    detail: { file: of.file, importId: of.id, state: stateOf(item), version: item.version },
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

/** The state that an item comes in, which its use has to bear. */
function stateOf({ state, usage }: FileItem): KnowledgeState {
  const isClaimed = state === 'VALIDATED' && usage.successes + usage.failures < LIFECYCLE.minimumUsages;
  if (isClaimed) return 'EXPERIMENTAL';
  // What does well and is out of use all the same was ruled so.
  return state === 'DEPRECATED' ? state : (nextState(state, usage)?.to ?? state);
}

/** Who keeps an item from being shown that its use would not, as whoever did so stays where it was exported. */
function rulingsOn({ state, version, usage }: FileItem, { by }: Import, at: Date) {
  const { successes, failures } = usage;
  const isRuled = state === 'DEPRECATED' && nextState('EXPERIMENTAL', usage)?.to !== 'DEPRECATED';
  const ruling = { by, reason: 'deprecated where it was exported', at };
  return {
    archival: state === 'ARCHIVED' ? { by, reason: 'archived where it was exported', at } : null,
    deprecation: isRuled ? { ...ruling, because: 'person' as const, version, successes, failures } : null,
  };
}

function documentOf(tenant: string, given: FileItem, of: Import, at: Date): KnowledgeDocument {
  const { usage, versions: _versions, sources: _sources, ...item } = given;
  const isUsed = usage.successes + usage.failures + usage.unknown > 0;
  return {
    _id: itemKey(tenant, item.id),
    tenant,
    ...item,
    ...beginnings,
    // Whoever wrote the file may have written anything into it.
    trust: 'untrusted',
    learningId: null,
    contradicts: [],
    state: stateOf(given),
    ...rulingsOn(given, of, at),
    successAtLeast: successAtLeast(usage),
    channel: null,
    sequence: null,
    executionId: null,
    votes: 0,
    // Of its life here: an old item that comes in is not pruned for having been unused elsewhere.
    createdAt: at,
    updatedAt: at,
    // It is not known when, but before now; what was used is looked at for it.
    lastUsedAt: isUsed ? at : null,
    settled: 0,
    comparedVersion: 0,
    ...foundBy(item),
  };
}
