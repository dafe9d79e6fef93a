/** `journeyman evaluate advice`: whether advice from some recorded tasks keeps its promise on others. */
import { Command } from 'commander';
import { assignments } from '../evaluate/advice-records.js';
import {
  type AdviceEvaluation,
  type AdviceKept,
  evaluateAdvice,
  followedTypes,
  overFiles,
} from '../evaluate/evaluate-advice.js';
import { readReplayFile } from '../evaluate/replay-file.js';
import { ADVICE_HELP } from './advice-help.js';
import { parseLargeCount, parseLimit } from './arguments.js';
import { commandContext } from './common-options.js';
import { plain, range, share } from './format.js';
import { printJson, printLine, printStep, tableText } from './print.js';

interface AdviceOptions {
  seeds: number;
  limit?: number;
  shuffle: boolean;
}

const DEFAULT_SEEDS = 20;
/** Steps of progress that are told. */
const TOLD = 10;

export function evaluateAdviceCommand(): Command {
  return new Command('advice')
    .description('draw advice from the first half of recorded tasks, and follow it on the second')
    .argument('<file...>', 'JSON lines as "journeyman evaluate replay" takes them')
    .option(
      '--seeds <n>',
      'how often; each names the agents anew and assigns them anew',
      parseLimit,
      DEFAULT_SEEDS,
    )
    .option('--limit <n>', 'only the first tasks of each file', parseLargeCount)
    .option('--shuffle', 'give each seed an order of the tasks of its own', false)
    .addHelpText('after', ADVICE_HELP)
    .action(async (files: string[], { seeds, limit, shuffle }: AdviceOptions, command: Command) => {
      const { json } = await commandContext(command);
      const evaluations: AdviceEvaluation[] = [];
      for (const file of files) {
        const replay = await readReplayFile(file, limit === undefined ? {} : { limit });
        const every = Math.ceil(seeds / TOLD);
        const onSeed = (seed: number): void => {
          if (seed % every === 0 || seed === seeds) printStep(`${file}: seed ${seed} of ${seeds}`);
        };
        evaluations.push(await evaluateAdvice(replay, { seeds, shuffle, onSeed }));
      }
      if (json) printJson({ ...overFiles(evaluations), files: evaluations });
      else printLine(adviceTable(evaluations));
    });
}

/** @param width of the terminal in characters; not limited when left out */
export function adviceTable(
  evaluations: readonly AdviceEvaluation[],
  width: number | undefined = process.stdout.columns,
): string {
  const all = overFiles(evaluations);
  return [
    ...evaluations.flatMap((evaluation) => [headingOf(evaluation), '', fileTable(evaluation, width), '']),
    all.kept === null
      ? 'No advice could be followed'
      : `Promises kept: ${share(all.kept)} of ${all.followed} (95%: ${range(all.keptInterval)})`,
  ].join('\n');
}

const headingOf = ({ file, tasks, agents, seeds }: AdviceEvaluation): string =>
  `${plain(file)}: ${tasks} tasks, ${agents} agents, ${seeds} seeds`;

const fileTable = (evaluation: AdviceEvaluation, width: number | undefined): string =>
  tableText(
    [
      { title: 'agents by' },
      { title: 'advice' },
      { title: 'followed', align: 'right' },
      { title: 'promised', align: 'right' },
      { title: 'measured', align: 'right' },
      { title: 'kept', align: 'right' },
      { title: 'bare', align: 'right' },
    ],
    assignments.flatMap((assignment) =>
      followedTypes.map((type) => [assignment, type, ...cellsOf(evaluation.assignments[assignment][type])]),
    ),
    width,
  );

const cellsOf = ({ followed, promised, measured, kept, keptBare }: AdviceKept): string[] => [
  String(followed),
  ...[promised, measured, kept, keptBare].map(share),
];
