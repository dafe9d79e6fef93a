/** Words that one text writes as one and the other as two: "file name" and "filename". Pure. */
import { stemOf } from './lexicon.js';
import type { Matching, Term } from './matching.js';
import type { Reading, Said } from './reading.js';

/** Both texts, with two words in a row put as one where the other has nothing but that for one; null where nothing is so. */
export function joinCompounds(
  one: Reading,
  other: Reading,
  [left, right]: Matching['only'],
): [Reading, Reading] | null {
  const [ours, theirs] = [compoundsOf(right, one), compoundsOf(left, other)];
  return ours.size + theirs.size === 0 ? null : [joined(one, ours), joined(other, theirs)];
}

/** Words of terms whose halves are both words of the other text. */
const compoundsOf = (terms: readonly Term[], { words }: Reading): ReadonlySet<string> =>
  new Set(
    terms
      .flatMap(({ kind, words: own }) => (kind === 'word' ? [...own] : []))
      .filter((word) =>
        Array.from(word).some((_, at) => words.has(word.slice(0, at)) && words.has(word.slice(at))),
      ),
  );

function joined(reading: Reading, compounds: ReadonlySet<string>): Reading {
  if (compounds.size === 0) return reading;
  const said: Said[] = [];
  for (const each of reading.said) {
    const last = said.at(-1);
    const word = `${last?.word}${each.word}`;
    if (last?.clause === each.clause && compounds.has(word))
      said[said.length - 1] = { ...last, word, term: stemOf(word), stem: stemOf(word) };
    else said.push(each);
  }
  return { ...reading, said };
}
