/** `journeyman learnings`: what the records taught. */
import { Command, Option } from 'commander';
import { type LearningState, learningStates } from '../learning/learning.js';
import { LearningEngine } from '../learning/learning-engine.js';
import { type LearningType, learningTypes } from '../shared/terms.js';
import { parseLimit } from './arguments.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { plain } from './format.js';
import { addCommand } from './learnings-add.js';
import { auditCommand } from './learnings-audit.js';
import { editCommand, switchCommands } from './learnings-control.js';
import { historyCommand } from './learnings-history.js';
import { publicLearning, shownTitle, stateText } from './learnings-lines.js';
import { showLearningCommand } from './learnings-show.js';
import { traceCommand } from './learnings-trace.js';
import { exportCommand, importCommand } from './learnings-transfer.js';
import { printJson, printTable } from './print.js';
import { withStore } from './servers.js';

interface LearningsOptions {
  type?: LearningType;
  state?: LearningState;
  limit: number;
}

export function learningsCommand(): Command {
  const command = addCommonOptions(new Command('learnings'))
    .summary('list what tasks taught, and have a say in it')
    .description(
      'Lists learnings, the weightiest first. A candidate cannot be told from chance yet; an asserted one can.',
    )
    // What stands after a subcommand is that one's own.
    .enablePositionalOptions()
    .addOption(new Option('--type <type>', 'only of this type').choices(learningTypes))
    .addOption(new Option('--state <state>', 'only in this state').choices(learningStates))
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings
  journeyman learnings --type ERROR_RECOVERY --state asserted
  journeyman learnings --json --limit 500
  journeyman learnings trace 3f2a9c0b1d4e5f60
  journeyman learnings disable 3f2a9c0b1d4e5f60 --reason "the tool is gone"`,
    )
    .action(async ({ type, state, limit }: LearningsOptions, command: Command) => {
      const context = await commandContext(command);
      const found = await withStore(context, (store) =>
        new LearningEngine(store, context.tenant).list({
          limit,
          ...(type !== undefined && { type }),
          ...(state !== undefined && { state }),
        }),
      );
      if (context.json) return printJson(found.map(publicLearning));
      printTable(
        [
          { title: 'id' },
          { title: 'learning', flexible: true },
          { title: 'type' },
          { title: 'state' },
          { title: 'confidence' },
          { title: 'with', align: 'right' },
          { title: 'without', align: 'right' },
          { title: 'category' },
        ],
        found.map((learning) => {
          const { id, type, confidence, counts, category } = learning;
          return [
            id,
            plain(shownTitle(learning)),
            type,
            stateText(learning),
            confidence,
            `${counts.successes} of ${counts.n}`,
            `${counts.withoutSuccesses} of ${counts.withoutN}`,
            plain(category ?? '-'),
          ];
        }),
        'Nothing is learned yet. "journeyman maintain patterns" looks for patterns in the records.',
      );
    });
  for (const inner of [
    showLearningCommand(),
    traceCommand(),
    ...switchCommands(),
    editCommand(),
    addCommand(),
    historyCommand(),
    auditCommand(),
    exportCommand(),
    importCommand(),
  ])
    command.addCommand(inner);
  return command;
}
