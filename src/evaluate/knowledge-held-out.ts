/**
 * Rewordings that were written when the comparison was all but done. No limit of it was chosen by them; what it knows of
 * remarks, short forms and joined sentences was mended by what they showed. Pure.
 */
import { byTable, eachWord, type Rewording } from './knowledge-rewording.js';

/** Words, and others for them, after the list of alternative words of the Plain English Campaign. */
const ALTERNATIVES = `ceases stops, stops ceases, commencement start, comprises includes,
  includes comprises, endeavour try, erroneous wrong, wrong erroneous, fundamental basic, basic fundamental,
  informs tells, tells informs, notify tell, tell notify, occurred happened, happened occurred, occurs happens,
  happens occurs, particulars details, principal main, main principal, rectify correct, rectified corrected,
  fixed rectified, revised changed, supplementary extra, extra supplementary, supplied given, supplies gives, terminates ends, acquire get, discontinue stop, forwarded sent, immediately promptly,
  inspect check, instantly immediately, manner way, quickly promptly, requested asked,
  asked requested, requirements needs, reviewed checked, selects chooses, chooses selects, shown displayed,
  displays shows, somewhat slightly, speedily quickly, stated said, uses employs, customers clients, answer reply,
  answers replies, big large, builds constructs, permits allows, allows permits, picks chooses, entire whole,
  whole entire, problem issue, problems issues, issue problem, issues problems`
  .split(',')
  .map((pair) => pair.trim().split(/\s+/u) as [string, string]);

/** How words are shortened among colleagues. */
const SHORT = new Map(
  Object.entries({
    information: 'info', configuration: 'config', repository: 'repo', documentation: 'docs', application: 'app',
    parameters: 'params', parameter: 'param', arguments: 'args', argument: 'arg', directory: 'dir',
    approximately: 'approx', maximum: 'max', minimum: 'min', temporary: 'temp', environment: 'env',
    database: 'db', function: 'func', example: 'ex', message: 'msg', messages: 'msgs', seconds: 'secs', minutes: 'mins',
  }).map(([long, short]) => [long, [short]]),
); // biome-ignore format: a table

const unlessSame = (text: string, result: string): string | null => (result === text ? null : result);
const lower = (text: string): string =>
  /^[A-Z][a-z]/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

/** One of two letters that are the same, or a vowel within, is left out of a longer word. */
const skipLetter: Rewording = (text, draw) => {
  let done = false;
  return eachWord(text, (word) => {
    if (done || word.length < 7 || word !== word.toLowerCase() || draw.share() > 0.4) return null;
    const places = [...word.matchAll(/(.)\1|(?<=..)[aeiou](?=..)/gu)].map(({ index }) => index);
    if (places.length === 0) return null;
    done = true;
    const at = draw.one(places);
    return word.slice(0, at) + word.slice(at + 1);
  });
};

const INTRODUCED = ['I noticed that', 'We found that', 'Just a note that', 'Be aware that', 'Mind that'];
const CLOSED = [
  'Hope this saves someone some time.',
  'Happy to explain if anyone asks.',
  'Thanks to whoever found this.',
  'I use this all the time.',
  'That was it.',
];

const introduce: Rewording = (text, draw) =>
  /^[A-Z][a-z]* [a-z]/u.test(text) ? `${draw.one(INTRODUCED)} ${lower(text)}` : null;

const close: Rewording = (text, draw) => `${text.replace(/([^.!?])$/u, '$1.')} ${draw.one(CLOSED)}`;

const stress: Rewording = (text, draw) => {
  let done = false;
  return eachWord(text, (word) => {
    if (done || !/^[a-z]{4,}$/u.test(word) || draw.share() > 0.2) return null;
    done = true;
    return word.toUpperCase();
  });
};

const inQuotes: Rewording = (text, draw) => (draw.share() < 0.5 ? `"${text}"` : `“${text}”`);

const headed: Rewording = (text, draw) =>
  `${draw.one(['## Summary', 'Summary:', '### Notes', 'TL;DR:'])}\n${text}`;

const withoutThat: Rewording = (text) =>
  unlessSame(
    text,
    text.replace(
      /\b(says|said|means|sure|think|know|see|found|believe|ensure|note) that (?=(?:the|an?|it|they|you|we|all|each) )/gu,
      '$1 ',
    ),
  );

const shortForms: Rewording = (text) =>
  unlessSame(
    text,
    text
      .replace(/\b([Ii]t|[Tt]hat|[Tt]here|[Ww]hat|[Hh]e|[Ss]he) is (?=[a-z])/gu, "$1's ")
      .replace(
        /\b([Yy]ou|[Ww]e|[Tt]hey) (are|will|have) (?=[a-z])/gu,
        (_, who: string, verb: string) => `${who}'${verb === 'are' ? 're' : verb === 'will' ? 'll' : 've'} `,
      )
      .replace(
        /\bI (am|will|have) (?=[a-z])/gu,
        (_, verb: string) => `I'${verb === 'am' ? 'm' : verb === 'will' ? 'll' : 've'} `,
      ),
  );

const dashed: Rewording = (text) =>
  unlessSame(
    text,
    text.replace(
      /(?<=[a-z])\. ([A-Z])(?=[a-z]* [a-z])/u,
      (_, letter: string) => ` - ${letter.toLowerCase()}`,
    ),
  );

const needed: Rewording = (text) =>
  unlessSame(text, text.replace(/\bmust (?=(?:be|have|not )?[a-z]{2,})(?!not\b)/u, 'need to '));

const otherEnds: Rewording = (text) => unlessSame(text, text.replace(/[ \t]*\n/gu, ' \r\n'));

/** All of them. */
export const heldOut: Readonly<Record<string, Rewording>> = {
  'alternative words': byTable(new Map(ALTERNATIVES.map(([word, other]) => [word, [other]])), 0.6),
  'words shortened': byTable(SHORT, 0.8),
  'letter left out': skipLetter,
  introduced: introduce,
  'words at the end': close,
  'word in capitals': stress,
  'in quotation marks': inQuotes,
  'under a heading': headed,
  '"that" left out': withoutThat,
  'short forms': shortForms,
  'joined by a dash': dashed,
  'another word for must': needed,
  'other line ends': otherEnds,
};

/** Those that only lay a text out. */
export const heldOutLayouts: ReadonlySet<string> = new Set([
  'in quotation marks',
  'under a heading',
  'other line ends',
]);
