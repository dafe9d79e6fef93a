/**
 * One score from two: how well a document's words fit a query, and how well its meaning does.
 *
 * Both sides are cosines, so that they can be averaged as they are, without weights and without looking at what
 * else was found. The words: with the query as a vector of its terms' weights, BM25 by its ceiling is the share of
 * the vector's squared length that the document's terms cover, and the root of that share is the cosine between
 * the vector and its covered part (for one with every term often). The meaning: the cosine of the texts' vectors.
 * A long query, of which no document has more than a part, leaves the words little to say by itself, and so does
 * one whose telling words no document has.
 */

/** A document that either search found, with the raw scores of both. */
export interface FusionCandidate {
  /** BM25, 0 where no term is shared. */
  lexical: number;
  /** Cosine to the closest vector of the document, -1 to 1; null where query or document has no vector. */
  dense: number | null;
}

/** What the scores of a query are measured against. */
export interface QueryStatistics {
  /**
   * The sum of the weights of the query's terms, those included that no document has: BM25 that no document
   * reaches. 0 where the query has no terms.
   */
  lexicalCeiling: number;
}

/**
 * How well one document fits, 0 to 1: the mean of both sides, or the one side there is. It rises with each raw
 * score and looks at no other document.
 */
export function fusedScore({ lexical, dense }: FusionCandidate, { lexicalCeiling }: QueryStatistics): number {
  const words = lexicalCeiling > 0 ? Math.sqrt(within01(lexical / lexicalCeiling)) : null;
  const meaning = dense === null ? null : within01(dense);
  if (meaning === null) return words ?? 0;
  return words === null ? meaning : (words + meaning) / 2;
}

const within01 = (value: number): number => Math.min(1, Math.max(0, value));
