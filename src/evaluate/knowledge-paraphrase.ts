/**
 * Other wordings of a text that say the same: what near-duplicates are planted with. It knows nothing of how items are
 * compared. Pure.
 */
import { byTable, eachWord, type Rewording, tableOf } from './knowledge-rewording.js';

/** Plain words, which may be misspelt. */
const LETTERS = /^[a-z]+$/u;

const FAMILIAR = tableOf(`
fix repair
use utilize
error failure
show display
create build
change modify
check verify
find locate
run execute
begin start
choose select
quickly rapidly
important essential
help assist
needs requires
keeps retains
gives provides
folder directory
fetch retrieve
several multiple
purchase buy
usually normally
`);

const COMMON = tableOf(`
proposed suggested
understand grasp
currently presently
available obtainable
additional extra
prefer favour
total overall
provide furnish
following subsequent
similar comparable
details particulars
information data
happens occurs
assist support
request ask
confirm affirm
directory folder
because as
obvious evident
correctly properly
entire whole
reads scans
writes records
means signifies
holds contains
`);

/** Words that were picked when the comparison was first done. */
const LATE = tableOf(`
attempt try
obtain get
halt stop
examine inspect
mistake error
result outcome
necessary needed
finish complete
remaining leftover
initial first
various different
specify state
suitable appropriate
previous earlier
immediately instantly
wish want
assistance help
booking reservation
price cost
proceed continue
regarding concerning
options choices
successfully properly
cheapest lowest
`);

const sentences = (text: string): string[] => text.split(/(?<=[.!?])\s+(?=[A-Z])/u);

const addition =
  (before: readonly string[], after: readonly string[]): Rewording =>
  (text, draw) =>
    draw.share() < 0.5 && before.length > 0
      ? `${draw.one(before)} ${text}`
      : `${text}${/[.!?]$/u.test(text) ? '' : '.'} ${draw.one(after)}`;

/** One letter pair changes places, a letter is doubled or left out, in one or two longer words. */
const misspell: Rewording = (text, draw) => {
  let left = 1 + draw.below(2);
  return eachWord(text, (word) => {
    if (left === 0 || word.length < 7 || !LETTERS.test(word) || draw.share() > 0.25) return null;
    left -= 1;
    const at = 1 + draw.below(word.length - 3);
    const how = draw.below(3);
    if (how === 0) return word.slice(0, at) + word.slice(at + 1);
    if (how === 1) return word.slice(0, at) + word.charAt(at) + word.slice(at);
    return word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
  });
};

const reorder: Rewording = (text) => {
  const parts = sentences(text);
  if (parts.length < 2) return null;
  const [first = '', ...rest] = parts;
  return [...rest, first].join(' ');
};

const frontClause: Rewording = (text) => {
  const result = text.replace(
    /(^|[.!?]\s+)([A-Z][^.,;:!?\n]{10,80}?)\s+((?:when|if|after|before|because|while)\s[^.,;:!?\n]{8,80})(?=[.!?])/gu,
    (_, start: string, main: string, clause: string) =>
      `${start}${clause.charAt(0).toUpperCase()}${clause.slice(1)}, ${main.charAt(0).toLowerCase()}${main.slice(1)}`,
  );
  return result === text ? null : result;
};

const layOut: Rewording = (text, draw) => {
  const parts = sentences(text);
  const how = draw.below(3);
  if (how === 0) return parts.map((part) => `- ${part}`).join('\n');
  if (how === 1) return parts.map((part, at) => `${at + 1}. ${part}`).join('\n');
  return `**${parts[0] ?? ''}** ${parts.slice(1).join(' ')}`.trim();
};

const respace: Rewording = (text) => {
  const result = text.replace(/ /gu, '  ').replace(/([.!?])(\s|$)/gu, '$1\n');
  return result === text ? null : result.trim();
};

const contract: Rewording = (text) => {
  const result = text
    .replace(/\b(do|does|did|is|are|was|were|has|have|should|would|could) not\b/giu, "$1n't")
    .replace(/\bcannot\b/giu, "can't");
  return result === text ? null : result;
};

const passive: Rewording = (text) => {
  let changed = false;
  const result = text.replace(
    /(^|[.!?]\s+)(Use|Check|Add|Remove|Open|Confirm|Provide|Install|Update|Restart|Set) (the [a-z]+(?: [a-z]+)?)(?=[.,]| (?:to|for|in|before|after|when)\b)/gu,
    (_, start: string, verb: string, object: string) => {
      changed = true;
      return `${start}T${object.slice(1)} should be ${participle(verb.toLowerCase())}`;
    },
  );
  return changed ? result : null;
};

const participle = (verb: string): string =>
  verb === 'set' ? 'set' : verb.endsWith('e') ? `${verb}d` : `${verb}ed`;

const telegraphic: Rewording = (text) => {
  const result = text.replace(/\b(?:the|an?) (?=[a-z])/gu, '');
  return result === text ? null : result;
};

const quote: Rewording = (text, draw) => {
  const words = [...new Set(text.match(/\b[a-z]+_[a-z_]+\b|\b\w+\.(?:py|js|ts|md)\b/gu) ?? [])];
  if (words.length === 0) return null;
  const word = draw.one(words);
  return text.replace(
    new RegExp(`(?<![\\w./\`-])${word.replaceAll('.', '\\.')}(?![\\w/\`-])`, 'gu'),
    `\`${word}\``,
  );
};

const shout: Rewording = (text) => {
  const parts = sentences(text);
  const [first = '', ...rest] = parts;
  return /[a-z]/u.test(first) && first.split(' ').length > 3
    ? `${first}!\n\n${rest.join(' ')}`.replace('.!', '!')
    : null;
};

/** A letter of one longer word is replaced by one beside it on the keyboard. */
const strike: Rewording = (text, draw) => {
  let done = false;
  return eachWord(text, (word) => {
    if (done || word.length < 8 || !LETTERS.test(word) || draw.share() > 0.3) return null;
    done = true;
    const at = 2 + draw.below(word.length - 4);
    const beside = 'qwertyuiopasdfghjklzxcvbnm'.indexOf(word.charAt(at));
    return word.slice(0, at) + 'wertyuioopsdfghjkklxcvbnmm'.charAt(beside) + word.slice(at + 1);
  });
};

const wrap: Rewording = (text) => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length > 44) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.length < 2 ? null : lines.join('\n');
};

const join: Rewording = (text) => {
  const result = text.replace(/\.\s+([A-Z])(?=[a-z])/u, (_, letter: string) => `; ${letter.toLowerCase()}`);
  return result === text ? null : result;
};

const typeset: Rewording = (text) => {
  const result = text
    .replaceAll("'", '’')
    .replaceAll(' - ', ' – ')
    .replace(/"([^"]*)"/gu, '“$1”');
  return result === text ? null : result;
};

const politely: Rewording = (text) => {
  const result = text.replace(
    /(^|[.!?]\s+)(Use|Check|Add|Provide|Choose|Confirm|Let|Try|Set|Run|Make|Keep)(?= )/u,
    (_, start: string, verb: string) => `${start}Please ${verb.toLowerCase()}`,
  );
  return result === text ? null : result;
};

const lowerCase: Rewording = (text) => (/[A-Z]/u.test(text) ? text.toLowerCase() : null);

/** Rewordings by which the limits of the comparison were chosen. */
export const familiar: Readonly<Record<string, Rewording>> = {
  synonyms: byTable(FAMILIAR, 0.7),
  'other synonyms': byTable(COMMON, 0.6),
  'typing errors': misspell,
  'something added': addition(
    ['Note:', 'Please note that', 'Remember:', 'In my experience:', 'Worth knowing:'],
    ['This was seen again.', 'Keep it in mind.', 'Confirmed by my own run.', 'Same thing happened to me.'],
  ),
  'sentences in another order': reorder,
  'clause in front': frontClause,
  contractions: contract,
  'passive voice': passive,
  'without articles': telegraphic,
  'code quoted': quote,
  'as a list': layOut,
  'other spacing': respace,
  'as a heading': shout,
  'late synonyms': byTable(LATE, 0.6),
  'letter replaced': strike,
  'remark added': addition(
    ['Heads-up:', 'For the record:', 'Quick tip:'],
    ['That did it for us.', 'Took me a while to notice.', 'See above.', 'Cheers!'],
  ),
  'sentences joined': join,
  'typeset marks': typeset,
  politely,
  'small letters': lowerCase,
  'lines broken': wrap,
};

/** Kinds that only lay a text out. */
export const layouts: ReadonlySet<string> = new Set([
  'as a list',
  'other spacing',
  'as a heading',
  'lines broken',
]);
