/** What becomes of marks when items are merged, and when that is undone. */
import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/store.js';
import {
  addMove,
  type MarkKind,
  type Moves,
  markKey,
  markKinds,
  marksOf,
  moveCounts,
  removeMarks,
  type StoredMark,
} from './marks.js';

/**
 * Gives an item the marks of one that is merged into it, of all kinds, where it has none of the same party.
 * Those of the merged item stay as they are.
 */
export async function takeOverMarks(
  store: Store,
  tenant: string,
  fromId: string,
  intoId: string,
  session: ClientSession,
): Promise<void> {
  // Both are written: a mark that comes at once to either conflicts, rather than be left behind.
  const moves: Moves = new Map([
    [fromId, {}],
    [intoId, {}],
  ]);
  const lacking = new Map<MarkKind, StoredMark[]>();
  for (const kind of markKinds) {
    const theirs = await marksOf(store, kind).find({ tenant, id: fromId }, { session }).toArray();
    const keys = theirs.map(({ key }) => markKey(tenant, intoId, key));
    const own = await marksOf(store, kind)
      .find({ _id: { $in: keys }, tenant }, { session, projection: { key: 1 } })
      .toArray();
    const held = new Set(own.map(({ key }) => key));
    const taken = theirs
      .filter(({ key }) => !held.has(key))
      .map((mark) => ({ ...mark, _id: markKey(tenant, intoId, mark.key), id: intoId, via: fromId }));
    for (const mark of taken) addMove(moves, kind, mark, 1);
    lacking.set(kind, taken);
  }
  await moveCounts(store, tenant, moves, session);
  for (const [kind, taken] of lacking)
    if (taken.length > 0) await marksOf(store, kind).insertMany(taken, { session, ordered: false });
}

/** Takes from an item what it took over from one that was merged into it; its own stay. */
export async function giveBackMarks(
  store: Store,
  tenant: string,
  fromId: string,
  intoId: string,
  session: ClientSession,
): Promise<void> {
  for (const kind of markKinds) await removeMarks(store, tenant, kind, { id: intoId, via: fromId }, session);
}
