/** Texts that say the opposite of another, or something else that looks alike. Pure. */
import type { Draw } from './knowledge-draw.js';
import { eachWord, likeCase, type Rewording, tableOf } from './knowledge-rewording.js';

/** One sentence's claim denied, or no longer denied. */
const deny: Rewording = (text) => {
  const removed = text.replace(
    /\b(is|are|was|were|has|have|can|will|should|must|could|would|does|do|did)(?: not\b|n't\b)/iu,
    '$1',
  );
  if (removed !== text) return removed;
  const inserted = text.replace(
    /\b(is|are|was|were|has|have|can|will|should|must|could|would)\b(?! not\b)(?= [a-z])/u,
    '$1 not',
  );
  if (inserted !== text) return inserted;
  const forbidden = text.replace(
    /(^|[.!?:]\s+)(Use|Run|Add|Set|Try|Make|Keep|Check|Open|Install|Apply|Choose)(?= )/u,
    (_, start: string, verb: string) => `${start}Do not ${verb.toLowerCase()}`,
  );
  return forbidden === text ? null : forbidden;
};

const OPPOSITES = tableOf(`
enable disable
enabled disabled
always never
increase decrease
succeeded failed
works fails
allowed forbidden
required optional
possible impossible
safe unsafe
include exclude
available unavailable
added removed
accept reject
valid invalid
before after
more less
open closed
success failure
`);

const oppose: Rewording = (text) => {
  let done = false;
  return eachWord(text, (word) => {
    const [other] = OPPOSITES.get(word.toLowerCase()) ?? [];
    if (done || other === undefined) return null;
    done = true;
    return likeCase(word, other);
  });
};

/** A rule's number: what is allowed, needed or set. */
const renumber: Rewording = (text, draw) => {
  let done = false;
  const result = text.replace(
    /\b((?:set|limit|allow(?:s|ed)?|requires?|maximum|minimum|at most|at least|up to|within|must|timeout)\b[^.\n]{0,40}?\s)(\d{1,4})(?=\s[a-z])/iu,
    (_, rule: string, number: string) => {
      done = true;
      return `${rule}${Number(number) * 2 + 1 + draw.below(5)}`;
    },
  );
  return done ? result : null;
};

export const opposing: Readonly<Record<string, Rewording>> = {
  denied: deny,
  opposite: oppose,
  'another number': renumber,
};

/** Something else that looks alike: another number, another name of a thing, another word in a sentence. */
export const lookalikes: Readonly<Record<string, Rewording>> = {
  'number changed': (text, draw) =>
    changeOne(text, /(?<![\w.])\d+(?![\w.])/gu, draw, (found) => String(Number(found) + 1 + draw.below(9))),
  'identifier changed': (text, draw) =>
    changeOne(text, /\b[A-Za-z]+_[A-Za-z_]+\b|\b[a-z]+[A-Z]\w+\b|\b\w+\.(?:py|js|ts|md)\b/gu, draw, (found) =>
      found.replace(/^[A-Za-z]+/u, (head) => `${head}${draw.one(['x', 'new', 'old', 'base'])}`),
    ),
  'word changed': (text, draw) =>
    changeOne(text, /(?<![\w./\\'-])[a-z]{5,}(?![\w/\\'-]|\.\w)/gu, draw, (found) =>
      draw.one(
        [
          'banana',
          'invoice',
          'kernel',
          'passport',
          'gradient',
          'calendar',
          'socket',
          'payment',
          'widget',
          'cookie',
        ].filter((word) => word !== found),
      ),
    ),
};

function changeOne(text: string, what: RegExp, draw: Draw, change: (found: string) => string): string | null {
  const places = [...text.matchAll(what)];
  if (places.length === 0) return null;
  const place = draw.one(places);
  return text.slice(0, place.index) + change(place[0]) + text.slice(place.index + place[0].length);
}
