/** Whether two words of the same stem are forms of one word: "closes" and "closed", not "author" and "authority". Pure. */
import { irregularForms } from '../../retrieval/irregular-forms.js';

/** What forms of a word end in, after what they have in common. */
const ENDING = /^(?:[a-z]?(?:ed|ing)|[a-z]?en|e?s|e?d|e|y|ies|ied|ying|ys|n|)$/u;

/** Search takes words of one stem for the same, as it should: it asks what a text is about, and not what it claims. */
export function areForms(a: string, b: string): boolean {
  if (a === b) return true;
  const [one, other] = [irregularForms.get(a) ?? a, irregularForms.get(b) ?? b];
  let from = 0;
  while (from < one.length && one[from] === other[from]) from += 1;
  return ENDING.test(one.slice(from)) && ENDING.test(other.slice(from));
}
