/** What people say around a matter, and not of it: greetings, thanks, how they came to it. Pure. */
import { stopWords } from '../../retrieval/stop-words.js';
import { chatter, fillers, isNegator } from './lexicon.js';
import { areMisspelt } from './misspelt.js';

/** Who speaks of oneself or to others, and not of the matter. */
const PERSONAL =
  /\b(?:I|me|my|mine|myself|we|us|our|ours|everyone|everybody|anyone|anybody|someone|somebody|others|folks|guys|team)\b/u;

const list = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/u));

/** By these a sentence is of people, or of how something pleased them. */
const MARKS =
  list(`i me my mine myself we us our ours everyone everybody anyone anybody someone somebody whoever others
  folks guys team mate mates friend friends colleague colleagues thanks thank kudos props credit cheers hope hoping glad
  happy pleased sorry grateful welcome enjoy charm lifesaver treat gem ping shout curious`);

/** By these what stands before a colon only announces what follows. */
const ANNOUNCING = list(
  'tip hint note notes record reference story fact question reminder heads summary update aside thought case todo nb ps',
);

/** Other words of such sentences. They may tell what was met or felt, but no thing of the matter. */
const TALK =
  list(`appreciate appreciated love loved like liked wish wished think thought guess guessed believe suppose
  reckon wonder wondered feel felt figure figured remember remembered recall forget forgot realise realised realize realized
  learn learned learnt found noticed noted saw seen heard watched discovered stumbled bumped bumping came come across hit hits ran run running into met meet meets
  happened bite bites bitten bit spend spent lose lost waste wasted take taken took cost costs save saved saves saving
  struggle struggled scratched scratching head hair hard easy way ways crazy mad explain explained tell told say said share
  shared sharing mention mentioned post posted posting write wrote writing left leave passing pass ask asked asks answer
  answered discuss talk use used using uses try tried trying work worked works solved solve fixed sorted trick helped
  helping helpful useful handy neat nice great good cool awesome brilliant perfect fine interesting funny weird strange odd
  surprising surprised magic dream day days hour hours minute minutes second seconds week weeks month months year
  years morning afternoon evening night today yesterday tonight lately recently once twice times ages long often lot lots
  half couple few little whole some all every each two three four five first last next later person people
  problem problems issue issues trouble question questions detail details comment comments feedback idea ideas luck case
  sake story record lesson lessons thing things stuff elsewhere thread link channel more further something
  anything everything other interested need wants want care wondering stuck search searching looking look looked
  get got gets give gave make made go goes went keep kept know knows knew known just even really pretty super totally
  probably maybe perhaps possibly far before after quick quickly reader readers since ago right away finally might may time
  in out over up down off around`);

/** Verbs that, at the beginning, ask for something to be done: that is of the matter. */
const ASKING =
  list(`ask tell call give show send use share save try run find check keep help explain write read work
  look take follow wait spend do be make pass leave mention post answer discuss search get go need want learn
  remember forget hit meet lose waste solve like love think feel say`);

/** First words by which it is of its writer, who is left out: "Took a while." */
const TELLING = list('took cost saved learned learnt might');

/** Verbs by which something is promised, asked for or allowed. */
const BINDING = list('will shall should must can could would cannot wont');

/** Turns that stand for a word of one's own, and those that stand for nothing. */
const FRAMES =
  /\b(?:thought (?:i|we)(?: would|['’]d)|(?:i|we)(?: would|['’]d) like to (?:thank|say)|long story short|so you know|hard way)\b/giu;
const FILLED = /\b(?:of course|in fact|in general|generally speaking|as usual|to be honest|by the way)\b/giu;
/** Signs that stand in what is no talk: questions, code, data, paths. */
const NO_TALK = /[?{}[\]=<>_`$#@\\/|*+"“”«»]|\p{N}|\p{L}[.:]\p{L}/u;
/** Marks around it that are not looked at. */
const AROUND = /^[\s(*'’~"“”]+|[\s)*'’~.!…:,"“”]+$/gu;
const NOT = /n['’]t\b/giu;
const WILL = /['’]ll\b/giu;
const SHORT_FORMS = /['’](?:s|m|re|ve|d)\b/giu;
/** Words and characters that it has, at most. */
const LONGEST_TALK = 14;
const MOST_CHARS = 120;
/** Letters from which a word may be taken for one of talk misspelt. */
const LEAST_LETTERS = 5;
const SPELT = [...MARKS, ...TALK];

/**
 * Whether a sentence is talk: it speaks of its writer or its readers, in such words alone, and denies, promises and asks
 * for nothing. "Cost me half the afternoon." With it a text says no more than without.
 */
export function isTalk(sentence: string): boolean {
  if (sentence.endsWith(':') && isAnnouncement(sentence)) return true;
  const words = talkWords(sentence);
  const [first = '', second = ''] = words;
  if (words.length < 2 || (ASKING.has(first) && !(first === 'let' && second === 'me'))) return false;
  return words.some((word) => MARKS.has(word)) || TELLING.has(first);
}

/** Whether what stands before a colon only announces what follows: "Quick tip". */
export function isAnnouncement(label: string): boolean {
  return isChatter(label) || talkWords(label).some((word) => MARKS.has(word) || ANNOUNCING.has(word));
}

/** Whether what leads up to "that" tells only who found it: "I noticed". */
export const isFinding = (lead: string): boolean =>
  /^(?:i|we) /iu.test(lead) &&
  !/\b(?:hope|wish|want|like|ask|need)/iu.test(lead) &&
  talkWords(lead).length > 1;

/** The words of a sentence that has no others than those of talk; none where it has. */
function talkWords(sentence: string): string[] {
  if (sentence.length > MOST_CHARS) return [];
  const plain = sentence.replace(AROUND, '');
  if (NO_TALK.test(plain)) return [];
  const words = plain
    .replace(FILLED, '')
    .replace(FRAMES, 'me')
    .replace(NOT, ' not')
    .replace(WILL, ' will')
    .replace(SHORT_FORMS, '')
    .toLowerCase()
    .match(/\p{L}+/gu);
  if (words === null || words.length > LONGEST_TALK) return [];
  const unknown: string[] = [];
  for (const word of words) {
    if (isNegator(word) || BINDING.has(word)) return [];
    if (!isOfTalk(word) && unknown.push(word) > 1) return [];
  }
  return unknown.every(isMisspeltTalk) ? words : [];
}

const isOfTalk = (word: string): boolean =>
  TALK.has(word) || MARKS.has(word) || stopWords.has(word) || chatter.has(word) || fillers.has(word);

const isMisspeltTalk = (word: string): boolean =>
  word.length >= LEAST_LETTERS && SPELT.some((each) => areMisspelt(word, each));

/** Words of a sentence that is a remark, at most. */
const LONGEST_REMARK = 12;

/** Whether a sentence tells of the one who wrote it, or calls out: a word on the matter, not of it. */
export const isRemark = (sentence: string): boolean =>
  sentence.split(' ').length <= LONGEST_REMARK &&
  (PERSONAL.test(sentence) ||
    (/^\p{L}[\p{L}' -]*[!:]?$/u.test(sentence.replace(/!+$/u, '')) && sentence.split(' ').length <= 4));

/** Whether a sentence says nothing of the matter: "Hope that helps." */
export function isChatter(sentence: string): boolean {
  const words = sentence.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length > 0 && words.every((word) => isSmall(word.toLowerCase()));
}

const isSmall = (word: string): boolean =>
  stopWords.has(word) ? !isNegator(word) : chatter.has(word) || fillers.has(word);
