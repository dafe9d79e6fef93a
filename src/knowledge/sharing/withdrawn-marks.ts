/** Marks of a party that is not to be trusted: they stay, and count for nothing. */
import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/store.js';
import { addMove, type MarkKind, type Moves, marksOf, moveCounts } from './marks.js';

/** Marks that one call withdraws or reinstates at most. */
const SOME = 500;

/** Kinds that are withdrawn with the party that gave them. */
const withdrawable = ['votes', 'views', 'confirmations'] as const satisfies readonly MarkKind[];

/** Which marks of one party: all, or those of one kind, or on some items. */
export interface PartyMarks {
  key: string;
  kind?: (typeof withdrawable)[number];
  ids?: readonly string[];
}

/**
 * Withdraws votes, views and confirmations of one party, some hundreds at most: call it, each time in a transaction
 * of its own, until it withdraws none.
 *
 * @returns how many it withdrew
 */
export function withdrawMarks(
  store: Store,
  tenant: string,
  where: PartyMarks,
  retractionId: string,
  session: ClientSession,
): Promise<number> {
  return setRetracted(store, tenant, where, { from: null, to: retractionId }, session);
}

/**
 * Lets marks of one party count again that a retraction withdrew, some hundreds at most, as {@link withdrawMarks}
 * does.
 *
 * @returns how many
 */
export function reinstateMarks(
  store: Store,
  tenant: string,
  where: PartyMarks,
  retractionId: string,
  session: ClientSession,
): Promise<number> {
  return setRetracted(store, tenant, where, { from: retractionId, to: null }, session);
}

async function setRetracted(
  store: Store,
  tenant: string,
  { key, kind: only, ids }: PartyMarks,
  { from, to: retractedBy }: { from: string | null; to: string | null },
  session: ClientSession,
): Promise<number> {
  const where = { key, retractedBy: from, ...(ids === undefined ? {} : { id: { $in: [...ids] } }) };
  let changed = 0;
  for (const kind of only === undefined ? withdrawable : [only]) {
    if (changed >= SOME) break;
    const found = await marksOf(store, kind)
      .find({ ...where, tenant }, { session })
      .limit(SOME - changed)
      .toArray();
    if (found.length === 0) continue;
    const moves: Moves = new Map();
    for (const mark of found) {
      addMove(moves, kind, mark, -1);
      addMove(moves, kind, { ...mark, retractedBy }, 1);
    }
    await moveCounts(store, tenant, moves, session);
    await marksOf(store, kind).updateMany(
      { _id: { $in: found.map(({ _id }) => _id) }, tenant },
      { $set: { retractedBy } },
      { session },
    );
    changed += found.length;
  }
  return changed;
}
