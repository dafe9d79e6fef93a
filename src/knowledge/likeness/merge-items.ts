/** Merging an item into one that says the same, and taking it out again. */
import type { ClientSession } from 'mongodb';
import { ConflictError, NotFoundError } from '../../shared/errors.js';
import { ensureLedger, enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import { standingArchivers } from '../lifecycle/lifecycle.js';
import { archiveItem, settleItems, unarchiveItems } from '../lifecycle/transitions.js';
import { onItem } from '../on-item.js';
import { putMarks } from '../sharing/marks.js';
import { giveBackMarks, takeOverMarks } from '../sharing/merged-marks.js';

export interface MergeOptions {
  by: string;
  /** Why they say the same, for people. */
  reason: string;
  /** Versions that were found to say the same: a later one may say something else. */
  versions?: { into: number; from: number };
  /** The survivor's version that the merged item's use counts for. Default: its version now. */
  mergedAtVersion?: number | null;
}

/** Items that one was taken out of and is to be left apart from; the latest of them. */
const MOST_APART = 20;

/**
 * Merges an item into another, inside the caller's transaction. The merged item is ARCHIVED, names the survivor in
 * `mergedInto` and stays readable with its versions, marks and contradictions. The survivor has its votes, views,
 * confirmations and sources from then on, and counts its author as one who confirmed it; its usage counts for both
 * when it is read (`usage/`), and it comes to the state that this calls for.
 *
 * What had been merged into it stays merged into it, and speaks through it: a chain is followed when it is read, so
 * that no merge grows with what was merged before, and {@link unmergeItem} finds everything as it was.
 *
 * The tenant's ledger must be there (`ensureLedger`).
 *
 * @returns false when it is merged into that item already
 * @throws NotFoundError when the tenant does not have both
 * @throws ConflictError when they are the same, either is archived, or either was edited since they were compared
 */
export async function mergeItems(
  store: Store,
  tenant: string,
  intoId: string,
  fromId: string,
  { by, reason, versions, mergedAtVersion }: MergeOptions,
  session: ClientSession,
): Promise<boolean> {
  const into = await itemOf(store, tenant, intoId, session);
  const from = await itemOf(store, tenant, fromId, session);
  if (from.mergedInto === intoId) return false;
  mustBeMergeable(into, from, versions);
  const repeats = from.repeats ?? 0;
  await archiveItem(
    store,
    from,
    { set: { mergedInto: intoId }, reason },
    { act: 'merged', by, detail: { into: intoId, intoVersion: into.version, repeats } },
    session,
  );
  await knowledgeItems(store).updateOne(
    { _id: from._id, tenant },
    { $set: { mergedAtVersion: mergedAtVersion === undefined ? into.version : mergedAtVersion } },
    { session },
  );
  await knowledgeItems(store).updateOne(
    { _id: into._id, tenant },
    {
      $inc: { absorbed: 1, repeats },
      // What contradicts the merged item is looked for anew: it may contradict this one.
      $set: {
        updatedAt: new Date(),
        ...((from.contradicts ?? []).length > 0 ? { comparedVersion: 0 } : {}),
      },
    },
    { session },
  );
  await takeOverMarks(store, tenant, fromId, intoId, session);
  if (from.source !== into.source)
    await putMarks(store, tenant, 'confirmations', [{ id: intoId, key: from.source, via: fromId }], session);
  await settle(store, tenant, into, laterOf(into.lastUsedAt, from.lastUsedAt), session);
  return true;
}

/**
 * Takes an item out of the one that it was merged into, in a transaction of its own: the survivor gives back what it
 * had of it, and the item comes to the state that its own usage calls for. Consolidation leaves the two apart from
 * then on.
 *
 * @throws NotFoundError when the tenant has no such item
 * @throws ConflictError when it is not merged, or what it was merged into was itself merged since
 */
export async function unmergeItem(
  store: Store,
  tenant: string,
  id: string,
  { by, reason }: { by: string; reason: string },
): Promise<void> {
  await ensureLedger(store, tenant);
  await onItem(store, id, itemKey(tenant, id), async (session) => {
    const [live = ''] = await enterLedger(store, tenant, session);
    const item = await itemOf(store, tenant, id, session);
    if (item.mergedInto == null) throw new ConflictError(`Knowledge item ${id} is not merged`);
    if (item.removing === true)
      throw new ConflictError(
        `Knowledge item ${id} is being removed with ${item.mergedInto}, which was pruned too long ago`,
      );
    const into = await itemOf(store, tenant, item.mergedInto, session);
    if (into.mergedInto != null)
      throw new ConflictError(
        `Knowledge item ${id} is merged into ${into.id}, and that into ${into.mergedInto}: take ${into.id} out first`,
      );
    await giveBackMarks(store, tenant, id, into.id, session);
    await knowledgeItems(store).updateOne(
      { _id: into._id, tenant },
      {
        // Nothing of an archived item moves its repeats, so they are as they were when it was merged.
        $inc: { absorbed: -1, repeats: -(item.repeats ?? 0) },
        $set: { updatedAt: new Date() },
      },
      { session },
    );
    await knowledgeItems(store).updateOne(
      { _id: item._id, tenant },
      {
        $set: { mergedAtVersion: null },
        $push: { keptApart: { $each: [into.id], $slice: -MOST_APART } },
      },
      { session },
    );
    const act = { act: 'unmerged', by, reason, detail: { out: into.id } };
    await unarchiveItems(store, tenant, [item], 'mergedInto', act, live, session);
    await settle(store, tenant, into, into.lastUsedAt, session);
  });
}

const laterOf = (one: Date | null, other: Date | null): Date | null =>
  one === null || (other !== null && other > one) ? other : one;

/** Gives a survivor the state that its usage calls for, now that it counts for another one too or no more. */
async function settle(
  store: Store,
  tenant: string,
  into: KnowledgeDocument,
  usedAt: Date | null,
  session: ClientSession,
): Promise<void> {
  if (usedAt === null) return;
  const [live = ''] = await enterLedger(store, tenant, session);
  await settleItems(store, tenant, new Map([[into.id, usedAt]]), live, session);
}

/** Whether one of two items was taken out of the other. */
export const areKeptApart = (
  a: Pick<KnowledgeDocument, 'id' | 'keptApart'>,
  b: Pick<KnowledgeDocument, 'id' | 'keptApart'>,
): boolean => a.keptApart?.includes(b.id) === true || b.keptApart?.includes(a.id) === true;

async function itemOf(
  store: Store,
  tenant: string,
  id: string,
  session: ClientSession,
): Promise<KnowledgeDocument> {
  const item = await knowledgeItems(store).findOne({ _id: itemKey(tenant, id), tenant }, { session });
  if (item === null) throw new NotFoundError('knowledge item', id);
  return item;
}

function mustBeMergeable(
  into: KnowledgeDocument,
  from: KnowledgeDocument,
  versions: MergeOptions['versions'],
): void {
  if (into.id === from.id) throw new ConflictError(`Knowledge item ${into.id} cannot be merged into itself`);
  for (const item of [into, from]) {
    const [archiver] = standingArchivers(item);
    if (archiver !== undefined || item.state === 'ARCHIVED')
      throw new ConflictError(`Knowledge item ${item.id} is archived, so it cannot be merged`);
  }
  if (versions !== undefined && (into.version !== versions.into || from.version !== versions.from))
    throw new ConflictError(`Knowledge items ${into.id} and ${from.id} were edited since they were compared`);
}
