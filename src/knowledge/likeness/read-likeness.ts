/** Reading what was merged, and what is marked as contradicting. */
import type { Document, Filter } from 'mongodb';
import { events, type ItemEvent } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';

/** An item that was merged into another. */
export interface Merge {
  id: string;
  title: string;
  /** The item that speaks for it. */
  into: string;
  intoTitle: string | null;
  /** When, by whom and why; null where the log does not say. */
  at: Date | null;
  by: string | null;
  reason: string | null;
}

/** Two items that say the opposite of each other. */
export interface Contradiction {
  a: { id: string; title: string };
  b: { id: string; title: string };
  /** Why they are held to; null where the log does not say. */
  reason: string | null;
  since: Date | null;
}

interface Read {
  timeoutMS?: number;
}

/** Items that are merged into others, those changed last first; only into one where it is named. */
export async function listMerges(
  store: Store,
  tenant: string,
  { into, limit }: { into?: string | undefined; limit: number },
): Promise<Merge[]> {
  return store.run(async (options) => {
    const merged = await knowledgeItems(store)
      .find({ tenant, mergedInto: into ?? { $gt: '' } }, options)
      .sort({ updatedAt: -1, _id: 1 })
      .limit(limit)
      .toArray();
    const titles = await titlesOf(
      store,
      tenant,
      merged.flatMap((item) => item.mergedInto ?? []),
      options,
    );
    const ids = merged.map(({ id }) => id);
    const acts = await lastActs(store, tenant, { itemId: { $in: ids }, act: 'merged' }, ['$itemId'], options);
    return merged.map(({ id, title, mergedInto }) => {
      const act = acts.get(id);
      const survivor = mergedInto ?? '';
      return {
        ...{ id, title, into: survivor, intoTitle: titles.get(survivor) ?? null },
        ...{ at: act?.at ?? null, by: act?.by ?? null, reason: reasonOf(act) },
      };
    });
  });
}

/** Pairs that contradict each other while evidence has not decided; each pair once. */
export async function listContradictions(
  store: Store,
  tenant: string,
  { of, limit }: { of?: string | undefined; limit: number },
): Promise<Contradiction[]> {
  return store.run(async (options) => {
    const filter: Filter<KnowledgeDocument> =
      of === undefined ? { tenant, contradicts: { $gt: '' } } : { _id: itemKey(tenant, of), tenant };
    // Each pair is found from both its sides.
    const marked = await knowledgeItems(store)
      .find(filter, { ...options, projection: { id: 1, title: 1, contradicts: 1 } })
      .sort({ _id: 1 })
      .limit(2 * limit)
      .toArray();
    const pairs = new Map<string, [string, string]>();
    for (const { id, contradicts = [] } of marked)
      for (const other of contradicts) {
        const pair: [string, string] = of === id || id < other ? [id, other] : [other, id];
        pairs.set(pair.toSorted().join('|'), pair);
      }
    const listed = [...pairs.values()].slice(0, limit);
    const titles = await titlesOf(store, tenant, listed.flat(), options);
    const acts = await lastActs(
      store,
      tenant,
      { itemId: { $in: listed.map(([a]) => a) }, act: 'contradicted' },
      ['$itemId', '$detail.other'],
      options,
    );
    return listed.map(([a, b]) => {
      const act = acts.get(`${a}|${b}`);
      const named = (id: string) => ({ id, title: titles.get(id) ?? '' });
      return { a: named(a), b: named(b), reason: reasonOf(act), since: act?.at ?? null };
    });
  });
}

async function titlesOf(
  store: Store,
  tenant: string,
  ids: readonly string[],
  options: Read,
): Promise<Map<string, string>> {
  const found = await knowledgeItems(store)
    .find(
      { _id: { $in: [...new Set(ids)].map((id) => itemKey(tenant, id)) }, tenant },
      { ...options, projection: { id: 1, title: 1 } },
    )
    .toArray();
  return new Map(found.map(({ id, title }) => [id, title]));
}

/** The last event of each group, by the values of the group's fields joined. */
async function lastActs(
  store: Store,
  tenant: string,
  where: Document,
  fields: readonly string[],
  options: Read,
): Promise<Map<string, ItemEvent>> {
  const found = await events(store)
    .aggregate<{ last: ItemEvent; key: string[] }>(
      [
        { $match: { tenant, kind: 'item', ...where } },
        { $sort: { at: 1 } },
        { $group: { _id: fields, last: { $last: '$$ROOT' } } },
        { $project: { last: 1, key: '$_id' } },
      ],
      options,
    )
    .toArray();
  return new Map(found.map(({ key, last }) => [key.join('|'), last]));
}

const reasonOf = (act: ItemEvent | undefined): string | null =>
  typeof act?.detail['reason'] === 'string' ? act.detail['reason'] : null;
