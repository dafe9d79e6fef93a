/** What became of items and of those planted among them. Pure. */
import type { KnowledgeDocument } from '../knowledge/collections.js';
import type { SharedItem } from './knowledge-items.js';
import type { PlantedItem } from './knowledge-planted.js';

/** Some of the planted items, and how many of them were found. */
export interface Share {
  planted: number;
  found: number;
  share: number | null;
}

/** Two items that were merged or marked though neither was planted for it. */
export interface Unplanted {
  a: string;
  b: string;
  /** Of merges: whether the rule says that they are the same. */
  isSame: boolean;
}

export interface KnowledgeFound {
  /** Near-duplicates that were merged with what they were made from. */
  duplicates: Share & { familiar: Share; unfamiliar: Share; byKind: Record<string, Share> };
  /** Contradictions marked on both. */
  contradictions: Share & { byKind: Record<string, Share> };
  /** Planted items that only look alike, and how many of them were merged all the same. */
  lookalikes: { planted: number; merged: number; byKind: Record<string, Share> };
  /** Items drawn, each with the one nearest to it: those that the rule calls distinct, and of them the merged ones. */
  neighbours: { pairs: number; distinct: number; merged: number };
  /** Planted contradictions that were merged. */
  contradictionsMerged: number;
  /** Merges of items that were not planted as duplicates, and those of them that the rule calls distinct. */
  unplantedMerges: { count: number; distinct: number; pairs: Unplanted[] };
  /** Pairs marked that were not planted as contradictions. */
  unplantedMarks: { count: number; pairs: Unplanted[] };
}

/**
 * Reads what was found.
 *
 * @param stored the items, then the planted ones, as they are after consolidation
 */
export function knowledgeFound(
  items: readonly SharedItem[],
  planted: readonly PlantedItem[],
  neighbours: readonly [number, number][],
  stored: readonly KnowledgeDocument[],
): KnowledgeFound {
  const all: readonly SharedItem[] = [...items, ...planted];
  const position = new Map(stored.map(({ id }, at) => [id, at]));
  const rootOf = (at: number): number => {
    const into = stored[at]?.mergedInto;
    return into == null ? at : rootOf(position.get(into) ?? at);
  };
  const areOne = (a: number, b: number): boolean => rootOf(a) === rootOf(b);
  const marks = stored.flatMap((item, at) =>
    (item.contradicts ?? []).map((id): [number, number] => [rootOf(at), rootOf(position.get(id) ?? at)]),
  );
  const marked = new Set(marks.map((pair) => pair.join(' ')));
  const areMarked = (a: number, b: number): boolean =>
    marked.has(`${rootOf(a)} ${rootOf(b)}`) && marked.has(`${rootOf(b)} ${rootOf(a)}`);
  const found = planted.map(({ as, of }, index) => {
    const at = items.length + index;
    return as === 'contradiction' ? areMarked(at, of) : areOne(at, of);
  });
  const shareOf = (fits: (item: PlantedItem) => boolean): Share => {
    const indexes = planted.flatMap((item, index) => (fits(item) ? [index] : []));
    const hits = indexes.filter((index) => found[index]).length;
    return {
      planted: indexes.length,
      found: hits,
      share: indexes.length === 0 ? null : hits / indexes.length,
    };
  };
  const byKind = (as: PlantedItem['as']): Record<string, Share> => {
    const kinds = new Set(planted.filter((item) => item.as === as).flatMap((item) => item.kinds));
    return Object.fromEntries(
      [...kinds].sort().map((kind) => [kind, shareOf((item) => item.as === as && item.kinds.includes(kind))]),
    );
  };
  const originOf = (at: number): number => planted[at - items.length]?.of ?? at;
  const isDuplicate = (at: number): boolean =>
    at < items.length || planted[at - items.length]?.as === 'duplicate';
  const pairOf = (a: number, b: number): Unplanted => ({
    a: textOf(all[a]),
    b: textOf(all[b]),
    isSame: saySame(textOf(all[a]), textOf(all[b])),
  });
  const merges = stored.flatMap((item, at): [number, number][] =>
    item.mergedInto == null ? [] : [[at, position.get(item.mergedInto) ?? at]],
  );
  const unplanted = merges
    .filter(([a, b]) => originOf(a) !== originOf(b) || !isDuplicate(a) || !isDuplicate(b))
    // A duplicate of what is the same as another item is a duplicate of both.
    .map(([a, b]) => [isDuplicate(a) ? originOf(a) : a, isDuplicate(b) ? originOf(b) : b] as const)
    .map(([a, b]) => pairOf(a, b));
  const contradicting = new Set(
    planted.flatMap(({ as, of }, index) =>
      as === 'contradiction' ? [pairKey(rootOf(items.length + index), rootOf(of))] : [],
    ),
  );
  const unplantedMarks = marks.filter(([a, b]) => a < b && !contradicting.has(pairKey(a, b)));
  const distinct = neighbours.filter(([a, b]) => !saySame(textOf(all[a]), textOf(all[b])));
  return {
    duplicates: {
      ...shareOf(({ as }) => as === 'duplicate'),
      familiar: shareOf(({ as, isFamiliar }) => as === 'duplicate' && isFamiliar),
      unfamiliar: shareOf(({ as, isFamiliar }) => as === 'duplicate' && !isFamiliar),
      byKind: byKind('duplicate'),
    },
    contradictions: { ...shareOf(({ as }) => as === 'contradiction'), byKind: byKind('contradiction') },
    lookalikes: {
      planted: shareOf(({ as }) => as === 'lookalike').planted,
      merged: shareOf(({ as }) => as === 'lookalike').found,
      byKind: byKind('lookalike'),
    },
    neighbours: {
      pairs: neighbours.length,
      distinct: distinct.length,
      merged: distinct.filter(([a, b]) => areOne(a, b)).length,
    },
    contradictionsMerged: planted.filter(
      ({ as, of }, index) => as === 'contradiction' && areOne(items.length + index, of),
    ).length,
    unplantedMerges: {
      count: unplanted.length,
      distinct: unplanted.filter(({ isSame }) => !isSame).length,
      pairs: unplanted,
    },
    unplantedMarks: { count: unplantedMarks.length, pairs: unplantedMarks.map(([a, b]) => pairOf(a, b)) },
  };
}

const pairKey = (a: number, b: number): string => [a, b].sort((one, other) => one - other).join(' ');

const textOf = (item: SharedItem | undefined): string => `${item?.title}\n${item?.content}`;

/** Three words in a row in common, as a share of all, from which two texts are the same but for their wording. */
const SAME_WORDING = 0.8;

/**
 * The rule by which merges are checked, which knows nothing of how items are compared: two texts say the same when
 * they have the same numbers and the same small words that deny, and nearly the same words in the same order (Jaccard
 * similarity of three words in a row, in lower case and without marks).
 */
export function saySame(a: string, b: string): boolean {
  const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const [one, other] = [wordsOf(a), wordsOf(b)];
  const only = (words: readonly string[], what: RegExp): string =>
    words
      .filter((word) => what.test(word))
      .sort()
      .join(' ');
  for (const what of [/\p{N}/u, /^(?:not|no|never|without|t)$/u])
    if (only(one, what) !== only(other, what)) return false;
  const [ours, theirs] = [shinglesOf(one), shinglesOf(other)];
  const common = [...ours].filter((shingle) => theirs.has(shingle)).length;
  return common >= SAME_WORDING * (ours.size + theirs.size - common);
}

const shinglesOf = (words: readonly string[]): Set<string> =>
  new Set(
    words.length < 3 ? [words.join(' ')] : words.slice(2).map((_, at) => words.slice(at, at + 3).join(' ')),
  );
