/** `journeyman knowledge export` and `import`: knowledge as a file. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { conflictPolicies } from '../knowledge/transfer/apply-items.js';
import type { FileProblem } from '../knowledge/transfer/check-file.js';
import {
  type ImportProgress,
  type ImportResult,
  RefusedFileError,
} from '../knowledge/transfer/import-items.js';
import { type KnowledgeState, type KnowledgeType, knowledgeStates, knowledgeTypes } from '../shared/terms.js';
import { collect } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { plain } from './format.js';
import { count } from './knowledge-lines.js';
import { actor, addBy, withKnowledge } from './knowledge-store.js';
import { type LiveView, openLiveView } from './live-view.js';
import { printJson, printLine, printTable } from './print.js';

/** Items from one line of progress to the next, where lines stay. */
const TELL_EVERY = 100_000;

interface ExportOptions {
  state?: KnowledgeState[];
  type?: KnowledgeType[];
  tag?: string[];
  minUsages?: number;
  minSuccess?: number;
}

export function exportCommand(): Command {
  return addCommonOptions(new Command('export'))
    .summary('write items to a JSON file')
    .description(
      'Writes items with their versions, sources and use to a file, whole or not at all, without secrets. What was ' +
        'merged into others or retracted never leaves.',
    )
    .argument('<file>', 'where to write; what is there is replaced')
    .addOption(
      new Option('--state <state>', 'only in this state; may be repeated').argParser(oneOf(knowledgeStates)),
    )
    .addOption(
      new Option('--type <type>', 'only of this type; may be repeated').argParser(oneOf(knowledgeTypes)),
    )
    .option('--tag <tag>', 'only with this tag; of several, with all', collect)
    .option('--min-usages <n>', 'only what was applied so often with a known outcome', parseWhole)
    .option('--min-success <x>', 'only what succeeded in this share of them, 0 to 1', parseShare)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge export knowledge.json
  journeyman knowledge export proven.json --state VALIDATED --min-usages 10 --min-success 0.9
  journeyman knowledge export sql.json --tag sql --type SOLUTION --type TECHNIQUE`,
    )
    .action(async (file: string, options: ExportOptions, command: Command) => {
      const { state, type, tag, minUsages, minSuccess } = options;
      const { context, answer } = await withKnowledge(command, async ({ base }) => {
        const view = openLiveView();
        const tell = sparsely(view);
        try {
          return await base.exportTo(file, {
            ...(state === undefined ? {} : { states: state }),
            ...(type === undefined ? {} : { types: type }),
            ...(tag === undefined ? {} : { tags: tag }),
            ...(minUsages === undefined ? {} : { minUsages }),
            ...(minSuccess === undefined ? {} : { minSuccess }),
            onProgress: (done) => tell(done, `${done} items written`),
          });
        } finally {
          view.close();
        }
      });
      if (context.json) return printJson({ file, exported: answer });
      printLine(`${count(answer, 'item')} written to ${file}`);
    });
}

interface ImportOptions {
  onConflict: (typeof conflictPolicies)[number];
  lenient?: true;
  by?: string;
}

export function importCommand(): Command {
  return addBy(addCommonOptions(new Command('import')))
    .summary('take items in from a JSON file')
    .description(
      'Takes in what "export" wrote; the same file again changes nothing. A file with faulty items is not taken in at ' +
        'all, unless --lenient leaves these out: then the exit code is 1. All of it comes from "import:<id>", by which ' +
        'it can be retracted.',
    )
    .argument('<file>', 'what "journeyman knowledge export" wrote')
    .addOption(
      new Option(
        '--on-conflict <policy>',
        'of an item that is there with other content: keep it, let the newest edit win as a new version, or have both',
      )
        .choices(conflictPolicies)
        .default('keep' as const),
    )
    .addOption(new Option('--atomic', 'all or nothing (the default)').conflicts('lenient'))
    .option('--lenient', 'leave faulty items out, and go on')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge import knowledge.json
  journeyman knowledge import knowledge.json --on-conflict newest --lenient --json`,
    )
    .action(async (file: string, { onConflict, lenient, by: name }: ImportOptions, command: Command) => {
      const by = actor(name);
      const { context, answer } = await withKnowledge(command, async ({ base }) => {
        const view = openLiveView();
        const tell = sparsely(view);
        try {
          return await base.importFrom(file, {
            ...{ onConflict, by, lenient: lenient === true },
            onProgress: (progress) => tell(progress.done, progressText(progress)),
          });
        } catch (error) {
          view.close();
          if (error instanceof RefusedFileError) printProblems(file, error.problems, error.faulty);
          throw error;
        } finally {
          view.close();
        }
      });
      if (answer.faulty > 0 || answer.problems.length > 0) process.exitCode = 1;
      if (context.json) return printJson({ file, ...answer });
      printResult(file, answer);
    });
}

const progressText = ({ phase, done, total }: ImportProgress): string =>
  phase === 'checking' ? `${done} items checked` : `${done} of ${total ?? '?'} items taken in`;

/** Tells every so many items where lines stay, and always where they are replaced. */
function sparsely(view: LiveView): (done: number, text: string) => void {
  let next = TELL_EVERY;
  return (done, text) => {
    // A new phase counts from the beginning.
    if (done < next - TELL_EVERY) next = TELL_EVERY;
    const due = done >= next;
    if (due) next = done - (done % TELL_EVERY) + TELL_EVERY;
    view.show([text], due ? [text] : []);
  };
}

type Counted = Exclude<keyof ImportResult, 'importId' | 'differing' | 'problems' | 'faulty'>;

const outcomes: Record<Counted, string> = {
  added: 'new',
  updated: 'edited later than here: a new version',
  copied: 'taken in beside the own one',
  unchanged: 'here already as they are',
  kept: 'left as they are here, with other content',
  refused: 'left out: what they came from is retracted, or they were removed for good',
};

function printResult(file: string, result: ImportResult): void {
  const rows = Object.entries(outcomes)
    .map(([name, text]) => ({ n: result[name as Counted], text }))
    .concat({ n: result.faulty, text: 'left out: faulty' });
  printTable(
    [{ title: 'items', align: 'right' }, { title: file }],
    rows.filter(({ n }) => n > 0).map(({ n, text }) => [String(n), text]),
    'There is nothing in it.',
  );
  printProblems(file, result.problems, result.faulty);
  if (result.added + result.updated + result.copied > 0)
    printLine(
      `\njourneyman knowledge retract --source import:${result.importId} --reason "..." withdraws it`,
    );
}

/** On stderr, as compilers tell theirs. */
function printProblems(file: string, problems: readonly FileProblem[], faulty: number): void {
  for (const { line, message } of problems) process.stderr.write(`${file}:${line}: ${plain(message)}\n`);
  if (faulty > problems.length) process.stderr.write(`and ${faulty - problems.length} more\n`);
}

function oneOf<T extends string>(choices: readonly T[]): (text: string, earlier?: T[]) => T[] {
  return (text, earlier = []) => {
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    return [...earlier, choice];
  };
}

function parseWhole(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('Allowed is a whole number of at least 0.');
  return number;
}

function parseShare(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError('Allowed is a number from 0 to 1.');
  return number;
}
