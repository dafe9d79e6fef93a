/** Finding the items that say the same as a statement, or the opposite. */
import { retrieverFor } from '../../retrieval/retriever-of.js';
import type { KnowledgeState } from '../../shared/terms.js';
import type { Store } from '../../store/store.js';
import type { KnowledgeDocument } from '../collections.js';
import { indexedKnowledge } from '../indexed-knowledge.js';
import { searchText } from '../insert-items.js';
import { activeStates } from '../search.js';
import { type Comparison, comparisonWith, type Statement } from './compare.js';
import { overlap, termsOf } from './overlap.js';

/** A statement, with what else its item would be found by. */
export interface Sought extends Statement {
  category?: string;
  tags?: readonly string[];
}

export interface Alike {
  item: KnowledgeDocument;
  comparison: Comparison;
}

export interface FindLikeOptions {
  /** Items that are compared, at most: those that the search puts first. */
  limit: number;
  /** Milliseconds that the search may take. */
  timeoutMS: number;
  /** Id of the item whose statement it is; it is not compared with itself. */
  except?: string;
  /** States of the items that are looked for. Default: those in use. */
  states?: readonly KnowledgeState[];
}

const order = { duplicate: 0, contradiction: 1, distinct: 2 } as const;

/**
 * The items nearest to a statement that share many of its words, each compared with it: duplicates first, then what
 * contradicts it, each of them the nearest first. Writes nothing.
 *
 * @throws StoreUnavailableError when MongoDB is needed for the answer, and away or too slow
 */
export async function findLike(
  store: Store,
  tenant: string,
  statement: Sought,
  { limit, timeoutMS, except, states = activeStates }: FindLikeOptions,
): Promise<Alike[]> {
  const hits = await retrieverFor(store, indexedKnowledge).search(tenant, queryOf(statement), {
    // It finds itself first.
    limit: except === undefined ? limit : limit + 1,
    where: [{ facet: 'state', oneOf: states }],
    timeoutMS,
  });
  const terms = termsOf(statement);
  const compare = comparisonWith(statement);
  return hits
    .filter(({ document }) => document.id !== except)
    .slice(0, limit)
    .filter(({ document }) => overlap(terms, termsOf(document)))
    .map(({ document, dense }) => ({ item: document, comparison: compare(document, dense) }))
    .sort(({ comparison: a }, { comparison: b }) => order[a.verdict] - order[b.verdict] || b.score - a.score);
}

/**
 * The text that the item would be found by, in one line: of several lines the search would weigh the first one
 * twice, and the cosine would not be that of the two texts.
 */
const queryOf = ({ title, content, category, tags }: Sought): string =>
  searchText({ title, content, category: category ?? '', tags: [...(tags ?? [])] })
    .replace(/\s+/gu, ' ')
    .trim();
