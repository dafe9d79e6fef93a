/** The head words of shell commands: what was run, without what it was run on. Pure. */
import { isSecret } from './feature-text.js';

/** Characters and commands of a script that are looked at. */
const MAX_SCRIPT = 2_000;
const MAX_COMMANDS = 8;

/** Programs whose first word says what they do. Of any other, a word may be somebody's name. */
const withSubcommands = new Set(
  (
    'apt apt-get aws az brew bun bundle cargo composer conda deno dnf docker docker-compose dotnet flutter gcloud ' +
    'gh git glab go gradle gradlew helm hg jj kubectl lerna make mix mvn mvnw nx npm npx pip pipenv pnpm poetry ' +
    'podman rails rake ruff rustup svn swift systemctl terraform tofu turbo uv vagrant yarn'
  ).split(' '),
);
/** Subcommands that name what they run: `npm run build`, `cargo run`. */
const running = new Set(['run', 'exec', 'run-script', 'compose']);
const modular = new Set(['python', 'uv']);
/** Says only how or where the command behind it runs. */
const wrappers = new Set(['sudo', 'time', 'nohup', 'env', 'command', 'exec', 'nice', 'timeout', 'xargs']);
const preparing = new Set(['cd', 'export', 'source', 'set', 'pushd', 'popd', 'echo', 'true', 'sleep']);

/** Whether the word after a program's name says what it does. */
export const hasSubcommands = (program: string): boolean =>
  withSubcommands.has(program) || modular.has(program);

const isWord = (word: string): boolean => /^[a-z][a-z:-]{0,24}$/.test(word);

/**
 * The commands of a script by their head words, in order: `npm test`, `git diff`, `python -m pytest`, `ls`. Paths
 * of programs, their versions, flags, arguments and quoted texts are left out.
 */
export function commandHeads(script: string): string[] {
  const bare = script
    .slice(0, MAX_SCRIPT)
    // What follows a here-document's mark is data.
    .replace(/<<-?\s{0,4}["']?\w[\s\S]*$/, ' ')
    .replace(/(["'`])(?:\\.|(?!\1)[^\\]){0,400}\1/g, ' "" ');
  const heads: string[] = [];
  for (const segment of bare.split(/&&|\|\||[;|&\n]/)) {
    const head = headOf(segment);
    if (head !== null && heads.at(-1) !== head) heads.push(head);
    if (heads.length === MAX_COMMANDS) break;
  }
  return heads;
}

/** The command that a script is about: the first that does more than prepare the way. */
export const mainCommand = (heads: readonly string[]): string | undefined =>
  heads.find((head) => !preparing.has(head)) ?? heads[0];

function headOf(segment: string): string | null {
  const words = segment.trim().split(/\s+/).slice(0, 20);
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const isSetting = /^\w+=/.test(word) || (at > 0 && /^(?:-|\d)/.test(word));
    if (!isSetting && !wrappers.has(word)) break;
  }
  const program = programName(words[at] ?? '');
  if (program === null) return null;
  const rest = words.slice(at + 1);
  if (modular.has(program) && rest[0] === '-m' && isWord(rest[1] ?? '')) return `${program} -m ${rest[1]}`;
  if (!withSubcommands.has(program)) return program;
  const named = rest.filter((word) => !word.startsWith('-'));
  const [first = '', second = ''] = named;
  if (!isWord(first)) return program;
  return running.has(first) && isWord(second) ? `${program} ${first} ${second}` : `${program} ${first}`;
}

/** `/usr/bin/python3.11` is `python`. */
function programName(word: string): string | null {
  const base = word.slice(word.lastIndexOf('/') + 1);
  const name = base.replace(/^(python|pip|node|ruby|php|perl|gcc|clang)[\d.]+$/, '$1');
  return /^[A-Za-z][\w.+-]{0,30}$/.test(name) && !/\d{3}/.test(name) && !isSecret(name) ? name : null;
}
