/** Items that were merged into others, and the items that speak for them. */
import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import { counted, type Measurable } from './counted-versions.js';

type Merged = Measurable & Pick<KnowledgeDocument, 'mergedInto'>;

interface ReadOptions {
  timeoutMS?: number;
  session?: ClientSession;
}

const fields = {
  _id: 0,
  id: 1,
  version: 1,
  contentVersion: 1,
  earlierRuns: 1,
  absorbed: 1,
  mergedAtVersion: 1,
  mergedInto: 1,
} as const;

/**
 * The items whose use counts for each of some: merged into it, directly or by way of others, while what they were
 * merged into said what it says now.
 *
 * @returns by the survivor's id; those that nothing was merged into are left out
 */
export async function mergedInto(
  store: Store,
  tenant: string,
  items: readonly Measurable[],
  options: ReadOptions = {},
): Promise<Map<string, Measurable[]>> {
  const parts = new Map<string, Merged[]>();
  let asked = items.filter(({ absorbed }) => absorbed > 0).map(({ id }) => id);
  while (asked.length > 0) {
    for (const id of asked) parts.set(id, []);
    const found = (await knowledgeItems(store)
      .find({ tenant, mergedInto: { $in: asked } }, { ...options, projection: fields })
      .toArray()) as Merged[];
    for (const part of found) parts.get(part.mergedInto ?? '')?.push(part);
    asked = found.flatMap(({ id, absorbed }) => (absorbed > 0 && !parts.has(id) ? [id] : []));
  }
  const counting = (item: Measurable): Measurable[] =>
    (parts.get(item.id) ?? [])
      .filter(({ mergedAtVersion }) => counted(item, mergedAtVersion ?? item.version))
      .flatMap((part) => [part, ...counting(part)]);
  return new Map(items.flatMap((item) => (parts.has(item.id) ? [[item.id, counting(item)]] : [])));
}

/** Most steps that are followed from one item to the one that speaks for it. */
const MOST_STEPS = 50;

/**
 * The items that speak for some: themselves, unless they were merged.
 *
 * @returns by id; ids that the tenant does not have are left out
 */
export async function survivorsOf(
  store: Store,
  tenant: string,
  ids: readonly string[],
  options: ReadOptions = {},
): Promise<Map<string, string>> {
  const into = new Map<string, string | null>();
  let wanted = [...new Set(ids)];
  for (let step = 0; wanted.length > 0 && step < MOST_STEPS; step += 1) {
    const found = await knowledgeItems(store)
      .find(
        { _id: { $in: wanted.map((id) => itemKey(tenant, id)) }, tenant },
        { ...options, projection: { id: 1, mergedInto: 1 } },
      )
      .toArray();
    for (const { id, mergedInto: survivor } of found) into.set(id, survivor ?? null);
    wanted = [
      ...new Set(
        found.flatMap(({ mergedInto: survivor }) =>
          survivor === undefined || survivor === null || into.has(survivor) ? [] : [survivor],
        ),
      ),
    ];
  }
  const survivors = new Map<string, string>();
  for (const id of ids) {
    if (!into.has(id)) continue;
    let last = id;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const next = into.get(last);
      if (next === undefined || next === null) break;
      last = next;
    }
    survivors.set(id, last);
  }
  return survivors;
}
