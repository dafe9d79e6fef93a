/** Text search by MongoDB's own text index: stems, stop words, no further server. */
import type { Document, IndexDescription } from 'mongodb';
import type { Store } from '../store/store.js';
import type { Hit, Retriever, SearchOptions } from './retriever.js';

/** Terms of a query that are searched for; long descriptions say the rest again. */
const MAX_TERMS = 64;
/**
 * Least score of a hit. A matching term counts up to 1.1, and less in a longer text: one common word in a text
 * of several is not enough, two are.
 */
const MIN_SCORE = 1;

/** The index that {@link mongoTextRetriever} needs: the searched text is in the field `text`. */
export const textIndex: IndexDescription = {
  key: { tenant: 1, text: 'text' },
  default_language: 'english',
  // No field of ours holds a language; the default name, `language`, could be in a document by chance.
  language_override: 'textLanguage',
};

/** The words of a text, lower-case, each once, in order; at most {@link MAX_TERMS}. */
export function termsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  return [...new Set(words)].slice(0, MAX_TERMS);
}

/**
 * A retriever over the `text` field of a collection that has {@link textIndex}.
 *
 * @param minScore least score of a hit
 */
export function mongoTextRetriever<T extends Document>(
  store: Store,
  collection: string,
  minScore: number = MIN_SCORE,
): Retriever<T> {
  return {
    async search(tenant: string, query: string, { limit, where = {}, timeoutMS }: SearchOptions) {
      // Words only: quotes and minus signs would be operators of the search language.
      const terms = termsOf(query);
      if (terms.length === 0) return [];
      const found = await store.db
        .collection(collection)
        .find(
          { ...where, tenant, $text: { $search: terms.join(' ') } },
          timeoutMS === undefined ? {} : { timeoutMS },
        )
        .project({ score: { $meta: 'textScore' } })
        .sort({ score: { $meta: 'textScore' } })
        .limit(limit)
        .toArray();
      return found
        .map(
          ({ score, ...document }): Hit<T> => ({ document: document as unknown as T, score: Number(score) }),
        )
        .filter((hit) => hit.score >= minScore);
    },
  };
}
