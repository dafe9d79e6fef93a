/**
 * More rewordings by which the comparison was mended: by lists of words that others keep, and as colleagues retell a
 * thing. Pure.
 */
import type { Draw } from './knowledge-draw.js';
import { byTable, eachWord, type Rewording } from './knowledge-rewording.js';

/**
 * Words of offices and the simple words for them, after the list of plain words of plainlanguage.gov; without those
 * of which one stands for the other only at times.
 */
const PLAIN_WORDS =
  `allocate assign, anticipate expect, appropriate proper, assist help, assistance help, attempt try,
  attempted tried, commence start, commences starts, concerning about, consequently so, demonstrate show,
  demonstrates shows, eliminate remove, eliminates removes, employ use, employs uses, ensure guarantee, expedite hasten,
  facilitate ease, feasible workable, finalize finish, furnish give, furnishes gives, identical same, indicate show,
  indicates shows, initial first, initiate start, locate find, located found, maintain keep, maintains keeps,
  minimize decrease, modify change, modified changed, modifies changes, numerous many, obtain get, obtained got,
  optimum best, portion part, possess have, purchase buy, regarding about, remain stay, remains stays, require need,
  requires needs, required needed, retain keep, retains keeps, selection choice, subsequent later, subsequently later,
  substantial large, sufficient enough, terminate end, transmit send, utilize use, utilizes uses, validate confirm,
  verify check, verifies checks, viable workable`
    .split(',')
    .map((pair) => pair.trim().split(/\s+/u) as [string, string]);
/** Of these, the simple words that the other one may stand for in turn. */
const SIMPLE: ReadonlySet<string> = new Set(
  'shows removes starts gives found keeps changed changes got buy stays needs needed uses checks try many'.split(
    ' ',
  ),
);
const PLAIN = new Map<string, string[]>(PLAIN_WORDS.map(([office, plain]) => [office, [plain]]));
for (const [office, plain] of PLAIN_WORDS)
  if (SIMPLE.has(plain)) PLAIN.set(plain, [...(PLAIN.get(plain) ?? []), office]);

/** Right and wrong spellings, after the list of common misspellings that Wikipedia keeps. */
const MISSPELT = new Map(
  `absence absense, acceptable acceptible, accidentally accidently, accommodate accomodate, achieve acheive,
  address adress, already allready, appearance appearence, apparent apparant, argument arguement,
  available availible, because becuase, before befor, beginning begining, believe beleive, between beetween,
  business buisness, cancel cancell, cannot cannnot, changes chnages, committed commited, completely completly,
  connection conection, consistent consistant, correct corect, customer cusotmer, definitely definately,
  dependency dependancy, description desciption, different diffrent, directory direcotry, display dispaly,
  environment enviroment, error eror, existence existance, explicitly explicitely, failed faild, file flie,
  finally finaly, following folowing, function fucntion, immediately immediatly, implementation implemenation,
  independent independant, information infomation, initial intial, instance instace, language langauge,
  length lenght, message mesage, necessary neccessary, number numebr, object objcet, occasion occassion,
  occurred occured, occurrence occurence, option opiton, original orginal, output ouput, parameter paramter,
  particular particlar, passenger passanger, payment payement, permanent permanant, possible possable,
  preferred prefered, previous previuos, probably probaly, process proces, properly properely, receive recieve,
  recommend recomend, reference refrence, refund refnud, request reqeust, required requierd, reservation resevation,
  result reuslt, return retrun, separate seperate, should shoudl, similar similiar, specific specfic,
  successful succesful, successfully succesfully, support suppport, system sytem, their thier, through thorugh,
  transaction transacton, transfer tranfer, until untill, update udpate, usually usualy, value vaule,
  version verison, weird wierd, which wich, without withuot, written writen`
    .split(',')
    .map((pair) => pair.trim().split(' ') as [string, string]),
);

const misspell: Rewording = (text, draw) => {
  let left = 1 + draw.below(2);
  return eachWord(text, (word) => {
    const wrong = MISSPELT.get(word);
    if (wrong === undefined || left === 0 || draw.share() < 0.4) return null;
    left -= 1;
    return wrong;
  });
};

/** Another letter gets in between, as a finger hits two keys at once. */
const slip: Rewording = (text, draw) => {
  let done = false;
  return eachWord(text, (word) => {
    if (done || word.length < 6 || word !== word.toLowerCase() || draw.share() > 0.3) return null;
    done = true;
    const at = 2 + draw.below(word.length - 3);
    return word.slice(0, at) + 'aeiorst'.charAt(draw.below(7)) + word.slice(at);
  });
};

const START = String.raw`(^|[.!?]\s+)`;
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const unlessSame = (text: string, result: string): string | null => (result === text ? null : result);

/** "In the file, set it." as "Set it in the file.", or back. */
const moveAdverbial: Rewording = (text) =>
  unlessSame(
    text,
    text
      .replace(
        new RegExp(
          `${START}((?:In|For|With|At|On) [a-z][^.,;:!?()\\n]{3,50}), (?!and |or |but )([a-z][^.,;:!?\\n]{8,100})(?=[.!?](?:\\s|$))`,
          'gu',
        ),
        (_, start: string, adverbial: string, main: string) =>
          `${start}\u0000${upper(main)} ${lower(adverbial)}`,
      )
      .replace(
        new RegExp(
          `${START}(?!\\u0000)([A-Z][a-z]+ [^.,;:!?()\\n]{5,80}?) ((?:in|for|with|on) the [a-z]+(?: [a-z]+)?)(?=[.!?](?:\\s|$))`,
          'gu',
        ),
        (_, start: string, main: string, adverbial: string) => `${start}${upper(adverbial)}, ${lower(main)}`,
      )
      .replaceAll('\u0000', ''),
  );

const PARTICIPLES: Readonly<Record<string, string>> = {
  keeps: 'kept', reads: 'read', writes: 'written', holds: 'held', takes: 'taken', gives: 'given', sends: 'sent',
  uses: 'used', checks: 'checked', returns: 'returned', contains: 'contained', updates: 'updated', calls: 'called',
  needs: 'needed', requires: 'required', handles: 'handled', removes: 'removed', creates: 'created',
  fixes: 'fixed', changes: 'changed', prints: 'printed', starts: 'started', stops: 'stopped', raises: 'raised',
}; // biome-ignore format: a table

/** "The worker reads the file." as "The file is read by the worker." */
const passive: Rewording = (text) =>
  unlessSame(
    text,
    text.replace(
      new RegExp(
        `${START}((?:The|A|An|Each|Every) [a-z]+(?: [a-z]+)?) (${Object.keys(PARTICIPLES).join('|')}) ((?:the|a|an|its|all) [a-z]+(?: [a-z]+)?)(?=[.!?](?:\\s|$))`,
        'gu',
      ),
      (_, start: string, doer: string, verb: string, object: string) =>
        `${start}${upper(object)} ${object.startsWith('all ') ? 'are' : 'is'} ${PARTICIPLES[verb]} by ${lower(doer)}`,
    ),
  );

const FILLING = ['actually', 'basically', 'simply', 'of course', 'in fact', 'generally speaking'];

/** Words that fill, after a verb that helps or at the beginning. */
const fill: Rewording = (text, draw) => {
  const word = draw.one(FILLING);
  const result = text.replace(
    /\b(is|are|was|were|can|should|will|must) (?=[a-z]{3,}\b)(?!not\b)/u,
    `$1 ${word} `,
  );
  if (result !== text) return result;
  return unlessSame(
    text,
    text.replace(/^([A-Z])(?=[a-z]* [a-z])/u, (letter) => `${upper(word)}, ${letter.toLowerCase()}`),
  );
};

const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?])\s+(?=[A-Z])/u);

const emphasise: Rewording = (text, draw) => {
  const how = draw.below(3);
  if (how === 0)
    return text
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n');
  if (how === 1) return `_${text.replace(/([.!?]?)$/u, '_$1')}`;
  let done = false;
  return eachWord(text, (word) => {
    if (done || word.length < 5 || draw.share() > 0.3) return null;
    done = true;
    return `**${word}**`;
  });
};

const bullets: Rewording = (text, draw) => {
  const parts = sentencesOf(text);
  if (parts.length < 2) return null;
  const marks = draw.one<(at: number) => string>([() => '* ', (at) => `${at + 1}) `, () => '• ']);
  return parts.map((part, at) => marks(at) + part).join('\n');
};

const BEFORE = [
  'Just so you know:',
  'Something I ran into today:',
  'For anyone who hits this:',
  'My take on it:',
];
const AFTER = [
  'Cost me half the afternoon.',
  'Works like a charm.',
  'Thought I would share this.',
  'Others on the team saw it as well.',
  '(Learned the hard way.)',
];

const remark: Rewording = (text, draw) =>
  draw.share() < 0.5
    ? `${draw.one(BEFORE)} ${text}`
    : `${text.replace(/([^.!?])$/u, '$1.')} ${draw.one(AFTER)}`;

/** The sentence's first letters small, as people type in a chat. */
const chat: Rewording = (text) =>
  unlessSame(
    text,
    text.replace(
      new RegExp(`${START}([A-Z])(?=[a-z]*[ ,])`, 'gu'),
      (_, start: string, letter: string) => start + letter.toLowerCase(),
    ),
  );

/** Two clauses as two sentences. */
const split: Rewording = (text) =>
  unlessSame(
    text,
    text.replace(
      /, (and|but) (it|they|you|we|there) (?=[a-z])/u,
      (_, how: string, subject: string) => `. ${how === 'but' ? `However, ${subject}` : upper(subject)} `,
    ),
  );

/** Two short sentences as one. */
const merge: Rewording = (text) => {
  const parts = sentencesOf(text);
  const at = parts.findIndex((part, index) => {
    const next = parts[index + 1];
    return (
      /^[A-Z][a-z]+ [^:;()]{5,80}\.$/u.test(part) &&
      next !== undefined &&
      /^[A-Z][a-z]+ [^:;()]{5,80}[.!?]$/u.test(next)
    );
  });
  const [one, other] = [parts[at], parts[at + 1]];
  if (at < 0 || one === undefined || other === undefined) return null;
  return [...parts.slice(0, at), `${one.slice(0, -1)}, and ${lower(other)}`, ...parts.slice(at + 2)].join(
    ' ',
  );
};

const blanks: Rewording = (text, draw: Draw) =>
  draw.share() < 0.5
    ? text.replace(/\n/gu, '\n\n').replace(/([.!?]) (?=[A-Z])/gu, '$1\n\n')
    : `  ${text.replace(/(?<=\S) (?=\S)/gu, () => (draw.share() < 0.1 ? '\t' : ' '))}  \n`;

/** All of them. */
export const retold: Readonly<Record<string, Rewording>> = {
  'plain words': byTable(PLAIN, 0.6),
  'common misspellings': misspell,
  'a key too many': slip,
  'adverbial moved': moveAdverbial,
  'voice turned': passive,
  'filled up': fill,
  emphasised: emphasise,
  'bullet points': bullets,
  'remark around': remark,
  'as in a chat': chat,
  'sentence split': split,
  'sentences merged': merge,
  'blank lines and tabs': blanks,
};

/** Those that only lay a text out. */
export const retoldLayouts: ReadonlySet<string> = new Set([
  'emphasised',
  'bullet points',
  'blank lines and tabs',
]);
