/**
 * What the comparison of items knows of English: words that mean the same, words that mean the opposite, and words
 * that change what a sentence claims. Short on purpose, of general use and that of software, and of no other
 * language: texts in these are compared to the letter. Pure.
 */
import { analyse } from '../../retrieval/analyse.js';

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
choice selection pick
quick fast rapid swift
quickly fast rapidly swiftly
big large huge substantial
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
give provide supply furnish
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
customer client
customer user
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
reason cause
result outcome
speed pace
tell inform notify
delete remove erase drop eliminate
insert add
missing absent lacking
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
first initial
last final
earlier previous prior former
state specify
option choice alternative
different various diverse
want wish desire
need necessary
suitable appropriate proper fitting
suitable fit
remain leftover
remain stay
continue proceed
assist support
reservation booking
correctly properly
successfully properly
prefer favour favor
available obtainable
read scan
mean signify
detail particular
suggest propose recommend advise
cheap inexpensive
cheapest lowest
currently presently
enough sufficient adequate
many numerous
part portion
same identical
obvious evident clear apparent
begin initiate
end terminate
anticipate expect foresee
expedite accelerate hasten speed
facilitate ease
feasible viable workable
finalize finish complete conclude
minimize decrease reduce lessen
optimum best optimal ideal
ensure guarantee
maintain keep
submit send
permit let allow
grant give
allocate assign
demonstrate show reveal indicate
simply merely
forbid prohibit ban
careful cautious
carefully cautiously
danger hazard risk
tool utility
merge combine
split separate
amount quantity
goal aim purpose objective
idea notion concept
note notice observe
explain describe clarify
trip journey
bag baggage luggage
refund reimbursement
phone telephone
email mail
people persons
company firm
colleague coworker
boss manager
stuck hung
hang stall freeze
slow sluggish
immediately instantly promptly
eventually finally ultimately
afterwards later subsequently
almost nearly
completely entirely fully totally wholly
exactly precisely
mainly mostly chiefly primarily
especially particularly
probably likely
therefore consequently
below under beneath
outdated obsolete
unusual uncommon
strange odd weird
common widespread
useful helpful handy
cautious wary
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
  [/\bprior to\b/giu, 'before'],
  [
    /\b(?:it is )?worth (?:noting|mentioning|knowing)(?: that)?\b|\b(?:keep|bear) (?:it |this |that )?in mind(?: that)?\b/giu,
    '',
  ],
  [
    /\b(?:of course|in fact|by the way|in general|generally speaking|as usual|to be honest|needless to say)\b/giu,
    '',
  ],
  [
    /\b(?:as a rule|as a matter of fact|at the end of the day|as far as I (?:know|can tell)|for what it(?: is|['’]s) worth)\b/giu,
    '',
  ],
  [
    /\b(?:it )?turn(?:s|ed) out(?: that)?\b|\bgo ahead and\b|\bfeel free to\b|\b(?:kind|sort) of\b|\bI (?:think|guess|believe)(?: that)?\b/giu,
    '',
  ],
  [/\b(?:it is|it['’]s) (?:necessary|required) to\b|\b(?:have|has|having) to\b/giu, 'must'],
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
  ever indeed quite rather obviously clearly essentially surely definitely literally honestly frankly anyway anyhow kindly
  that which once both per via upon while whenever when because since still already yet`;

/** Words of sentences that only introduce what is said, or thank for it. */
const CHATTER = `summary notes overview tl dr tldr heads tip quick cheers regards greetings hello hi dear sorry ok okay great nice good luck welcome btw imho imo afaik
  above below took while notice did thing hope helps help thanks thank others other same thing things happened happens me myself own seen
  saw see noticed observed confirmed experience worth knowing know came up fyi again too all
  everyone somebody someone future reference recall lesson learned learnt takeaway short summary general case useful`;

/** Words that narrow or weaken what is claimed: with one that the other lacks, two texts do not say the same. */
const QUALIFIERS = `only solely except unless until almost nearly rarely seldom partially partly sometimes barely hardly
  half maybe perhaps possibly optionally nobody nothing none neither nor otherwise`;

/** Words that turn round what the next one says. */
const negators: ReadonlySet<string> = new Set(['not', 'no', 'never', 'without', 'cannot', 'non']);

/** Whether a word, in lower case, turns round what the next one says. */
export const isNegator = (word: string): boolean => negators.has(word);

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

/** Axes by which something is only praised: a remark may have them. */
export const praise: ReadonlySet<number> = new Set(
  list('work success helpful good best').flatMap((word) => poles.get(stemOf(word))?.axis ?? []),
);

const contrasts = new Map<string, Set<number>>();
for (const [number, line] of lines(CONTRASTS).entries())
  for (const word of list(line)) {
    const stem = stemOf(word);
    contrasts.set(stem, (contrasts.get(stem) ?? new Set()).add(number));
  }

function share(one: ReadonlySet<number> | undefined, other: ReadonlySet<number> | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  for (const each of one) if (other.has(each)) return true;
  return false;
}

/** Whether two stems may stand for each other. */
export const areSynonyms = (a: string, b: string): boolean => share(meanings.get(a), meanings.get(b));

/** Whether of two different stems one cannot stand for the other. */
export const areContrasts = (a: string, b: string): boolean => share(contrasts.get(a), contrasts.get(b));

/** Words that share their stem with one that takes a side, and take none: "options" are not "optional". */
const SIDELESS: ReadonlySet<string> = new Set(
  list('option options action actions passing passenger passengers presents'),
);

/** The side that a word takes, by its stem. */
export const poleOf = (stem: string, word: string): Pole | undefined =>
  SIDELESS.has(word) ? undefined : poles.get(stem);

const negating: ReadonlySet<string> = new Set(['un', 'in', 'im', 'ir', 'il', 'dis', 'non', 'mis', 'de']);

/** `un`, `in` … before a word that is there without it. */
export function negatedBy(prefixed: string, plain: string): boolean {
  if (prefixed.length <= plain.length || !prefixed.endsWith(plain) || plain.length < 4) return false;
  return negating.has(prefixed.slice(0, prefixed.length - plain.length));
}

/** A text with its phrases put as single words, and contractions written out. */
export function plainEnglish(text: string): string {
  let plain = text;
  for (const [phrase, word] of PHRASES) plain = plain.replace(phrase, word);
  return plain;
}
