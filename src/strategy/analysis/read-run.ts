/** Takes a run of characters between blanks apart into words. Takes time in proportion to its length. */
import { stemOf } from './stem.js';

/** One word of a text. */
export interface Token {
  /** Lower-case. */
  word: string;
  stem: string;
  /** `prose` is said; `name` is a part of an identifier, a path or of code within a sentence. */
  kind: 'prose' | 'name';
  /** Whether it was written in capitals. */
  capitals: boolean;
  /** Number of the clause it stands in. */
  clause: number;
}

/** What is known where a run begins, and what was found so far. */
export interface Reading {
  clause: number;
  /** Whether code within the sentence has begun and not ended. */
  code: boolean;
  tokens: Token[];
  /** Lower-case paths. */
  files: Set<string>;
}

/** Longer runs without a blank are data. */
export const MAX_RUN = 200;

const plain = /^[A-Za-z]+$/;
const plainEnd = /^([A-Za-z]+)([.,;:!?])$/;
const address = /^[("'<[]*[a-z][a-z0-9+.-]{0,20}:\/\//i;
const pathOfFile = /^(?:~|\.{0,2}|[A-Za-z]:)?(?:[\w@.-]*[\\/])+[\w@-][\w@.-]*\.[A-Za-z]\w{0,5}(?::\d+)*$/;
// Without a folder, `a.b` is as likely a member.
const plainFile =
  /^[\w@-][\w@.-]*\.(?:[jt]sx?|[cm][jt]s|pyi?|rb|go|rs|java|kts?|c|h|cc|cpp|hpp|cs|php|swift|scala|sh|sql|md|rst|txt|jsonl?|ya?ml|toml|ini|cfg|conf|xml|html?|s?css|vue|svelte|csv|ipynb|proto|tf|gradle|lock)(?::\d+)*$/i;
const folder = /^(?:\.{1,2}\/|\/|~\/)[\w@./-]+$|^[\w@.-]+(?:\/[\w@.-]+){2,}\/?$/;
const identifier = /^[A-Za-z_$][\w$]*(?:(?:\.|::|->|#)[A-Za-z_$][\w$]*)*(?:\(.{0,60}\))?$/;
const hump = /[a-z\d][A-Z]|_|\.|::|->|\(/;
/** Two capitals alone are as likely a product: `JavaScript`. */
const brand = /^[A-Z][a-z]+[A-Z][a-z]+$/;

/** Adds the words of a run; addresses and data have none. */
export function readRun(run: string, reading: Reading): void {
  if (run === '' || run.length > MAX_RUN) return;
  // Most runs are words, and these are quickly told.
  const [, word = run, stop = ''] = plainEnd.exec(run) ?? [];
  if (!reading.code && plain.test(word) && !hump.test(word)) {
    add(word, 'prose', reading);
    if (stop !== '') reading.clause += 1;
    return;
  }
  if (address.test(run)) return;
  const ticks = run.includes('`') ? run.split('`').length - 1 : 0;
  const inCode = reading.code || ticks > 0;
  if (ticks % 2 === 1) reading.code = !reading.code;
  if (/^[(["'“‘]/.test(run)) reading.clause += 1;
  const bare = run.replace(/^[^\p{L}\p{N}_$~/.]+/u, '').replace(/[^\p{L}\p{N}_)/]+$/u, '');
  const isFile = pathOfFile.test(bare) || plainFile.test(bare);
  if (isFile) reading.files.add(bare.toLowerCase().replace(/(?::\d+)+$/, ''));
  const isName =
    inCode || isFile || folder.test(bare) || (identifier.test(bare) && hump.test(bare) && !brand.test(bare));
  if (isName) for (const part of partsOf(bare)) add(part, 'name', reading);
  else for (const part of run.match(proseWord) ?? []) add(part, 'prose', reading);
  if (/[.,;:!?)\]"”。、，；：！？]$/.test(run)) reading.clause += 1;
}

function add(part: string, kind: Token['kind'], { tokens, clause }: Reading): void {
  const lower = part.toLowerCase();
  const capitals = part.length > 1 && part !== lower && part === part.toUpperCase();
  const words = ascii.test(lower) ? [lower] : wordsIn(lower);
  for (const word of words) tokens.push({ word, stem: stemOf(word), kind, capitals, clause });
}

const ascii = /^[a-z]+$/;
const proseWord = /[\p{L}\p{N}\p{M}]+(?:['’]\p{L}+)*/gu;
/** `getUserName` and `HTTPServer` are three words and two. */
const partsOf = (name: string): string[] =>
  name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .match(/[\p{L}\p{M}]+/gu) ?? [];

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Scripts that set no blanks between words are read by pairs of characters. */
function wordsIn(lower: string): string[] {
  const word = lower.replaceAll('’', "'");
  if (!unspaced.test(word)) return [word.replace(/'s$/, '')];
  const signs = Array.from(word);
  return signs.length < 3 ? [word] : signs.slice(1).map((sign, index) => `${signs[index] ?? ''}${sign}`);
}
