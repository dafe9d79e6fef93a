/** Looking for what says the same as an item, or the opposite: near-duplicates are merged, contradictions marked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { retrievalStatistics } from '../../retrieval/retriever-of.js';
import { ConflictError, NotFoundError } from '../../shared/errors.js';
import { ensureLedger } from '../../store/ledger.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import { activeStates } from '../search.js';
import { compare } from './compare.js';
import { clearContradiction, markContradiction } from './contradictions.js';
import { type Alike, findLike } from './find-like.js';
import { areKeptApart, mergeItems } from './merge-items.js';
import { chooseSurvivor } from './survivor.js';

/** What one call did. */
export interface Consolidated {
  /** Items that were compared; fewer than asked for when no more wait. */
  compared: number;
  merged: number;
  /** Pairs that were marked. */
  contradicted: number;
  /** Pairs whose marks were taken away, since an edit ended the contradiction. */
  reconciled: number;
}

/** Items that one is compared with: those that the search puts first. */
const CANDIDATES = 20;
/** Milliseconds that the search for one item may take. */
const SEARCH_MS = 2_000;
/** Milliseconds that a call waits for the vectors of new items; beyond it they are compared by words alone. */
const VECTORS_MS = 10_000;
const MERGE_DEADLINE_MS = 10_000;

/**
 * Compares EXPERIMENTAL and VALIDATED items that were not compared in their version yet with those nearest to them,
 * and merges or marks what it finds, each pair in a transaction of its own. An item counts as compared when all that
 * follows of it is written, so that a call that was cut short is made up for by the next; again changes nothing.
 *
 * @param limit items to compare, at most
 * @param signal ends it between two items
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function consolidateSome(
  context: KnowledgeContext,
  limit: number,
  signal?: AbortSignal,
): Promise<Consolidated> {
  const { store, tenant } = context;
  const done: Consolidated = { compared: 0, merged: 0, contradicted: 0, reconciled: 0 };
  const items = await nextToCompare(context, limit);
  if (items[0] === undefined) return done;
  await ensureLedger(store, tenant);
  await vectorsReady(context, items[0]);
  for (const item of items) {
    if (signal?.aborted === true) break;
    await consolidate(context, item, done);
    done.compared += 1;
  }
  return done;
}

/** Those that were not compared as they are now, the oldest first. Every edit sets `comparedVersion` back. */
const nextToCompare = ({ store, tenant }: KnowledgeContext, limit: number): Promise<KnowledgeDocument[]> =>
  store.run((options) =>
    knowledgeItems(store)
      // Documents of earlier versions lack it.
      .find(
        { tenant, comparedVersion: { $in: [0, null] }, state: { $in: [...activeStates] } } as never,
        options,
      )
      .sort({ createdAt: 1, _id: 1 })
      .limit(limit)
      .toArray(),
  );

/** The first search has the tenant read into memory, and its new texts given vectors: without them less is found. */
async function vectorsReady({ store, tenant }: KnowledgeContext, item: KnowledgeDocument): Promise<void> {
  const until = performance.now() + VECTORS_MS;
  const isWaiting = (): boolean => {
    const held = retrievalStatistics(store);
    return held !== null && (held.withoutVectors > 0 || held.items === 0);
  };
  await search({ store, tenant }, item);
  while (isWaiting() && performance.now() < until) await sleep(50);
}

const search = (
  { store, tenant }: Pick<KnowledgeContext, 'store' | 'tenant'>,
  item: KnowledgeDocument,
): Promise<Alike[]> =>
  findLike(store, tenant, item, { limit: CANDIDATES, timeoutMS: SEARCH_MS, except: item.id });

async function consolidate(
  context: KnowledgeContext,
  item: KnowledgeDocument,
  done: Consolidated,
): Promise<void> {
  const { store, tenant } = context;
  const alike = await search(context, item);
  for (const { item: other, comparison } of alike) {
    if (comparison.verdict !== 'duplicate' || areKeptApart(item, other)) continue;
    const chosen = chooseSurvivor(item, other);
    if (chosen === null) continue;
    if (!(await merge(context, chosen.into, chosen.from, comparison.why))) continue;
    done.merged += 1;
    if (chosen.from.id === item.id) return;
  }
  done.reconciled += await reconcileEdited(context, item, alike);
  for (const { item: other, comparison } of alike) {
    if (comparison.verdict !== 'contradiction') continue;
    const isMarked = await store.transaction((session) =>
      markContradiction(store, tenant, item, other, comparison.why, session),
    );
    if (isMarked) done.contradicted += 1;
  }
  await store.run((options) =>
    knowledgeItems(store).updateOne(
      { _id: item._id, tenant, version: item.version },
      { $set: { comparedVersion: item.version } },
      options,
    ),
  );
}

/** @returns false when either was edited, archived or removed meanwhile: it is compared anew where that matters */
async function merge(
  { store, tenant }: KnowledgeContext,
  into: KnowledgeDocument,
  from: KnowledgeDocument,
  why: string,
): Promise<boolean> {
  const versions = { into: into.version, from: from.version };
  const options = { by: 'system', reason: `it says the same as ${into.id}: ${why}`, versions };
  try {
    return await store.transaction(
      (session) => mergeItems(store, tenant, into.id, from.id, options, session),
      MERGE_DEADLINE_MS,
    );
  } catch (error) {
    if (error instanceof ConflictError || error instanceof NotFoundError) return false;
    throw error;
  }
}

/** Takes the marks between an item and those that it contradicts no more, as it is now. */
async function reconcileEdited(
  { store, tenant }: KnowledgeContext,
  item: KnowledgeDocument,
  alike: readonly Alike[],
): Promise<number> {
  const marked = item.contradicts ?? [];
  if (marked.length === 0) return 0;
  const found = new Map(alike.map((each) => [each.item.id, each.comparison]));
  const others = await store.run((options) =>
    knowledgeItems(store)
      .find({ _id: { $in: marked.map((id) => itemKey(tenant, id)) }, tenant }, options)
      .toArray(),
  );
  let reconciled = 0;
  for (const other of others) {
    const comparison = found.get(other.id) ?? compare(item, other, null);
    if (comparison.verdict === 'contradiction') continue;
    const reason = `they do not contradict each other any more: ${comparison.why}`;
    const isCleared = await store.transaction((session) =>
      clearContradiction(store, tenant, item.id, other.id, reason, session),
    );
    if (isCleared) reconciled += 1;
  }
  return reconciled;
}
