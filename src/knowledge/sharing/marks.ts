/**
 * Marks: what one party has to do with one item, once. Votes, views and confirmations are counted on the item;
 * sources are not.
 *
 * What all functions here keep: an item's `votes` is the number of its useful votes that no retraction withdrew,
 * `downvotes` that of the others, `views` and `confirmations` likewise. Each writes the items before the marks, so
 * that of two at once the second conflicts and the driver tries it again on what the first left.
 */
import type { ClientSession, Collection } from 'mongodb';
import type { Store } from '../../store/store.js';
import { itemKey, knowledgeItems, type MarkDocument } from '../collections.js';
import { standingFor } from '../provenance/standing.js';

export const markKinds = ['votes', 'views', 'confirmations', 'sources'] as const;
export type MarkKind = (typeof markKinds)[number];

/** A mark to be. */
export interface Mark {
  /** The item. */
  id: string;
  /** The agent, or the source's key. */
  key: string;
  /** Default: now. */
  at?: Date;
  /** The merged item that it is taken over from. */
  via?: string;
  /** Of votes; default true. */
  useful?: boolean;
  /** Of sources: the others of the same contribution, e.g. the task that an agent shared it in. */
  with?: readonly string[];
  /** The retraction that withdraws it; by default none does. */
  retractedBy?: string | null;
}

/** A mark as stored; only votes say whether they are useful. */
export interface StoredMark extends MarkDocument {
  useful?: boolean;
}

type CountField = 'votes' | 'downvotes' | 'views' | 'confirmations';
/** By how much the counts of items change. */
export type Moves = Map<string, Partial<Record<CountField, number>>>;

const collectionNames: Record<MarkKind, string> = {
  votes: 'knowledgeVotes',
  views: 'knowledgeViews',
  confirmations: 'knowledgeConfirmations',
  sources: 'knowledgeSources',
};

export const marksOf = (store: Store, kind: MarkKind): Collection<StoredMark> =>
  store.collection<StoredMark>(collectionNames[kind]);

export const markKey = (tenant: string, id: string, key: string): string => `${itemKey(tenant, id)}|${key}`;

function countField(kind: MarkKind, useful: boolean | undefined): CountField | null {
  if (kind === 'sources') return null;
  if (kind === 'votes') return useful === false ? 'downvotes' : 'votes';
  return kind;
}

/** Keys of the sources that a mark is withdrawn with. */
const partiesOf = (kind: MarkKind, { key, with: beside = [] }: Pick<Mark, 'key' | 'with'>): string[] =>
  kind === 'sources' ? [key, ...beside] : [`agent:${key}`];

/** Adds what one mark counts, or takes it off; one that is withdrawn counts for nothing. */
export function addMove(
  moves: Moves,
  kind: MarkKind,
  mark: Omit<StoredMark, '_id' | 'tenant'>,
  by: 1 | -1,
): void {
  const counts = moves.get(mark.id) ?? {};
  moves.set(mark.id, counts);
  const field = countField(kind, mark.useful);
  if (field !== null && mark.retractedBy === null) counts[field] = (counts[field] ?? 0) + by;
}

/** Moves the counts of items; each is written even where nothing counts, so that two at once conflict. */
export async function moveCounts(
  store: Store,
  tenant: string,
  moves: Moves,
  session: ClientSession,
): Promise<void> {
  if (moves.size === 0) return;
  await knowledgeItems(store).bulkWrite(
    [...moves].map(([id, counts]) => {
      const approvals = (counts.votes ?? 0) + (counts.confirmations ?? 0);
      const increments = Object.entries({ ...counts, approvals }).filter(([, by]) => by !== 0);
      return {
        updateOne: {
          filter: { _id: itemKey(tenant, id), tenant },
          update: { $inc: { settled: 1, ...Object.fromEntries(increments) } },
        },
      };
    }),
    { session, ordered: false },
  );
}

/**
 * Adds the marks that are new, one a party and item, and counts them; those of a retracted party are kept, but do
 * not count while that stands. What an item had taken over from a merged one becomes its own. Items that the tenant
 * does not have are passed over.
 *
 * @returns how many were new
 */
export async function putMarks(
  store: Store,
  tenant: string,
  kind: MarkKind,
  marks: readonly Mark[],
  session: ClientSession,
): Promise<number> {
  const wanted = new Map(marks.map((mark) => [markKey(tenant, mark.id, mark.key), mark]));
  if (wanted.size === 0) return 0;
  const collection = marksOf(store, kind);
  const held = await collection.find({ _id: { $in: [...wanted.keys()] }, tenant }, { session }).toArray();
  const becomeOwn = held.filter(({ _id, via }) => via !== null && wanted.get(_id)?.via === undefined);
  if (becomeOwn.length > 0)
    await makeOwn(
      store,
      tenant,
      kind,
      becomeOwn.flatMap(({ _id }) => wanted.get(_id) ?? []),
      session,
    );
  for (const { _id } of held) wanted.delete(_id);
  if (wanted.size === 0) return 0;
  const known = await existing(store, tenant, [...wanted.values()], session);
  const now = new Date();
  const standing = await standingFor(
    store,
    tenant,
    [...wanted.values()].flatMap((mark) => partiesOf(kind, mark)),
    {
      session,
    },
  );
  const moves: Moves = new Map();
  const added: StoredMark[] = [];
  for (const [
    _id,
    { id, key, at = now, via = null, useful = true, retractedBy = null, with: beside = [] },
  ] of wanted) {
    if (!known.has(id)) continue;
    const own = kind === 'votes' ? { useful } : beside.length > 0 ? { with: [...beside] } : {};
    const [retraction] = partiesOf(kind, { key, with: beside }).flatMap((party) => standing.get(party) ?? []);
    const mark = { _id, tenant, id, key, at, via, retractedBy: retraction?.id ?? retractedBy, ...own };
    added.push(mark);
    addMove(moves, kind, mark, 1);
  }
  if (added.length === 0) return 0;
  await moveCounts(store, tenant, moves, session);
  await collection.insertMany(added, { session, ordered: false });
  return added.length;
}

/** A source that is an item's own is so by what is said of it here, not by what the merged item had it with. */
async function makeOwn(
  store: Store,
  tenant: string,
  kind: MarkKind,
  marks: readonly Mark[],
  session: ClientSession,
): Promise<void> {
  const keys = kind === 'sources' ? marks.flatMap((mark) => partiesOf(kind, mark)) : [];
  const standing = await standingFor(store, tenant, keys, { session });
  await marksOf(store, kind).bulkWrite(
    marks.map((mark) => {
      const { id, key, with: beside = [] } = mark;
      const filter = { _id: markKey(tenant, id, key), tenant };
      if (kind !== 'sources') return { updateOne: { filter, update: { $set: { via: null } } } };
      const [retraction] = partiesOf(kind, mark).flatMap((party) => standing.get(party) ?? []);
      const set = { via: null, retractedBy: retraction?.id ?? null };
      const update =
        beside.length > 0
          ? { $set: { ...set, with: [...beside] } }
          : { $set: set, $unset: { with: '' as const } };
      return { updateOne: { filter, update } };
    }),
    { session, ordered: false },
  );
}

async function existing(
  store: Store,
  tenant: string,
  marks: readonly Mark[],
  session: ClientSession,
): Promise<Set<string>> {
  const keys = [...new Set(marks.map(({ id }) => itemKey(tenant, id)))];
  const found = await knowledgeItems(store)
    .find({ _id: { $in: keys }, tenant }, { session, projection: { id: 1 } })
    .toArray();
  return new Set(found.map(({ id }) => id));
}

/** Removes marks of one item and what they count. Returns how many there were. */
export async function removeMarks(
  store: Store,
  tenant: string,
  kind: MarkKind,
  where: { id: string } & ({ key: string } | { via: string }),
  session: ClientSession,
): Promise<number> {
  const found = await marksOf(store, kind)
    .find({ ...where, tenant }, { session })
    .toArray();
  if (found.length === 0) return 0;
  const moves: Moves = new Map();
  for (const mark of found) addMove(moves, kind, mark, -1);
  await moveCounts(store, tenant, moves, session);
  const keys = found.map(({ _id }) => _id);
  await marksOf(store, kind).deleteMany({ _id: { $in: keys }, tenant }, { session });
  return found.length;
}
