/**
 * What a retraction, or its undoing, means for some items. It follows from their source marks: an item is withdrawn
 * while all contributions that it came from are, so that retractions commute, and doing it again changes nothing.
 *
 * A contribution is what said the same thing together, e.g. an agent in a task; it is withdrawn while a retraction of
 * any of its sources stands. What an item took over by merging holds only as long as the merge: it is not reckoned
 * among its own.
 */
import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems, knowledgeSources } from '../collections.js';
import { judge, standingArchivers, stateByUsage } from '../lifecycle/lifecycle.js';
import { archiveItems, change, type Move } from '../lifecycle/transitions.js';
import { markKey, marksOf, type StoredMark } from '../sharing/marks.js';
import { setConfirmationsWithdrawn } from '../sharing/withdrawn-marks.js';
import { readUsage } from '../usage/usage.js';
import {
  type EffectDocument,
  effectId,
  type RetractionDocument,
  type RetractionFigures,
  retractionEffects,
} from './retractions.js';
import { standingFor } from './standing.js';

export interface Review {
  store: Store;
  tenant: string;
  session: ClientSession;
  /** The live generation. */
  live: string;
}

export type Reviewed = Pick<RetractionFigures, 'archived' | 'kept' | 'confirmations' | 'unmerged'>;

const AGENT = 'agent:';
/** Confirmations that are counted in one read. */
const COUNTED = 1_000;
const keysOf = ({ key, with: beside = [] }: Pick<StoredMark, 'key' | 'with'>): string[] => [key, ...beside];

const read = ({ store, tenant, session }: Review, ids: readonly string[]): Promise<KnowledgeDocument[]> =>
  knowledgeItems(store)
    .find({ _id: { $in: ids.map((id) => itemKey(tenant, id)) }, tenant }, { session })
    .toArray();

/**
 * Writes items that stay as they are: what brings another source at once writes them too, so that one of the two
 * is tried again on what the other left. Items that change are written by that.
 */
async function hold(
  { store, tenant, session }: Review,
  items: readonly Pick<KnowledgeDocument, '_id'>[],
): Promise<void> {
  if (items.length === 0) return;
  await knowledgeItems(store).updateMany(
    { _id: { $in: items.map(({ _id }) => _id) }, tenant },
    { $inc: { settled: 1 } },
    { session },
  );
}

/** The items that have a contribution of their own that stands, and the agents of theirs that do. */
async function standingOn(
  { store, tenant, session }: Review,
  ids: readonly string[],
  except: string | null,
): Promise<{ items: Set<string>; agents: Set<string> }> {
  const own = { tenant, id: { $in: [...ids] }, via: null, retractedBy: null };
  const marks = await knowledgeSources(store)
    .find(except === null ? own : { ...own, key: { $ne: except }, with: { $ne: except } }, {
      session,
      projection: { id: 1, key: 1, with: 1 },
    })
    .toArray();
  return {
    items: new Set(marks.map(({ id }) => id)),
    agents: new Set(marks.flatMap((mark) => keysOf(mark).map((key) => `${mark.id}|${key}`))),
  };
}

/**
 * Withdraws what came of a retraction's source from items, inside the caller's transaction.
 *
 * @param dryRun only counts
 */
export async function withdrawFromItems(
  review: Review,
  retraction: RetractionDocument,
  ids: readonly string[],
  dryRun: boolean,
): Promise<Reviewed> {
  const { store, tenant, session } = review;
  const { id: by, source } = retraction;
  const items = await read(review, ids);
  const from = { tenant, id: { $in: [...ids] }, retractedBy: null, $or: [{ key: source }, { with: source }] };
  const marks = (await knowledgeSources(store).find(from, { session }).toArray()) as StoredMark[];
  if (!dryRun)
    await knowledgeSources(store).updateMany(
      { _id: { $in: marks.map(({ _id }) => _id) }, tenant },
      { $set: { retractedBy: by } },
      { session },
    );
  const standing = await standingOn(review, ids, source);
  const lost = items.filter(
    ({ id, retractedBy }) => !standing.items.has(id) && (retractedBy ?? null) === null,
  );
  const touched = new Set(marks.map(({ id }) => id));
  const kept = items.filter(({ id }) => touched.has(id) && standing.items.has(id)).length;
  if (!dryRun) {
    if (lost.length > 0) await archive(review, retraction, lost);
    await hold(
      review,
      items.filter((item) => !lost.includes(item)),
    );
  }
  const confirmations = await withdrawConfirmations(review, by, source, marks, standing.agents, dryRun);
  return { archived: lost.length, kept, confirmations, unmerged: await mergesOf(review, lost, source) };
}

/** Merges that fall with items: their own, and those into them of items that have sources which stand. */
async function mergesOf(review: Review, lost: readonly KnowledgeDocument[], source: string): Promise<number> {
  const { store, tenant, session } = review;
  const merged = lost.filter(({ mergedInto }) => mergedInto != null).length;
  const into = lost.filter(({ absorbed }) => absorbed > 0).map(({ id }) => id);
  if (into.length === 0) return merged;
  const parts = await knowledgeItems(store)
    .find({ tenant, mergedInto: { $in: into } }, { session, projection: { id: 1 } })
    .toArray();
  return (
    merged +
    (
      await standingOn(
        review,
        parts.map(({ id }) => id),
        source,
      )
    ).items.size
  );
}

async function archive(
  { store, tenant, session }: Review,
  retraction: RetractionDocument,
  lost: readonly KnowledgeDocument[],
): Promise<void> {
  const { id, by, source, reason } = retraction;
  await archiveItems(
    store,
    lost.map((item) => ({
      item,
      set: { retractedBy: id },
      reason: `all that it came from is retracted: ${reason}`,
      act: { act: 'retracted', by, detail: { source, retraction: id } },
    })),
    session,
  );
  await retractionEffects(store).bulkWrite(
    lost.map((item) => ({
      updateOne: {
        filter: { _id: effectId(tenant, id, item.id), tenant },
        update: { $set: { retraction: id, item: item.id, archivedFrom: item.state } },
        upsert: true,
      },
    })),
    { session, ordered: false },
  );
}

/** Withdraws confirmations of agents of whose word nothing is left on an item; the source's own go with its marks. */
async function withdrawConfirmations(
  { store, tenant, session }: Review,
  by: string,
  source: string,
  marks: readonly StoredMark[],
  agents: ReadonlySet<string>,
  dryRun: boolean,
): Promise<number> {
  const silent = [...agentsOf(marks)]
    .filter(([key]) => key !== source)
    .flatMap(([key, ids]) =>
      ids
        .filter((id) => !agents.has(`${id}|${key}`))
        .map((id) => markKey(tenant, id, key.slice(AGENT.length))),
    );
  let withdrawn = 0;
  for (let first = 0; first < silent.length; first += COUNTED) {
    const some = { tenant, _id: { $in: silent.slice(first, first + COUNTED) } };
    withdrawn += await marksOf(store, 'confirmations').countDocuments(
      { ...some, via: null, retractedBy: null },
      { session },
    );
  }
  if (!dryRun) await setConfirmationsWithdrawn(store, tenant, silent, { from: null, to: by }, session);
  return withdrawn;
}

/** By agent, the items on which marks name it. */
function agentsOf(marks: readonly StoredMark[]): Map<string, string[]> {
  const byAgent = new Map<string, Set<string>>();
  for (const mark of marks)
    for (const key of keysOf(mark))
      if (key.startsWith(AGENT)) byAgent.set(key, (byAgent.get(key) ?? new Set()).add(mark.id));
  return new Map([...byAgent].map(([key, ids]) => [key, [...ids]]));
}

/**
 * Gives items back what a retraction that no longer stands had withdrawn of them, inside the caller's transaction:
 * what another one withdraws stays so, in its name.
 *
 * @param undoneBy who undoes it
 */
export async function giveBackToItems(
  review: Review,
  retraction: RetractionDocument,
  ids: readonly string[],
  undoneBy: string,
): Promise<void> {
  const { store, tenant, session } = review;
  const items = await read(review, ids);
  const marks = (await knowledgeSources(store)
    .find({ tenant, id: { $in: [...ids] }, retractedBy: retraction.id }, { session })
    .toArray()) as StoredMark[];
  const others = await standingFor(store, tenant, marks.flatMap(keysOf), { session });
  const heirs = new Map<string | null, string[]>();
  for (const mark of marks) {
    const heir = keysOf(mark).flatMap((key) => others.get(key)?.id ?? [])[0] ?? null;
    heirs.set(heir, [...(heirs.get(heir) ?? []), mark._id]);
  }
  for (const [heir, keys] of heirs)
    await knowledgeSources(store).updateMany(
      { _id: { $in: keys }, tenant },
      { $set: { retractedBy: heir } },
      { session },
    );
  const standing = await standingOn(review, ids, null);
  const retracted = items.filter(({ retractedBy }) => (retractedBy ?? null) !== null);
  const back = retracted.filter(({ id }) => standing.items.has(id));
  await reinstate(review, back, retraction, undoneBy);
  await hold(
    review,
    items.filter((item) => !back.includes(item)),
  );
  for (const item of retracted)
    if (!standing.items.has(item.id) && item.retractedBy === retraction.id)
      await handOver(review, item, retraction.id);
  await giveBackConfirmations(review, retraction, marks, standing.agents, others);
}

/** Lets agents' confirmations count again; where nothing of an agent's word stands, it is left to whoever withdraws that. */
async function giveBackConfirmations(
  { store, tenant, session }: Review,
  { id: from }: RetractionDocument,
  marks: readonly StoredMark[],
  agents: ReadonlySet<string>,
  others: ReadonlyMap<string, RetractionDocument>,
): Promise<void> {
  const heirOf = new Map<string, string>();
  for (const mark of marks)
    for (const key of keysOf(mark)) {
      const heir = keysOf(mark).flatMap((each) => others.get(each)?.id ?? [])[0];
      const pair = `${mark.id}|${key}`;
      if (heir !== undefined && !heirOf.has(pair)) heirOf.set(pair, heir);
    }
  const to = new Map<string | null, string[]>();
  for (const [key, on] of agentsOf(marks))
    for (const id of on) {
      const pair = `${id}|${key}`;
      const heir = agents.has(pair) ? null : heirOf.get(pair);
      if (heir === undefined) continue;
      const keys = to.get(heir) ?? [];
      keys.push(markKey(tenant, id, key.slice(AGENT.length)));
      to.set(heir, keys);
    }
  for (const [heir, keys] of to)
    await setConfirmationsWithdrawn(store, tenant, keys, { from, to: heir }, session);
}

/** Brings items back to the state that they would be in if nothing had withdrawn them. */
async function reinstate(
  { store, tenant, session, live }: Review,
  items: readonly KnowledgeDocument[],
  { id, source }: RetractionDocument,
  by: string,
): Promise<void> {
  if (items.length === 0) return;
  const effects = await retractionEffects(store)
    .find(
      { _id: { $in: items.map((item) => effectId(tenant, item.retractedBy ?? '', item.id)) }, tenant },
      { session },
    )
    .toArray();
  const before = new Map(effects.map((effect) => [effect.item, effect]));
  const usageOf = await readUsage(store, tenant, live, items, { session });
  const moves = items.map((item): Move => {
    const reason = `${source} is no longer retracted`;
    const act = { act: 'retraction-undone', by, detail: { source, retraction: id } };
    const set = { retractedBy: null };
    if (standingArchivers(item).some((archiver) => archiver !== 'retractedBy'))
      return { item, transition: { to: 'ARCHIVED', reason }, set, act };
    const from = before.get(item.id)?.archivedFrom;
    const usage = usageOf(item.id);
    const next =
      from === undefined || from === 'ARCHIVED'
        ? stateByUsage(item, usage)
        : (judge({ ...item, state: from }, usage) ?? { to: from, reason: 'as before' });
    return { item, transition: { to: next.to, reason: `${reason}; ${next.reason}` }, set, act };
  });
  await change(store, moves, session);
  await retractionEffects(store).updateMany(
    { _id: { $in: effects.map(({ _id }) => _id) }, tenant },
    { $unset: { archivedFrom: '' } },
    { session },
  );
}

/** Leaves an item withdrawn in the name of another retraction that withdraws all it came from. */
async function handOver(
  { store, tenant, session }: Review,
  { _id, id }: KnowledgeDocument,
  from: string,
): Promise<void> {
  const mark = await knowledgeSources(store).findOne(
    { tenant, id, via: null, retractedBy: { $nin: [null, from] } },
    { session },
  );
  const heir = mark?.retractedBy;
  if (heir == null) return;
  await knowledgeItems(store).updateOne({ _id, tenant }, { $set: { retractedBy: heir } }, { session });
  const effect = await retractionEffects(store).findOne(
    { _id: effectId(tenant, from, id), tenant },
    { session },
  );
  const set: Partial<EffectDocument> = {
    ...{ retraction: heir, item: id },
    ...(effect?.archivedFrom === undefined ? {} : { archivedFrom: effect.archivedFrom }),
  };
  await retractionEffects(store).updateOne(
    { _id: effectId(tenant, heir, id), tenant },
    { $set: set },
    { session, upsert: true },
  );
}
