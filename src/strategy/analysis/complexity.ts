/** How much a task asks for, of five levels. Pure. */
import { complexities } from '../../shared/terms.js';
import { scopeRules } from './lexicon.js';
import type { TaskText } from './read-text.js';
import { type FoundSign, signsIn, signTable } from './signs.js';

/** Points from which on a task is of the next level. */
const LEVELS = [1, 2, 4, 6] as const;
/** Words within which a text says how large its task is; further on, `small` and `every` speak of details. */
const OPENING = 40;
const MOST_SCOPE = 2;

const larger = signTable(scopeRules.larger);
const smaller = signTable(scopeRules.smaller);
const joining = new Set(['and', 'then', 'with', 'plus', 'also']);

/** 0 to 4: by requirements, listed steps, what is joined, files named, length, and what is said of the scope. */
export function complexityOf(
  text: TaskText,
  counts: readonly boolean[],
  requirements: readonly string[],
): { level: number; evidence: string } {
  const { tokens, steps, files } = text;
  const prose = tokens.filter(({ kind }) => kind === 'prose');
  const joins = prose.filter(({ word }) => joining.has(word)).length;
  const early = ({ at }: FoundSign): boolean => at < OPENING;
  const more = signsIn(text, larger, counts).filter(early);
  const less = signsIn(text, smaller, counts).filter(early);
  const points =
    requirements.length +
    Math.min(3, steps / 2) +
    Math.min(2, joins / 3) +
    Math.min(2, Math.max(0, files.length - 1) / 2) +
    (prose.length > 12 ? 1 : 0) +
    (prose.length > 80 ? 1 : 0) +
    (prose.length > 400 ? 1 : 0) +
    Math.min(MOST_SCOPE, more.length) -
    Math.min(MOST_SCOPE, less.length);
  const level = LEVELS.filter((threshold) => points >= threshold).length;
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  const said = [...more, ...less].map((sign) => `, "${sign.text}"`).join('');
  return {
    level,
    evidence:
      `complexity ${complexities[level] ?? ''}: ${count(requirements.length, 'requirement')}, ` +
      `${count(steps, 'listed step')}, ${count(files.length, 'file')} named, ${count(prose.length, 'word')}${said}`,
  };
}
