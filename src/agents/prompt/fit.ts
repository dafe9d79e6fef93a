/** Makes lists of texts fit a number of tokens. */
import { clipToTokens, countTokens } from './count-tokens.js';
import { MARKED_AGAIN_TOKENS, markedAgain } from './foreign-words.js';

/** What a block shows of a list, within a budget of tokens. */
export type Fit = (budget: number) => string;

/** Tokens that joining two texts may add. */
const JOINT = 1;
/** An item that is to be clipped to less says nothing. */
const LEAST_BODY = 30;

const leftOut = (count: number): string =>
  `(${count} more ${count === 1 ? 'was' : 'were'} left out: the prompt would be too long)`;
const RESERVE = 20;

/**
 * As many of the texts as fit, from the first, each whole; then a line that says how many are missing. Where not
 * even the first fits, that one without its middle, and marked again where its lines are others' words.
 */
export function wholeTexts(texts: readonly string[]): Fit {
  return (budget) => {
    const kept: string[] = [];
    let left = budget;
    for (const [index, text] of texts.entries()) {
      const reserve = index === texts.length - 1 ? 0 : RESERVE;
      const tokens = countTokens(text, left) + JOINT;
      if (tokens + reserve > left) break;
      kept.push(text);
      left -= tokens;
    }
    if (kept.length === texts.length) return kept.join('\n');
    if (kept.length === 0) {
      const first = beginning(texts[0] ?? '', budget - RESERVE - JOINT);
      if (first !== '') kept.push(first);
      left -= countTokens(first) + JOINT;
      if (texts.length === 1) return first;
    }
    return left < RESERVE ? kept.join('\n') : [...kept, leftOut(texts.length - kept.length)].join('\n');
  };
}

/**
 * A text without its middle. Of several lines, the first stays whole, or nothing does: it says what to think of the
 * others, and their lines are marked again where the cut took their beginning.
 */
function beginning(text: string, budget: number): string {
  const end = text.indexOf('\n');
  if (end < 0) return clipToTokens(text, budget);
  const head = text.slice(0, end);
  const left = budget - countTokens(head, budget) - JOINT;
  if (left < 0) return '';
  const rest = markedAgain(clipToTokens(text.slice(end + 1), left - MARKED_AGAIN_TOKENS));
  return rest === '' ? head : `${head}\n${rest}`;
}

/** A text with a heading that is never cut. */
export interface Titled {
  head: string;
  body: string;
  /** Whether each line of the body is marked, and is to stay so. */
  marked?: true;
}

/** All of the texts, the longest without their middles; where even the headings are too many, only the first. */
export function clippedTexts(items: readonly Titled[]): Fit {
  return (budget) => {
    const sized = items.map(({ head, body, marked }) => ({
      head,
      body,
      marked,
      headTokens: countTokens(head, budget) + 2 * JOINT,
      bodyTokens: countTokens(body, budget),
    }));
    let kept = sized.length;
    let heads = 0;
    for (const [index, { headTokens, bodyTokens }] of sized.entries()) {
      const reserve = index === sized.length - 1 ? 0 : RESERVE;
      heads += headTokens + Math.min(bodyTokens, LEAST_BODY);
      if (heads + reserve > budget) {
        kept = index;
        break;
      }
    }
    const shown = sized.slice(0, kept);
    const reserve = kept === sized.length ? 0 : RESERVE;
    const forBodies = budget - reserve - shown.reduce((sum, { headTokens }) => sum + headTokens, 0);
    const bodies = shares(
      shown.map(({ bodyTokens }) => bodyTokens),
      forBodies,
    );
    const lines = shown.map(({ head, body, marked, bodyTokens }, index) => {
      const room = bodies[index] ?? 0;
      const isMended = marked === true && bodyTokens > room;
      return `${head}${isMended ? markedAgain(clipToTokens(body, room - MARKED_AGAIN_TOKENS)) : clipToTokens(body, room)}`;
    });
    if (kept === sized.length) return lines.join('\n');
    return budget < RESERVE ? '' : [...lines, leftOut(sized.length - kept)].join('\n');
  };
}

/** Gives everyone what they want as far as the same limit for all allows it. */
function shares(wants: readonly number[], total: number): number[] {
  const bySize = wants.map((want, index) => ({ want, index })).sort((one, other) => one.want - other.want);
  const given = wants.map(() => 0);
  let left = total;
  bySize.forEach(({ want, index }, position) => {
    const share = Math.min(want, Math.floor(left / (bySize.length - position)));
    given[index] = share;
    left -= share;
  });
  return given;
}
