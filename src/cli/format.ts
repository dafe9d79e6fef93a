/** Values as a person reads them in a terminal. Pure. */
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import type { Interval } from '../evidence/intervals.js';
import type { Outcome } from '../shared/task.js';
import type { Ending } from '../shared/terms.js';

/** Text of agents and callers on one line, without what would steer the terminal or turn the order of its letters. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text)
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');

/** At most so many characters, the last one an ellipsis where something is cut. */
export function clip(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length > length ? `${characters.slice(0, Math.max(0, length - 1)).join('')}…` : text;
}

/** A time span given in seconds. */
export function seconds(value: number | null): string {
  if (value === null) return '-';
  if (value < 1) return `${Math.round(value * 1_000)} ms`;
  if (value < 60) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

/** USD; small sums keep two significant digits. */
export function cost(usd: number | null): string {
  if (usd === null) return '-';
  if (usd === 0) return '$0';
  return usd >= 0.1 ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(2))}`;
}

/** A share of 0 to 1 as per cent. */
export const share = (value: number | null): string => (value === null ? '-' : `${Math.round(value * 100)}%`);

/** An interval of shares. */
export const range = ({ low, high }: Interval): string =>
  `${Math.round(low * 100)}-${Math.round(high * 100)}%`;

/** A moment, in local time. */
export function moment(at: Date | number): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** Success, failure or unknown, in words and colour. */
export function verdict(success: boolean | null): string {
  if (success === null) return pc.yellow('unknown');
  return success ? pc.green('success') : pc.red('failed');
}

/** An outcome and who says so, e.g. `success (verifier)`. */
export function outcomeText({ success, source, score }: Outcome): string {
  const graded = score === undefined ? '' : `, score ${Number(score.toFixed(2))}`;
  return `${verdict(success)} ${pc.dim(`(${source}${graded})`)}`;
}

/** How an execution ended, where its outcome alone does not tell: by timeout, cancelled or terminated. */
export const endingText = (ending: Ending): string =>
  ending === 'completed' || ending === 'failed' ? '' : `, ${ending}`;
