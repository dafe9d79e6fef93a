/** Features of a task: a constant, its category and its words, hashed (Weinberger et al., ICML 2009). */

const CATEGORY_BUCKETS = 32;
const WORD_BUCKETS = 64;
export const FEATURES = 1 + CATEGORY_BUCKETS + WORD_BUCKETS;

/** The features that are not 0, by index. The words together have length 1, as the category has. */
export function featuresOf(category: string, text: string): [index: number, value: number][] {
  const words = new Map<number, number>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    const hash = hashOf(word);
    const bucket = 1 + CATEGORY_BUCKETS + (hash % WORD_BUCKETS);
    // The sign is drawn by the hash too, so that words in one bucket do not add up.
    words.set(bucket, (words.get(bucket) ?? 0) + (hash & 0x10000 ? 1 : -1));
  }
  const length = Math.hypot(...words.values());
  return [
    [0, 1],
    [1 + (hashOf(category) % CATEGORY_BUCKETS), 1],
    ...[...words].flatMap(([index, value]): [number, number][] =>
      value === 0 ? [] : [[index, value / length]],
    ),
  ];
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position++)
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  return hash >>> 0;
}
