/** `journeyman evaluate patterns`: whether what is learned from some recorded tasks holds on others. */
import { Command, Option } from 'commander';
import { evaluatePatterns } from '../evaluate/evaluate-patterns.js';
import { readInteractionsFile } from '../evaluate/patterns-file.js';
import { permutePatterns } from '../evaluate/patterns-permute.js';
import { type Permutation, permutations } from '../evaluate/patterns-split.js';
import { parseLimit } from './arguments.js';
import { commandContext } from './common-options.js';
import { PATTERNS_HELP } from './patterns-help.js';
import { patternsTable, permutedTable } from './patterns-table.js';
import { printJson, printLine, printStep } from './print.js';

interface PatternsOptions {
  train: string;
  test?: string;
  splits: number;
  permute?: Permutation;
  repeats: number;
}

const DEFAULT_SPLITS = 50;
const DEFAULT_REPEATS = 200;
/** Steps of progress that are told. */
const TOLD = 10;

export function evaluatePatternsCommand(): Command {
  return new Command('patterns')
    .description('learn lessons from some recorded tasks, and test them on the others')
    .requiredOption('--train <file>', 'JSON lines: a recorded run a line (see below)')
    .option('--test <file>', 'another such file (default: the same)')
    .option(
      '--splits <n>',
      'how often the tasks are parted into halves to learn from and to test on',
      parseLimit,
      DEFAULT_SPLITS,
    )
    .addOption(
      new Option(
        '--permute <how>',
        'instead: change outcomes between tasks, or within each, and count what is asserted',
      ).choices(permutations),
    )
    .option('--repeats <n>', 'how often outcomes are permuted', parseLimit, DEFAULT_REPEATS)
    .addHelpText('after', PATTERNS_HELP)
    .action(async (options: PatternsOptions, command: Command) => {
      const { json } = await commandContext(command);
      const train = await readInteractionsFile(options.train);
      const isOther = options.test !== undefined && options.test !== options.train;
      const test = isOther ? await readInteractionsFile(options.test ?? '') : train;
      if (options.permute !== undefined) {
        const files = isOther ? [train, test] : [train];
        const { permute, repeats } = options;
        const permuted = permutePatterns(files, permute, repeats, progressOf('Permutation', repeats));
        if (json) printJson(permuted);
        else printLine(permutedTable(permuted));
        return;
      }
      const { splits } = options;
      const evaluation = evaluatePatterns(train, test, { splits, onSplit: progressOf('Split', splits) });
      if (json) printJson(evaluation);
      else printLine(patternsTable(evaluation));
    });
}

function progressOf(what: string, total: number): (done: number) => void {
  const every = Math.ceil(total / TOLD);
  return (done) => {
    if (done % every === 0 || done === total) printStep(`${what} ${done} of ${total}`);
  };
}
