/** Finding items by words, over MongoDB's text index. */
import type { Filter, WithId } from 'mongodb';
import type { KnowledgeState } from '../shared/terms.js';
import type { Store } from '../store/store.js';
import { type KnowledgeDocument, type KnowledgeItem, knowledgeItems, publicItem } from './collections.js';

/** States that look-ups hand out. */
export const activeStates: readonly KnowledgeState[] = ['EXPERIMENTAL', 'VALIDATED'];

const MAX_TERMS = 40;
/** How much more an item of the task's own category counts. */
const CATEGORY_WEIGHT = 1.5;

/** Words only: quotes and minus signs are operators of the text index. */
function searchTerms(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
  return [...new Set(words)].slice(0, MAX_TERMS).join(' ');
}

/** Items that match a text within a filter, best first; empty when the text has no words. */
export async function searchItems(
  store: Store,
  filter: Filter<KnowledgeDocument> & { tenant: string },
  text: string,
  limit: number,
  options: { timeoutMS: number },
): Promise<{ document: KnowledgeDocument; score: number }[]> {
  const $search = searchTerms(text);
  if ($search === '') return [];
  const found = await knowledgeItems(store)
    .find({ ...filter, $text: { $search } }, { projection: { score: { $meta: 'textScore' } }, ...options })
    .sort({ score: { $meta: 'textScore' }, _id: 1 })
    .limit(limit)
    .toArray();
  return (found as WithId<KnowledgeDocument & { score: number }>[]).map(({ score, ...document }) => ({
    document,
    score,
  }));
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
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function findRelevantKnowledge(
  store: Store,
  tenant: string,
  query: RelevanceQuery,
): Promise<{ item: KnowledgeItem; score: number }[]> {
  const { text, category, limit, timeoutMS } = query;
  const found = await store.run(
    (options) =>
      // Three times as many, because the category may reorder them.
      searchItems(store, { tenant, state: { $in: [...activeStates] } }, text, limit * 3, options),
    timeoutMS,
  );
  return found
    .map(({ document, score }) => ({
      item: publicItem(document),
      score: document.category === category ? score * CATEGORY_WEIGHT : score,
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}
