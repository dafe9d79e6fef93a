/** Search by MongoDB's own text index: stems, stop words, nothing held in this process. */
import type { IndexDescription } from 'mongodb';
import type { Store } from '../store/store.js';
import { type IndexedCollection, mongoFilter, type StoredDocument } from './indexed-collection.js';
import type { Hit, Retriever } from './retriever.js';

/** Terms of a query that are searched for; long descriptions say the rest again. */
const MAX_TERMS = 64;
/** Score of the text index that counts as half a fit: two words of the query in a text of several. */
const HALF_FIT = 2;

/** The index that {@link mongoTextRetriever} needs: the searched text is in the field `text`. */
export const textIndex: IndexDescription = {
  key: { tenant: 1, text: 'text' },
  default_language: 'english',
  // No field of ours holds a language; the default name, `language`, could be in a document by chance.
  language_override: 'textLanguage',
};

/** The words of a text, lower-case, each once, in order; at most {@link MAX_TERMS}. */
export function termsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
  return [...new Set(words)].slice(0, MAX_TERMS);
}

/** A retriever over a collection that has a text index; every answer is read from MongoDB. */
export function mongoTextRetriever<T extends StoredDocument>(
  store: Store,
  { name, facets, order, leastTextScore }: IndexedCollection<T>,
): Retriever<T> {
  const documents = () => store.db.collection(name);
  return {
    async search(tenant, query, { limit, where = [], timeoutMS }) {
      const filter = mongoFilter(facets, where);
      // Words only: quotes and minus signs would be operators of the search language.
      const terms = termsOf(query);
      if (terms.length === 0) return [];
      return store.run(async (options) => {
        const found = await documents()
          .find({ ...filter, tenant, $text: { $search: terms.join(' ') } }, options)
          .project({ textScore: { $meta: 'textScore' } })
          .sort({ textScore: { $meta: 'textScore' }, _id: 1 })
          .limit(limit)
          .toArray();
        return found.flatMap(({ textScore, ...document }): Hit<T>[] => {
          const lexical = Number(textScore);
          if (lexical < leastTextScore) return [];
          const score = lexical / (lexical + HALF_FIT);
          return [{ document: document as unknown as T, score, lexical, dense: null }];
        });
      }, timeoutMS);
    },

    async find(tenant, where, { limit, timeoutMS }) {
      const filter = mongoFilter(facets, where);
      return store.run(async (options) => {
        const found = await documents()
          .find({ ...filter, tenant }, options)
          .sort({ [order]: -1, _id: 1 })
          .limit(limit)
          .toArray();
        return found as unknown as T[];
      }, timeoutMS);
    },
  };
}
