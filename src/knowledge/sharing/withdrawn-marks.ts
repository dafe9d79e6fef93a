/** Marks of a party that is not to be trusted: they stay, and count for nothing. */
import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/store.js';
import { addMove, type MarkKind, type Moves, marksOf, moveCounts, type StoredMark } from './marks.js';

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

/** Whom marks are withdrawn by, now and from now on; null where they count. */
interface Withdrawal {
  from: string | null;
  to: string | null;
}

/**
 * Withdraws some confirmations, lets them count again, or leaves them withdrawn in another retraction's name: those of
 * the given keys of marks that are withdrawn by `from`, inside the caller's transaction.
 */
export async function setConfirmationsWithdrawn(
  store: Store,
  tenant: string,
  keys: readonly string[],
  withdrawal: Withdrawal,
  session: ClientSession,
): Promise<void> {
  for (let first = 0; first < keys.length; first += SOME) {
    const some = { _id: { $in: keys.slice(first, first + SOME) }, retractedBy: withdrawal.from };
    const found = await marksOf(store, 'confirmations')
      .find({ ...some, tenant }, { session })
      .toArray();
    await write(store, tenant, 'confirmations', found, withdrawal.to, session);
  }
}

async function write(
  store: Store,
  tenant: string,
  kind: MarkKind,
  marks: readonly StoredMark[],
  retractedBy: string | null,
  session: ClientSession,
): Promise<void> {
  if (marks.length === 0) return;
  const moves: Moves = new Map();
  for (const mark of marks) {
    addMove(moves, kind, mark, -1);
    addMove(moves, kind, { ...mark, retractedBy }, 1);
  }
  await moveCounts(store, tenant, moves, session);
  await marksOf(store, kind).updateMany(
    { _id: { $in: marks.map(({ _id }) => _id) }, tenant },
    { $set: { retractedBy } },
    { session },
  );
}

async function setRetracted(
  store: Store,
  tenant: string,
  { key, kind: only, ids }: PartyMarks,
  { from, to }: Withdrawal,
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
    await write(store, tenant, kind, found, to, session);
    changed += found.length;
  }
  return changed;
}
