/** `journeyman learnings trace`: where a learning went, and what came of it. */
import { Command } from 'commander';
import pc from 'picocolors';
import { lessonText } from '../agents/prompt/blocks.js';
import type { LearningTrace, OfferedTask } from '../learning/trace.js';
import { parseLimit } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { field, prose } from './describe-execution.js';
import { moment, outcomeText, plain } from './format.js';
import { withLearnings } from './learnings-engine.js';
import { liftText, publicLearning, shownTitle } from './learnings-lines.js';
import { printJson, printLine, printTable } from './print.js';

export function traceCommand(): Command {
  return addCommonOptions(new Command('trace'))
    .summary('show which tasks were offered it, how they went, and what agents read')
    .description(
      'Lists the tasks that were offered a learning: whether it was shown or withheld by chance, whether an agent ' +
        'says that it used it, and how the task went, as it is known now. Below stands the text of each version as ' +
        'it stood in the prompts, and the lift: how tasks that were shown it went beside those that were not.',
    )
    .argument('<id>', "the learning's id")
    .option('--limit <n>', 'at most so many tasks, the newest', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings trace 3f2a9c0b1d4e5f60
  journeyman learnings trace 3f2a9c0b1d4e5f60 --limit 500 --json`,
    )
    .action(async (id: string, { limit }: { limit: number }, command: Command) => {
      const { context, answer } = await withLearnings(command, (engine) => engine.trace(id, limit));
      if (context.json) return printJson(asJson(answer));
      const { learning, tasks, versions } = answer;
      printLine(`${pc.bold(plain(shownTitle(learning)))} ${pc.dim(`${id} v${learning.version}`)}`);
      for (const line of [
        ...prose('Offered', [offeredText(answer)]),
        ...prose('Lift', [liftText(answer.lift)]),
      ])
        printLine(line);
      printLine();
      printTable(
        [
          { title: 'task', flexible: true },
          { title: 'version', align: 'right' },
          { title: '' },
          { title: 'probability', align: 'right', spare: 1 },
          { title: 'used' },
          { title: 'outcome now' },
          { title: 'category', spare: 2 },
          { title: 'agents', spare: 0 },
          { title: 'ended' },
        ],
        tasks.map((task) => [
          plain(task.taskId),
          String(task.version),
          armText(task),
          String(Number(task.probability.toFixed(2))),
          task.applied ? pc.green('yes') : '-',
          `${outcomeText(task.outcome)}${task.corrected ? pc.dim(', corrected') : ''}`,
          plain(task.category ?? '-'),
          plain(task.agentTypes.join(', ') || '-'),
          moment(task.endedAt),
        ]),
        'No task was offered it yet.',
      );
      for (const { version, lesson } of versions) {
        printLine();
        const text = lesson === null ? [pc.dim('this version was not kept')] : rendered(lesson).split('\n');
        for (const line of field(`Version ${version}`, text.map(plain))) printLine(line);
      }
    });
}

const rendered = lessonText;

function armText({ shown, counted }: OfferedTask): string {
  if (!counted) return pc.dim('no agent ran');
  return shown ? pc.green('shown') : pc.yellow('withheld');
}

const offeredText = ({ counts: { shown, withheld, applied } }: LearningTrace): string =>
  `shown in ${shown} tasks, withheld from ${withheld}; used in ${applied}, as agents say`;

const asJson = ({ learning, versions, ...trace }: LearningTrace) => ({
  learning: publicLearning(learning),
  ...trace,
  versions: versions.map(({ version, lesson }) => ({
    version,
    lesson,
    text: lesson === null ? null : rendered(lesson),
  })),
});
