/** A text as sentences, freed of what only lays it out or leads to what it says. Pure. */
import { stopWords } from '../../retrieval/stop-words.js';
import { isNegator } from './lexicon.js';
import { isAnnouncement, isChatter, isFinding, isTalk } from './remarks.js';

/** Beginnings of lines that only lay out a list, a quotation or a heading. */
const LAYOUT = /^\s*(?:(?:[-*+•>#]+|\d{1,2}[.)])(?:\s+|$))+/u;
/** A label before what is said, as in `In my experience: …`. */
const LABEL = /^(\p{L}+[- ][-\p{L}' ]{1,40}):\s+(?=[\p{L}[{("'`<])/u;
const SENTENCE_END = /(?<=[.!?…])\s+|\n+|;\s+/u;
/** Where a sentence may end and talk begin: "… - took me a while", "…, and took me a while". */
const TALK_BEGINS = [' - ', ' – ', ' — ', ', and ', ', but ', ', so ', ', ', ' ('];
const AMPERSAND = / & (?=\p{L})/gu;
/** What says under which condition the rest holds. */
const CONDITION =
  /^(?:when|whenever|if|while|unless|until|once|before|after|since|because|as long|without|for|with|in)\b/iu;
/** Share of small words from which a text is prose: English has a third and more, commands and data have few. */
export const PROSE_SHARE = 0.12;

/** The sentences of a text. */
export function sentencesOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .replace(/[‘’]/gu, "'")
      .replaceAll('**', '')
      .replace(/(?<=\w)\(\)/gu, '')
      // Part of a name put in marks of code.
      .replace(/`([^`\s]+)`(?=\.\w)/gu, '$1')
      .replace(/^[ \t]*#{1,6}[ \t]+([^\n]{1,40}?)[ \t]*$/gmu, (line, heading: string) =>
        isChatter(heading) ? `${heading}:` : line,
      )
      // Emphasis of a whole sentence or text; at single words the tokens are freed of it.
      .replace(/(?<=^|\n|[.!?:] )_(?=\p{L})([^\n]* [^\n]*?)_(?=[.!?]?(?:\s|$))/gu, '$1')
      .replace(/(?<=^|\n\n)_(?=\S)(.* .*)_(?=[.!?]?\s*$)/su, '$1')
      // A line that goes on in the next one; one that is long does so whatever that begins with.
      .replace(/(?<![.!?:;…\n])\n[ \t]*(?=\p{Ll})/gu, ' ')
      .replace(/(?<=[^\n]{30}[^.!?:;…\n])\n[ \t]*(?=[\p{L}\p{N}"'(`])(?!\d{1,2}[.)]\s)/gu, ' ')
      .split('\n')
      .map((line) => line.replace(LAYOUT, '').replace(/\s+/gu, ' '))
      .join('\n')
      .split(SENTENCE_END)
      .flatMap((sentence) => partsOf(sentence.trim()))
      .map((sentence) =>
        sentence.includes(' & ') && isProse(sentence) ? sentence.replace(AMPERSAND, ' and ') : sentence,
      )
      .filter((sentence) => sentence.trim() !== '')
  );
}

/** A sentence, and what of talk is joined to it, each by itself. */
function partsOf(sentence: string): string[] {
  const from = talkEnds(sentence);
  if (from > 0)
    return [
      sentence.slice(0, from).trimEnd().replace(/,$/u, '.'),
      ...partsOf(sentence.slice(from).replace(LAYOUT, '')),
    ];
  for (const mark of TALK_BEGINS) {
    const at = sentence.lastIndexOf(mark);
    if (at > 0 && isTalk(sentence.slice(at + mark.length)))
      return [...partsOf(sentence.slice(0, at)), sentence.slice(at + mark.length)];
  }
  return sentence.replace(LABEL, '$1\n').split('\n');
}

/** Where what a sentence says begins after talk: "In short: …", "As far as I remember, …"; 0 where it begins at once. */
function talkEnds(sentence: string): number {
  const [label = ''] = /^[^:]{3,60}:\s+/u.exec(sentence) ?? [];
  if (label !== '' && isAnnouncement(label.trimEnd())) return label.length;
  const [lead = ''] = /^[^:,]{3,60},\s+/u.exec(sentence) ?? [];
  return lead !== '' && !CONDITION.test(lead) && isTalk(lead.trimEnd()) ? lead.length : 0;
}

/** What only leads to what is said: "I noticed that", "be aware that". */
const LEAD =
  /^(?:(?:just|please|also|so|and|but) )*(?:I|we|you|they|people|be|mind|note|notice|remember|know|a|one|it)?\b ?(?:\p{L}+ ){0,3}?(?:noticed|found|saw|see|seen|know|known|learned|learnt|realised|realized|observed|confirmed|discovered|heard|aware|mind|note|notice|noted|remember|reminder|hint|tip|seems|appears) that (?=\p{L})/iu;

/** A sentence without what leads to it, and without a label that says nothing: "Summary: …". */
export function withoutLead(sentence: string): string {
  const [label = ''] = /^[\p{L}; -]{2,30}:\s+(?=\S)/u.exec(sentence) ?? [];
  const plain = label !== '' && isChatter(label) ? sentence.slice(label.length) : sentence;
  const [found = '', finding = ''] = /^(\p{L}+(?: \p{L}+){1,3}) that (?=\p{L})/u.exec(plain) ?? [];
  if (finding !== '' && isFinding(finding)) return plain.slice(found.length);
  const [lead = ''] = LEAD.exec(plain) ?? [];
  return lead.split(' ').some((word) => isNegator(word.toLowerCase())) ? plain : plain.slice(lead.length);
}

/** The operators between what code works on, sorted. */
export const operatorsOf = (sentences: readonly string[]): string =>
  (sentences.join(' ').match(/[=!<>+*%&|]=|(?<=\S )[<>+*%&|](?= \S)|=/gu) ?? []).sort().join(' ');

/** Whether enough of a sentence's words are small ones. */
export function isProse(sentence: string): boolean {
  const words = sentence.toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.filter((word) => stopWords.has(word)).length >= PROSE_SHARE * words.length;
}
