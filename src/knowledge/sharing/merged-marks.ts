/** What becomes of marks when items are merged, and when that is undone. */
import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/store.js';
import { knowledgeItems } from '../collections.js';
import {
  addMove,
  type MarkKind,
  type Moves,
  markKey,
  markKinds,
  marksOf,
  moveCounts,
  putMarks,
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

/**
 * Takes from an item what it took over from one that was merged into it; its own stay, and so does what others that
 * are merged into it have of the same party.
 */
export async function giveBackMarks(
  store: Store,
  tenant: string,
  fromId: string,
  intoId: string,
  session: ClientSession,
): Promise<void> {
  const parts = await knowledgeItems(store)
    .find({ tenant, mergedInto: intoId, id: { $ne: fromId } }, { session, projection: { id: 1, source: 1 } })
    .toArray();
  const others = parts.map(({ id }) => id);
  for (const kind of markKinds) {
    const taken = { tenant, id: intoId, via: fromId };
    const given = await marksOf(store, kind)
      .find(taken, { session, projection: { key: 1 } })
      .toArray();
    await removeMarks(store, tenant, kind, { id: intoId, via: fromId }, session);
    if (others.length === 0 || given.length === 0) continue;
    const keys = given.map(({ key }) => key);
    const held = await marksOf(store, kind)
      .find({ tenant, key: { $in: keys }, id: { $in: others } }, { session })
      .sort({ _id: 1 })
      .toArray();
    // Each party once, as a mark that counts where there is one.
    const byKey = new Map<string, StoredMark>();
    for (const mark of held) {
      const before = byKey.get(mark.key);
      if (before === undefined || (before.retractedBy !== null && mark.retractedBy === null))
        byKey.set(mark.key, mark);
    }
    await takeMarks(store, tenant, kind, intoId, [...byKey.values()], session);
    if (kind !== 'confirmations') continue;
    // Who wrote one of the others confirms it as well.
    const authors = parts.filter(({ source }) => keys.includes(source));
    const confirming = authors.map(({ id, source }) => ({ id: intoId, key: source, via: id }));
    await putMarks(store, tenant, kind, confirming, session);
  }
}

/** Gives an item marks of others, of parties that it has none of. */
async function takeMarks(
  store: Store,
  tenant: string,
  kind: MarkKind,
  intoId: string,
  marks: readonly StoredMark[],
  session: ClientSession,
): Promise<void> {
  if (marks.length === 0) return;
  const taken = marks.map((mark) => ({
    ...mark,
    ...{ _id: markKey(tenant, intoId, mark.key), id: intoId, via: mark.id },
  }));
  const moves: Moves = new Map();
  for (const mark of taken) addMove(moves, kind, mark, 1);
  await moveCounts(store, tenant, moves, session);
  await marksOf(store, kind).insertMany(taken, { session, ordered: false });
}
