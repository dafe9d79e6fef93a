/** How much each term counts in a search by words: BM25 with the query weighed like a document. */

/** How soon a further occurrence in a document counts for little. */
export const K1 = 1.2;
/** How much a document's length counts, 0 to 1. */
export const B = 0.75;
/** How soon a further occurrence in the query counts for little. */
const K3 = 8;

/**
 * What a term adds to a document's score at most: the document with its occurrences and length adds
 * `weight * count / (count + K1 * (1 - B + B * length / mean length))`.
 *
 * Rarity counts on both sides, the query's and the document's, as in the inner product of two tf-idf vectors
 * (Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988): in a query of a hundred
 * words the few that tell decide. K1, B and K3 are those of Okapi (Robertson and others, "Okapi at TREC-3", 1995).
 *
 * @param times the term stands in the query, from 1
 * @param having documents that have the term, from 0
 * @param documents in all
 */
export function termWeight(times: number, having: number, documents: number): number {
  const rarity = Math.log(1 + (documents - having + 0.5) / (having + 0.5));
  return (((K3 + 1) * times) / (K3 + times)) * rarity * rarity * (K1 + 1);
}
