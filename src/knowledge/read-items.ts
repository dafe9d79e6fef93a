/** Reading items by id and in lists. */
import type { Document, Filter, Sort } from 'mongodb';
import { NotFoundError } from '../shared/errors.js';
import { knowledgeStates } from '../shared/terms.js';
import { events, type ItemEvent } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems, knowledgeSources } from './collections.js';
import type { ListRequest } from './inputs.js';
import { parseSource, sourceKey } from './source.js';
import { survivorsOf } from './usage/merged.js';
import { type MeasuredItem, measured } from './usage/usage.js';

/**
 * An item with its usage. One that was merged names the item that speaks for it now, however often that one was
 * merged in turn.
 *
 * @throws NotFoundError when the tenant has no such item, with what became of it where that is known
 */
export async function findItem(store: Store, tenant: string, id: string): Promise<MeasuredItem> {
  const found = await store.run((options) =>
    knowledgeItems(store).findOne({ _id: itemKey(tenant, id), tenant }, options),
  );
  if (found === null) throw new NotFoundError('knowledge item', id, await whatBecameOf(store, tenant, id));
  const [item] = (await measured(store, tenant, [found])) as [MeasuredItem];
  if (item.mergedInto === null) return item;
  const survivors = await store.run((options) => survivorsOf(store, tenant, [id], options));
  return { ...item, mergedInto: survivors.get(id) ?? item.mergedInto };
}

async function whatBecameOf(store: Store, tenant: string, id: string): Promise<string | undefined> {
  const removed = await store.run((options) =>
    events(store).findOne(
      { tenant, kind: 'item', itemId: id, act: 'removed' },
      { ...options, sort: { at: -1 } },
    ),
  );
  if (removed === null) return undefined;
  const { at, by, detail } = removed as ItemEvent;
  const reason = typeof detail['reason'] === 'string' ? `: ${detail['reason']}` : '';
  return `it was removed at ${at.toISOString()} by ${by}${reason}`;
}

/** Each as an index has it, forwards or backwards, so that nothing is sorted anew. */
const sorts: Record<ListRequest['order'], Sort> = {
  newest: { createdAt: -1, _id: 1 },
  oldest: { createdAt: 1, _id: -1 },
  updated: { updatedAt: -1, _id: 1 },
  votes: { votes: -1 },
  success: { successAtLeast: -1, _id: 1 },
};
/** Orders whose index has the state before them: items of all states are then merged from those of each. */
const withinState: ReadonlySet<ListRequest['order']> = new Set(['updated', 'success']);

/** Items that come from a source are read by their ids while these are no more. */
const FEW = 5_000;

/** Items for which all that a request names holds, in its order. */
export async function listItems(
  store: Store,
  tenant: string,
  { source, tag, order, limit, ...fields }: ListRequest,
): Promise<MeasuredItem[]> {
  const filter: Filter<KnowledgeDocument> = { tenant };
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) filter[field] = value;
  if (tag !== undefined) filter.tags = tag;
  if (fields.state === undefined && withinState.has(order)) filter.state = { $in: [...knowledgeStates] };
  if (fields.trust === 'untrusted') filter.trust = { $nin: ['derived', 'trusted'] };
  const key = source === undefined ? null : sourceKey(parseSource(source));
  const found = await store.run(async (options) => {
    const some = key === null ? null : await idsFrom(store, tenant, key, options);
    if (some !== null) filter._id = { $in: some.map((id) => itemKey(tenant, id)) };
    const steps: Document[] = [
      { $match: filter },
      { $sort: sorts[order] },
      ...(key !== null && some === null ? comingFrom(key) : []),
      { $limit: limit },
    ];
    return knowledgeItems(store).aggregate<KnowledgeDocument>(steps, options).toArray();
  });
  return measured(store, tenant, found);
}

/** Ids of the items that come from a source; null where they are many. */
async function idsFrom(
  store: Store,
  tenant: string,
  key: string,
  options: { timeoutMS: number },
): Promise<string[] | null> {
  const marks = await knowledgeSources(store)
    .find({ tenant, key }, { ...options, projection: { id: 1 } })
    .limit(FEW + 1)
    .toArray();
  return marks.length > FEW ? null : marks.map(({ id }) => id);
}

/** Leaves those that come from a source: of a frequent one, soon enough are found. */
const comingFrom = (key: string): Document[] => [
  {
    $lookup: {
      from: 'knowledgeSources',
      let: { mark: { $concat: ['$_id', '|', { $literal: key }] } },
      pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$mark'] } } }, { $limit: 1 }, { $project: { _id: 1 } }],
      as: 'marked',
    },
  },
  { $match: { marked: { $ne: [] } } },
  { $project: { marked: 0 } },
];
