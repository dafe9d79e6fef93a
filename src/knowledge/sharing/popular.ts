/** Which items agents found useful, for sure. */
import { wilson } from '../../evidence/intervals.js';
import { liveGeneration } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import { activeStates } from '../search.js';
import { type MeasuredItem, measured, readUsage } from '../usage/usage.js';

/** An item and how popular it is. */
export interface PopularItem extends MeasuredItem {
  /** See {@link popularity}. */
  popularity: number;
}

/** What was said of an item, and how it went with it. */
export interface Verdicts {
  votes: number;
  downvotes: number;
  /** Other agents that shared the same. */
  confirmations: number;
  /** Applications by outcome. */
  successes: number;
  failures: number;
}

/**
 * Lower 95% bound (Wilson) of the share of favourable verdicts: useful votes, confirmations by other agents and
 * successful applications, among these and votes against and failed applications. Each is one verdict of somebody
 * who had to do with the item, so all weigh the same; views are none, nor are repeats by those who said it first.
 * The bound, rather than the share or a count, because a few happy voices then do not outrank many, nor a crowd
 * of mixed ones a smaller one that agrees: 3 of 3 is 0.44, 30 of 40 is 0.60. Pure.
 */
export function popularity({ votes, downvotes, confirmations, successes, failures }: Verdicts): number {
  const favourable = votes + confirmations + successes;
  return wilson(favourable, favourable + downvotes + failures).low;
}

/** Items that are ranked at least, of those with the most approvals and of those with the surest success. */
const CANDIDATES = 500;

const ranked = {
  ...{ id: 1, version: 1, votes: 1, downvotes: 1, confirmations: 1, absorbed: 1, contentVersion: 1 },
  ...{ earlierRuns: 1, mergedAtVersion: 1, tenant: 1 },
};

/**
 * The items with the highest {@link popularity} among the EXPERIMENTAL and VALIDATED ones that have a favourable
 * verdict. Read are those with the most useful votes and confirmations, and those with the highest bound of
 * success when their usage was last judged, some hundreds of each by index: to be left out, an item must be behind
 * all of these in both.
 */
export async function popularItems(store: Store, tenant: string, limit: number): Promise<PopularItem[]> {
  const most = Math.max(CANDIDATES, limit);
  const best = await store.run(async (options) => {
    const of = (field: 'approvals' | 'successAtLeast') =>
      knowledgeItems(store)
        .find(
          { tenant, state: { $in: [...activeStates] }, [field]: { $gt: 0 } },
          { projection: ranked, ...options },
        )
        .sort({ [field]: -1 })
        .limit(most)
        .toArray();
    const found = [...(await of('approvals')), ...(await of('successAtLeast'))];
    const candidates = [...new Map(found.map((item) => [item.id, item])).values()];
    const generation = await liveGeneration(store, tenant, options);
    const usageOf = await readUsage(store, tenant, generation, candidates, options);
    return candidates
      .map((item) => ({ id: item.id, value: popularity({ ...verdictsOf(item), ...usageOf(item.id) }) }))
      .filter(({ value }) => value > 0)
      .sort((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  });
  const documents = await store.run((options) =>
    knowledgeItems(store)
      .find({ _id: { $in: best.map(({ id }) => itemKey(tenant, id)) }, tenant }, options)
      .toArray(),
  );
  const items = new Map((await measured(store, tenant, documents)).map((item) => [item.id, item]));
  return best.flatMap(({ id, value }) => {
    const item = items.get(id);
    return item === undefined ? [] : [{ ...item, popularity: value }];
  });
}

/** Documents of earlier versions lack some counts. */
const verdictsOf = ({
  votes,
  downvotes = 0,
  confirmations = 0,
}: Pick<KnowledgeDocument, 'votes'> & Partial<KnowledgeDocument>): Pick<
  Verdicts,
  'votes' | 'downvotes' | 'confirmations'
> => ({ votes, downvotes, confirmations });
