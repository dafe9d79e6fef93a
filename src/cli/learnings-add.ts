/** `journeyman learnings add`: a lesson of a person's own. */
import { Command, Option } from 'commander';
import { type LearningType, learningTypes } from '../shared/terms.js';
import { collect, collectPairs } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { plain } from './format.js';
import { addByOptions } from './learnings-control.js';
import { actOptions, type ByOptions, withLearnings } from './learnings-engine.js';
import { publicLearning } from './learnings-lines.js';
import { printJson, printLine } from './print.js';

interface AddOptions extends ByOptions {
  title: string;
  condition: string;
  advice: string;
  type: LearningType;
  category?: string;
  error?: string;
  agent?: string[];
  action?: string;
  input?: Record<string, string>;
  avoid?: true;
  pin?: true;
}

export function addCommand(): Command {
  return addByOptions(addCommonOptions(new Command('add')))
    .summary('add a lesson of your own')
    .description(
      'Adds a lesson that people know. It starts as a candidate without any numbers and is measured like the ' +
        'others: it is withheld from a share of the tasks that it fits, and how those went beside the rest is its ' +
        'lift ("journeyman learnings trace"). The same again changes nothing.',
    )
    .requiredOption('--title <text>', 'what it says, in short')
    .requiredOption('--condition <text>', 'when it applies, in words that tasks use: it is found by them')
    .requiredOption('--advice <text>', 'what to do, or not to do')
    .addOption(new Option('--type <type>', 'what it is').choices(learningTypes).default('BEST_PRACTICE'))
    .option('--category <name>', 'tasks of this category')
    .option('--error <text>', 'tasks that speak of this error, as it is reported')
    .option('--agent <type>', 'meant for agents of this type; may be repeated', collect)
    .option('--action <type>', 'type of the action that it speaks of, for agents that read it as data')
    .option('--input <key=value>', 'an argument of the action; may be repeated', collectPairs)
    .option('--avoid', 'it says what not to do')
    .option('--pin', 'pin it at once')
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings add --title "Migrations need a lock" --condition "A database schema is migrated" \\
    --advice "Take the advisory lock first." --category database
  journeyman learnings add --title "Clear the cache" --condition "The build fails with a stale module" \\
    --advice "Remove the cache folder, then build." --error "Error: stale module 12" --action clear-cache --pin`,
    )
    .action(async (options: AddOptions, command: Command) => {
      const { title, condition, advice, type, category, error, agent, action, input, avoid, pin } = options;
      const lesson = {
        ...{ title, condition, advice, type },
        verb: avoid === true ? ('avoid' as const) : ('prefer' as const),
        ...(category === undefined ? {} : { category }),
        ...(error === undefined ? {} : { error }),
        ...(agent === undefined ? {} : { agentTypes: agent }),
        ...(action === undefined && input === undefined
          ? {}
          : { action: { type: action ?? '', ...(input === undefined ? {} : { input: { ...input } }) } }),
        ...(pin === true ? { pinned: true } : {}),
      };
      const acting = actOptions(options);
      const { context, answer } = await withLearnings(command, (engine) => engine.add(lesson, acting));
      const { learning, changed } = answer;
      if (context.json) return printJson({ changed, learning: publicLearning(learning) });
      printLine(
        changed
          ? `${learning.id} "${plain(learning.title)}" is added, as a candidate${learning.control.pinned ? ', pinned' : ''}`
          : `${learning.id} "${plain(learning.title)}" was there already; nothing was changed`,
      );
    });
}
