/** Reads a task's text: what its author says, apart from the code, logs and addresses that are quoted in it. */
import { MAX_RUN, type Reading, readRun, type Token } from './read-run.js';

export type { Token } from './read-run.js';

export interface TaskText {
  /** At most {@link MAX_TOKENS}. */
  tokens: readonly Token[];
  /** Positions at which each stem stands. */
  places: ReadonlyMap<string, readonly number[]>;
  /** Words of the first sentence or line: what a task says first is what it is. */
  opening: number;
  /** Lower-case paths of files that are named outside quoted code, each once. */
  files: string[];
  /** Lines that are items of a list. */
  steps: number;
}

/** Words that are read; a task that says more says it again. */
const MAX_TOKENS = 3_000;
/** Words of the opening, at least and at most. */
const OPENING = { least: 3, most: 30 } as const;
const MAX_FILES = 100;

const fence = /^\s*(?:```|~~~)/;
const listItem = /^\s*(?:[-*•]|\d{1,3}[.)])\s+\S/;
/** Lines that are a program's and not the author's. */
const quoted: readonly RegExp[] = [
  /^\s*(?:>>>|\.\.\.|\$|%|In \[\d+\]:|Out\[\d+\]:)\s/,
  /^\s*File "[^"]*", line \d/,
  /^\s*at\s\S+(?:\s\S+)*?\(?[^\s()]*:\d+/,
  /^\s*(?:Caused by:|\.{3} \d+ more|\^+\s*$|[~^]+$)/,
  /^\s*(?:[\w$.]+\.)?[A-Z]\w*(?:Error|Exception)(?::|$)/,
  /^(?:diff --git |index [0-9a-f]+\.\.|@@ |\+\+\+ |--- \S)/,
  /^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
  /^(?:\s{4,}|\t).*(?:[;{}=]|\)\s*:?$)/,
];
const traceback = /^\s*Traceback \(most recent call last\)/;

/** Reads a text. Takes time in proportion to its length. */
export function readText(text: string): TaskText {
  const reading: Reading = { clause: 0, code: false, tokens: [], files: new Set() };
  const { tokens, files } = reading;
  let steps = 0;
  let opening = 0;
  let fenced = false;
  let traced = false;
  for (const line of text.replace(/<!--[\s\S]*?(?:-->|$)/g, ' ').split(/\r?\n/)) {
    const opens = fence.test(line);
    if (opens) fenced = !fenced;
    if (traceback.test(line)) traced = true;
    else if (traced && !/^\s/.test(line)) {
      // The first line that is not indented names the error.
      traced = false;
      continue;
    }
    if (opens || fenced || traced || isQuoted(line)) continue;
    if (listItem.test(line)) steps += 1;
    reading.clause += 1;
    reading.code = false;
    for (const run of line.split(/\s+/)) {
      if (tokens.length >= MAX_TOKENS) break;
      readRun(run, reading);
      if (opening === 0 && tokens.length >= OPENING.least && /[.!?。！？]$/.test(run))
        opening = tokens.length;
    }
    if (opening === 0 && tokens.length >= OPENING.least) opening = tokens.length;
  }
  return {
    tokens,
    places: placesOf(tokens),
    opening: Math.min(OPENING.most, opening === 0 ? tokens.length : opening),
    files: [...files].slice(0, MAX_FILES),
    steps,
  };
}

function placesOf(tokens: readonly Token[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [at, { stem }] of tokens.entries()) {
    const known = places.get(stem);
    if (known === undefined) places.set(stem, [at]);
    else known.push(at);
  }
  return places;
}

// A line of prose may be long; what tells a program's line stands at its beginning or its end.
const isQuoted = (line: string): boolean => {
  const seen = line.length > 2 * MAX_RUN ? line.slice(0, MAX_RUN) + line.slice(-MAX_RUN) : line;
  return quoted.some((pattern) => pattern.test(seen));
};
