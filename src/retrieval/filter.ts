/** Conditions that narrow a search. Each way of searching applies them inside the search, not to what it found. */

/** What one facet of a document must be. Of a facet with several values, one of them has to fit. */
export type Condition =
  | { facet: string; equals: string | number }
  | { facet: string; oneOf: readonly (string | number)[] }
  | { facet: string; atLeast: number };

/** All of these must hold. */
export type Filter = readonly Condition[];
