/** The limits by which texts say the same. */
export const LIKENESS = {
  /** Terms that only one of the two has, as a share of its terms: it says more, not something else. */
  addition: 0.25,
  /** The same where the cosine is at least `close`. */
  closeAddition: 0.4,
  close: 0.85,
  /** The same where it is a remark: a word of the one who wrote it. And the terms that a remark has, at most. */
  remark: 0.45,
  longestRemark: 8,
  /** Cosine below which nothing is the same, whatever the words. */
  far: 0.6,
  /** Of a contradiction: terms that each may have alone, as a share of the shorter one's. */
  contradictionRest: 0.2,
  /** Of a contradiction that is no prose: terms that are the same on both sides, at least. */
  sameAround: 10,
} as const;
