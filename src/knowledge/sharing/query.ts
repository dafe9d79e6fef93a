/** Asking the hub for items. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { Condition } from '../../retrieval/filter.js';
import { priorities } from '../../shared/terms.js';
import type { Store } from '../../store/store.js';
import type { KnowledgeDocument } from '../collections.js';
import type { querySchema } from '../inputs.js';
import { isActive, newestItems, searchItems } from '../search.js';
import { subscribedChannels } from './channels.js';
import { countViews } from './views.js';

/** Milliseconds that an answer may wait for its views to be counted. */
const COUNT_MS = 1_000;
/** Milliseconds after which views that are not being counted yet are let go: the queue of them must not grow. */
const FORGET_MS = 60_000;

export type CheckedQuery = z.output<typeof querySchema>;

/** The items for which all of a query's conditions hold: best match first with a text, newest first without. */
export async function queriedItems(
  store: Store,
  tenant: string,
  query: CheckedQuery,
): Promise<KnowledgeDocument[]> {
  const where: Condition[] = [
    query.state === undefined ? isActive : { facet: 'state', equals: query.state },
    ...conditionsOf(query),
  ];
  if (query.agent !== undefined)
    where.push({ facet: 'channel', oneOf: await subscribedChannels(store, tenant, query.agent) });
  const found =
    query.query === undefined
      ? await newestItems(store, tenant, where, query.limit)
      : (await searchItems(store, tenant, where, query.query, query.limit)).map(({ document }) => document);
  if (query.viewer !== undefined) await countBestEffort(store, tenant, query.viewer, found);
  return found;
}

function conditionsOf({ minPriority, type, tags = [], channel, category, trust }: CheckedQuery): Condition[] {
  const where: Condition[] = tags.map((tag) => ({ facet: 'tags', equals: tag }));
  if (minPriority !== 'LOW') where.push({ facet: 'priority', atLeast: priorities.indexOf(minPriority) });
  for (const [facet, equals] of Object.entries({ type, channel, category, trust }))
    if (equals !== undefined) where.push({ facet, equals });
  return where;
}

/** An answer is worth more than the count of those who got it. */
async function countBestEffort(
  store: Store,
  tenant: string,
  viewer: string,
  items: readonly KnowledgeDocument[],
): Promise<void> {
  const ids = items.map(({ id }) => id);
  const counted = countViews(store, tenant, viewer, ids, AbortSignal.timeout(FORGET_MS)).catch(() => {});
  const late = new AbortController();
  await Promise.race([counted, sleep(COUNT_MS, undefined, { signal: late.signal })]);
  late.abort();
}
