/** Moving items through their states, each move with its reason in the event log. */
import { randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import { wilson } from '../../evidence/intervals.js';
import type { KnowledgeState } from '../../shared/terms.js';
import { events, type ItemEvent } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import { tellWithdrawn } from '../feed/withdrawn.js';
import { survivorsOf } from '../usage/merged.js';
import { type ItemUsage, readUsage } from '../usage/usage.js';
import { type Archiver, judge, standingArchivers, stateByUsage, type Transition } from './lifecycle.js';

/** How a move is logged. */
export interface Act {
  /** A past participle; `moved` for what usage calls for. */
  act: string;
  by: string;
  /** Default: now. */
  at?: Date;
  /** Beside from, to, reason and version. */
  detail?: Record<string, unknown>;
}

const BY_USAGE: Act = { act: 'moved', by: 'system' };

/** Changes an item's state and logs why, inside the caller's transaction. */
export function moveItem(
  store: Store,
  item: KnowledgeDocument,
  transition: Transition,
  session: ClientSession,
  act: Act = BY_USAGE,
): Promise<void> {
  const set = transition.to === 'DEPRECATED' || item.deprecation == null ? {} : { deprecation: null };
  return change(store, [{ item, transition, set, act }], session);
}

/** What archives an item: exactly one of the fields that {@link Archiver} names, and what belongs to it. */
export type ArchivedBy = Partial<Pick<KnowledgeDocument, Archiver | 'prunedIn'>>;

/**
 * Archives items, each for one reason that stands until it is undone, inside the caller's transaction. Those
 * that are archived already get the further reason.
 */
export function archiveItems(
  store: Store,
  archived: readonly { item: KnowledgeDocument; set: ArchivedBy; reason: string; act: Act }[],
  session: ClientSession,
): Promise<void> {
  return change(
    store,
    archived.map(({ item, set, reason, act }) => ({
      ...{ item, set, act },
      transition: { to: 'ARCHIVED', reason },
    })),
    session,
  );
}

/** As {@link archiveItems}, one. */
export const archiveItem = (
  store: Store,
  item: KnowledgeDocument,
  { set, reason }: { set: ArchivedBy; reason: string },
  act: Act,
  session: ClientSession,
): Promise<void> => archiveItems(store, [{ item, set, reason, act }], session);

/**
 * Undoes what archived items, inside the caller's transaction: each comes to the state that its usage calls for,
 * or stays ARCHIVED while something else archives it.
 *
 * @param undone the field that archived them, or several
 * @param generation the live one
 * @returns the states that they came to, in order
 */
export async function unarchiveItems(
  store: Store,
  tenant: string,
  items: readonly KnowledgeDocument[],
  undone: Archiver | readonly Archiver[],
  { reason, ...act }: Act & { reason: string },
  generation: string,
  session: ClientSession,
): Promise<KnowledgeState[]> {
  const usageOf = await readUsage(store, tenant, generation, items, { session });
  const fields: readonly Archiver[] = typeof undone === 'string' ? [undone] : undone;
  const cleared = Object.fromEntries(fields.map((field) => [field, null]));
  const set = { ...cleared, ...(fields.includes('prunedAt') ? { prunedIn: null } : {}) };
  const moves = items.map((item) => {
    const stays = standingArchivers(item).some((archiver) => !fields.includes(archiver));
    const next = stateByUsage(item, usageOf(item.id));
    const transition: Transition = stays
      ? { to: 'ARCHIVED', reason }
      : { to: next.to, reason: `${reason}; ${next.reason}` };
    return { item, transition, set, act };
  });
  await change(store, moves, session);
  return moves.map(({ transition }) => transition.to);
}

/** One item's change of state, with the fields that change with it. */
export interface Move {
  item: KnowledgeDocument;
  transition: Transition;
  set: Partial<KnowledgeDocument>;
  act: Act;
}

/** Writes moves and their events, in one bulk write and one insertion. */
export async function change(store: Store, moves: readonly Move[], session: ClientSession): Promise<void> {
  if (moves.length === 0) return;
  const now = new Date();
  await knowledgeItems(store).bulkWrite(
    moves.map(({ item: { _id, tenant }, transition, set, act }) => ({
      updateOne: {
        filter: { _id, tenant },
        update: { $set: { ...set, state: transition.to, updatedAt: act.at ?? now } },
      },
    })),
    { session, ordered: false },
  );
  await events(store).insertMany(
    moves.map(({ item, transition, act: { act, by, at = now, detail } }): ItemEvent => {
      const { tenant, id, version, state, updatedAt } = item;
      return {
        _id: `${tenant}|item|${id}|${act}|${randomUUID()}`,
        // A run's time is that of its beginning: what was done to the item since came before this.
        ...{ kind: 'item', tenant, itemId: id, act, at: at < updatedAt ? updatedAt : at, by },
        detail: { from: state, to: transition.to, reason: transition.reason, version, ...detail },
        generations: [],
      };
    }),
    { session, ordered: false },
  );
  const withdrawn = moves.filter(({ transition }) => transition.to === 'ARCHIVED');
  tellWithdrawn(
    store,
    withdrawn.map(({ item }) => item._id),
    session,
  );
}

/**
 * Notes the use of items and gives each the state that its usage now calls for, inside the transaction that
 * took the usage in. Writing to the items makes two such transactions of one item follow each other, so
 * that the later sees the counts of both. Of a merged item, the one that speaks for it is judged.
 *
 * @param usedAt by item id, when it was last used; ids that the tenant does not have are passed over
 * @param generation the live one
 * @returns how many items came to each state
 */
export async function settleItems(
  store: Store,
  tenant: string,
  usedAt: ReadonlyMap<string, Date>,
  generation: string,
  session: ClientSession,
): Promise<Map<KnowledgeState, number>> {
  const moved = new Map<KnowledgeState, number>();
  const survivors = await survivorsOf(store, tenant, [...usedAt.keys()], { session });
  const latest = new Map<string, Date>();
  for (const [id, survivor] of survivors) {
    const at = usedAt.get(id);
    for (const each of new Set([id, survivor]))
      if (at !== undefined && at > (latest.get(each) ?? new Date(0))) latest.set(each, at);
  }
  if (latest.size === 0) return moved;
  await knowledgeItems(store).bulkWrite(
    [...latest].map(([id, at]) => ({
      updateOne: {
        filter: { _id: itemKey(tenant, id), tenant },
        update: { $max: { lastUsedAt: at }, $inc: { settled: 1 } },
      },
    })),
    { session, ordered: false },
  );
  const documents = await knowledgeItems(store)
    .find({ _id: { $in: [...latest.keys()].map((id) => itemKey(tenant, id)) }, tenant }, { session })
    .toArray();
  const usageOf = await readUsage(store, tenant, generation, documents, { session });
  await noteSuccess(store, documents, usageOf, session);
  for (const item of documents) {
    const transition = judge(item, usageOf(item.id));
    if (transition === null) continue;
    await moveItem(store, item, transition, session);
    moved.set(transition.to, (moved.get(transition.to) ?? 0) + 1);
  }
  return moved;
}

/** Keeps how sure each item's success is beside it, so that the best are found by an index. */
async function noteSuccess(
  store: Store,
  documents: readonly KnowledgeDocument[],
  usageOf: (id: string) => ItemUsage,
  session: ClientSession,
): Promise<void> {
  const operations = documents.flatMap(({ _id, tenant, id, successAtLeast = 0 }) => {
    const { successes, failures } = usageOf(id);
    const atLeast = wilson(successes, successes + failures).low;
    return atLeast === successAtLeast
      ? []
      : [{ updateOne: { filter: { _id, tenant }, update: { $set: { successAtLeast: atLeast } } } }];
  });
  if (operations.length > 0) await knowledgeItems(store).bulkWrite(operations, { session, ordered: false });
}
