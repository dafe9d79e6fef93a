/** Whether the small words between the words of two texts say something else. Pure. */
import type { Reading, Said } from './reading.js';

/** Prepositions of which one says something else than those on the other side of the bar. */
const CONTRASTING: readonly (readonly [ReadonlySet<string>, ReadonlySet<string>])[] = `
from | to into onto for
by | to into onto
over | under
for with | against
`
  .trim()
  .split('\n')
  .map((line) => {
    const [one = '', other = ''] = line.split('|');
    return [new Set(one.trim().split(' ')), new Set(other.trim().split(' '))];
  });

const areContrasting = (one: string, other: string): boolean =>
  CONTRASTING.some(([a, b]) => (a.has(one) && b.has(other)) || (b.has(one) && a.has(other)));

/**
 * What stands between other small words in the two texts: "from the cache" and "to the cache", "the log of the task"
 * and "the task of the log", "only the owner may" and "the owner may only". Null where nothing does.
 */
export function otherLink(one: Reading, other: Reading): string | null {
  const [ours, theirs] = [linksOf(one), linksOf(other)];
  for (const [term, { prepositions, narrowing }] of ours.terms) {
    const found = theirs.terms.get(term);
    if (found === undefined) continue;
    const [ourLink, ...more] = prepositions;
    const [theirLink, ...further] = found.prepositions;
    if (ourLink !== undefined && theirLink !== undefined && more.length + further.length === 0)
      if (areContrasting(ourLink, theirLink))
        return `"${ourLink}" in one of them is "${theirLink}" in the other`;
    if (narrowing.join(' ') !== found.narrowing.join(' '))
      return `"${[...narrowing, ...found.narrowing][0]}" narrows something else`;
  }
  for (const link of ours.between) {
    const turned = turnedOf(link);
    if (theirs.between.has(turned) && !theirs.between.has(link) && !ours.between.has(turned))
      return `what stands around "${link.split('\n')[1]}" has changed places`;
  }
  return null;
}

/** A word that one of the texts says twice in a row, where the other may have another one in its place. */
export function repeatedWord(one: Reading, other: Reading): string | null {
  const [ours, theirs] = [repeatedIn(one), repeatedIn(other)];
  return [...ours].find((word) => !theirs.has(word)) ?? [...theirs].find((word) => !ours.has(word)) ?? null;
}

const repeatedIn = ({ said }: Reading): ReadonlySet<string> =>
  new Set(
    said.flatMap(({ word, clause }, at) =>
      said[at - 1]?.word === word && said[at - 1]?.clause === clause ? [word] : [],
    ),
  );

const turnedOf = (link: string): string => link.split('\n').toReversed().join('\n');

interface Links {
  /** By term: the prepositions that it stands after, and what narrows it; both each once, in order. */
  terms: Map<string, { prepositions: string[]; narrowing: string[] }>;
  /** Two terms and the preposition between them. */
  between: Set<string>;
}

function linksOf({ said }: Reading): Links {
  const links: Links = { terms: new Map(), between: new Set() };
  let last: Said | undefined;
  for (const each of said) {
    const found = links.terms.get(each.term) ?? { prepositions: [], narrowing: [] };
    add(found.prepositions, each.link);
    add(found.narrowing, each.narrowing);
    links.terms.set(each.term, found);
    const isBetween = each.link !== '' && last?.clause === each.clause && last.term !== each.term;
    if (isBetween && last !== undefined) links.between.add(`${last.term}\n${each.link}\n${each.term}`);
    last = each;
  }
  return links;
}

function add(words: string[], word: string): void {
  if (word === '' || words.includes(word)) return;
  words.push(word);
  words.sort();
}
