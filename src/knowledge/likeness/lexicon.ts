/**
 * What the comparison of items knows of English: words that mean the same, words that mean the opposite, and words
 * that change what a sentence claims. Short on purpose, of general use and that of software, and of no other
 * language: texts in these are compared to the letter. Pure.
 */
import { analyse } from '../../retrieval/analyse.js';
import { areMisspelt } from './misspelt.js';

/** Each line: words that may stand for each other in instructions and reports. */
const SYNONYMS = `
fix repair mend remedy correct resolve solve
use employ utilize utilise apply adopt
error failure fault problem issue trouble
show display print
create make build generate produce construct
change modify alter adjust edit
update refresh
check verify inspect examine ensure confirm validate
find locate discover spot detect
run execute invoke launch
get obtain retrieve fetch acquire
begin start commence
end finish complete
buy purchase
choose select pick
quick fast rapid swift
quickly fast rapidly swiftly
big large huge
small little tiny
important crucial essential vital
help assist aid
need require
need must
cause trigger provoke
happen occur arise
keep retain preserve
try attempt
wait pause
send transmit dispatch
give provide supply
wrong incorrect erroneous
right correct
empty blank
folder directory
function method
argument parameter
config configuration setting
repo repository
doc documentation docs
database db
app application
directly straight
often frequently
usually normally typically generally
several multiple many
about regarding concerning
because since
whole entire complete
only solely
customer client user
ask request
answer reply respond response
cost price
flight trip
cancel abort
alter change
store save
look search
mistake error
let allow
method approach way technique
worker process
reason cause
result outcome
speed pace
tell inform notify
delete remove erase drop
insert add
missing absent lacking
return yield
write record
hold contain
total overall
additional extra further
information data
similar comparable
following subsequent next
attach append
difficult hard tough
easy simple
`;

/** Each line: words of one pole, a bar, words of the other. Found turned round, what is said is the opposite. */
const ANTONYMS = `
enable activate | disable deactivate
allow permit | forbid prohibit deny block disallow ban
use prefer | avoid
increase raise grow | decrease reduce lower shrink
high | low
work succeed pass | fail break crash
success | failure
true | false
mandatory necessary require | optional unnecessary needless
safe secure | unsafe dangerous insecure risky
fast quick | slow
add | remove
start | stop halt
open | close shut
include | exclude
accept approve | reject refuse decline
show | hide
possible | impossible
lock | unlock
install | uninstall
connect | disconnect
good | bad
best | worst
better | worse
helpful beneficial | harmful
cheap | expensive
more | less fewer
most | least
above | below
early | late
often | rarely seldom
keep | discard
present | missing
trust | distrust
stable | unstable
valid | invalid
correct | incorrect wrong
recommend | discourage
before | after
available | unavailable
`;

/** Each line: words of which one cannot stand for another, though they appear in the same company. */
const CONTRASTS = `
read write
import export
input output
client server
left right
first last
source target
minimum maximum min max
upload download
encode decode
encrypt decrypt
parent child
previous next
local remote
public private
internal external
sync async
synchronous asynchronous
business economy
test production
monday tuesday wednesday thursday friday saturday sunday
january february march april may june july august september october november december
north south east west
red green blue yellow black white
`;

/** What says in several words what one word says, or nothing. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:stay|keep) away from\b|\bsteer clear of\b|\brefrain from\b|\bstop using\b/giu, 'avoid'],
  [/\b(?:instead of|rather than|in place of)\b/giu, 'insteadof'],
  [/\b(?:turn|switch)(?:ed|ing)? on\b/giu, 'enable'],
  [/\b(?:turn|switch)(?:ed|ing)? off\b/giu, 'disable'],
  [/\bno longer\b|\b(?:fail(?:s|ed)?|unable) to\b/giu, 'not'],
  [/\bnot only\b/giu, ''],
  [/\b(?:make|be) sure(?: that| to)?\b/giu, 'ensure'],
  [/\bin order to\b/giu, 'to'],
  [/\b(?:due|owing) to\b|\bbecause of\b/giu, 'because'],
  [/\bas well as\b/giu, 'and'],
  [/\bsoon as\b/giu, 'when'],
  [/\bcan(?:not|['’]?t)\b/giu, 'can not'],
  [/\bwon['’]t\b/giu, 'will not'],
  [/n['’]t\b/giu, ' not'],
  [/['’](?:s|m|re|ve|ll|d)\b/giu, ''],
];

/** Words that say nothing of what is claimed. */
const FILLERS = `also please note just really simply actually basically again here now well hint tip important remember
  reminder fyi must shall let been being each any some then thus therefore hence however moreover furthermore always
  ever indeed quite rather that which once both per via upon while whenever when because since still already yet`;

/** Words of sentences that only introduce what is said, or thank for it. */
const CHATTER = `hope helps help thanks thank others other same thing things happened happens me myself own run runs seen
  saw see noticed observed found confirmed confirm experience worth knowing know keep mind came up fyi again too all
  everyone somebody someone future reference recall lesson learned learnt takeaway short summary general case useful`;

/** Words that narrow or weaken what is claimed: with one that the other lacks, two texts do not say the same. */
const QUALIFIERS = `only solely except unless until almost nearly rarely seldom partially partly sometimes barely hardly
  half maybe perhaps possibly optionally nobody nothing none neither nor otherwise`;

/** Words that turn round what the next one says. */
const negators: ReadonlySet<string> = new Set(['not', 'no', 'never', 'without', 'cannot', 'non']);

/** Whether a word, in lower case, turns round what the next one says; the longer ones misspelt as well. */
export const isNegator = (word: string): boolean =>
  negators.has(word) || areMisspelt(word, 'without') || areMisspelt(word, 'never');

/** Words that put what stands before them and after them in an order; `after` is `before` with its sides changed. */
export const directions: ReadonlySet<string> = new Set([
  'before',
  'after',
  'insteadof',
  'than',
  'to',
  'into',
  'over',
]);
/** Directions of which the other way round is the opposite claim, not only another one. */
export const opposing: ReadonlySet<string> = new Set(['before', 'insteadof', 'than', 'over']);

const list = (words: string): string[] => words.split(/\s+/u).filter((word) => word !== '');
const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

export const fillers: ReadonlySet<string> = new Set(list(FILLERS));
export const chatter: ReadonlySet<string> = new Set(list(CHATTER));
export const qualifiers: ReadonlySet<string> = new Set(list(QUALIFIERS));

/** The stem of a word, as search has it; words without one stay as they are. */
export const stemOf = (word: string): string => analyse(word)[0] ?? word;

/** Meanings that words can stand for, by stem; a word can have several. */
const meanings = new Map<string, Set<number>>();
for (const [number, line] of lines(SYNONYMS).entries())
  for (const word of list(line)) {
    const stem = stemOf(word);
    meanings.set(stem, (meanings.get(stem) ?? new Set()).add(number));
  }

/** A word of two poles: what it is about, and which side it takes. */
export interface Pole {
  axis: number;
  sign: 1 | -1;
}

const poles = new Map<string, Pole>();
for (const [axis, line] of lines(ANTONYMS).entries()) {
  const [positive = '', negative = ''] = line.split('|');
  for (const word of list(positive)) if (!poles.has(stemOf(word))) poles.set(stemOf(word), { axis, sign: 1 });
  for (const word of list(negative))
    if (!poles.has(stemOf(word))) poles.set(stemOf(word), { axis, sign: -1 });
}

const contrasts = new Map<string, Set<number>>();
for (const [number, line] of lines(CONTRASTS).entries())
  for (const word of list(line)) {
    const stem = stemOf(word);
    contrasts.set(stem, (contrasts.get(stem) ?? new Set()).add(number));
  }

const share = (one: ReadonlySet<number> | undefined, other: ReadonlySet<number> | undefined): boolean =>
  one !== undefined && other !== undefined && [...one].some((each) => other.has(each));

/** Whether two stems may stand for each other. */
export const areSynonyms = (a: string, b: string): boolean => share(meanings.get(a), meanings.get(b));

/** Whether of two different stems one cannot stand for the other. */
export const areContrasts = (a: string, b: string): boolean => share(contrasts.get(a), contrasts.get(b));

export const poleOf = (stem: string): Pole | undefined => poles.get(stem);

/** `un`, `in` … before a word that is there without it. */
export function negatedBy(prefixed: string, plain: string): boolean {
  if (prefixed.length <= plain.length || !prefixed.endsWith(plain) || plain.length < 4) return false;
  return ['un', 'in', 'im', 'ir', 'il', 'dis', 'non', 'mis', 'de'].includes(
    prefixed.slice(0, prefixed.length - plain.length),
  );
}

/** A text with its phrases put as single words, and contractions written out. */
export function plainEnglish(text: string): string {
  let plain = text;
  for (const [phrase, word] of PHRASES) plain = plain.replace(phrase, word);
  return plain;
}
