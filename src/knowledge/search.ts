/** Finding items by what they say. */
import type { Condition, Filter } from '../retrieval/filter.js';
import { mongoFilter } from '../retrieval/indexed-collection.js';
import { retrieverFor } from '../retrieval/retriever-of.js';
import type { KnowledgeState } from '../shared/terms.js';
import type { Store } from '../store/store.js';
import { type KnowledgeDocument, type KnowledgeItem, knowledgeItems, publicItem } from './collections.js';
import { indexedKnowledge } from './indexed-knowledge.js';

/** States that look-ups hand out. */
export const activeStates: readonly KnowledgeState[] = ['EXPERIMENTAL', 'VALIDATED'];

/** How much more an item of the task's own category counts. */
const CATEGORY_WEIGHT = 1.5;

export const isActive: Condition = { facet: 'state', oneOf: activeStates };

/**
 * Items that match a text and for which conditions hold, best first; none when the text has no words.
 *
 * @param timeoutMS milliseconds the search may take
 * @throws StoreUnavailableError when MongoDB is needed for the answer, and away or too slow
 */
export async function searchItems(
  store: Store,
  tenant: string,
  where: Filter,
  text: string,
  limit: number,
  timeoutMS?: number,
): Promise<{ document: KnowledgeDocument; score: number }[]> {
  return retrieverFor(store, indexedKnowledge).search(tenant, text, {
    limit,
    where,
    ...(timeoutMS === undefined ? {} : { timeoutMS }),
  });
}

/** Items for which conditions hold, newest first. */
export function newestItems(
  store: Store,
  tenant: string,
  where: Filter,
  limit: number,
): Promise<KnowledgeDocument[]> {
  return store.run((options) =>
    knowledgeItems(store)
      .find({ ...mongoFilter(indexedKnowledge.facets, where), tenant }, options)
      .sort({ createdAt: -1, _id: 1 })
      .limit(limit)
      .toArray(),
  );
}

export interface RelevanceQuery {
  text: string;
  /** Items of this category count more. */
  category: string;
  limit: number;
  /** Milliseconds the look-up may take. */
  timeoutMS: number;
}

/**
 * The EXPERIMENTAL and VALIDATED items that fit a task, best first. Writes nothing.
 *
 * @returns each with its score: comparable within this answer only
 * @throws StoreUnavailableError when MongoDB is needed for the answer, and away or too slow
 */
export async function findRelevantKnowledge(
  store: Store,
  tenant: string,
  query: RelevanceQuery,
): Promise<{ item: KnowledgeItem; score: number }[]> {
  const { text, category, limit, timeoutMS } = query;
  // Three times as many, because the category may reorder them.
  const found = await searchItems(store, tenant, [isActive], text, limit * 3, timeoutMS);
  return found
    .map(({ document, score }) => ({
      item: publicItem(document),
      score: document.category === category ? score * CATEGORY_WEIGHT : score,
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}
