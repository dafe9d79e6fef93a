/** `journeyman learnings disable`, `enable`, `pin`, `unpin` and `edit`: people's say over a learning. */
import { Command } from 'commander';
import type { SwitchAct } from '../learning/control.js';
import type { Learning } from '../learning/learning.js';
import { InvalidInputError } from '../shared/errors.js';
import { parseLargeCount } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { plain } from './format.js';
import { actOptions, type ByOptions, withLearnings } from './learnings-engine.js';
import { publicLearning, shownTitle } from './learnings-lines.js';
import { printJson, printLine } from './print.js';

/** Adds the options that say who acts and why. */
export const addByOptions = (command: Command): Command =>
  command
    .option('--reason <text>', 'why; kept in the history')
    .option('--by <name>', 'who does so (default: user@host)');

const addActOptions = (command: Command): Command =>
  addByOptions(addCommonOptions(command))
    .argument('<id>', "the learning's id")
    .option('--if-version <n>', 'only if the learning is at this version still', parseLargeCount);

interface Wording {
  summary: string;
  description: string;
  done: string;
  already: string;
  example: string;
}

const switches: Record<SwitchAct, Wording> = {
  disable: {
    summary: 'show it to no task from now on',
    description:
      'Takes a learning out of use: from the next look-up on, no task is offered it. What was observed is kept, ' +
      'and goes on being counted. "enable" takes it back.',
    done: 'is disabled: the next look-up leaves it out',
    already: 'was disabled already; nothing was changed',
    example: '--reason "the tool it names is gone"',
  },
  enable: {
    summary: 'take a disable back',
    description: 'Brings a disabled learning back into use, from the next look-up on.',
    done: 'is enabled: the next look-up may offer it',
    already: 'was not disabled; nothing was changed',
    example: '--reason "the tool is back"',
  },
  pin: {
    summary: 'show it first where it fits, and keep it',
    description:
      'Pins a learning: where it fits a task, it is shown before others; and no rule retires it, whatever is ' +
      'observed. "unpin" takes it back.',
    done: 'is pinned: shown first where it fits, and not retired by rule',
    already: 'was pinned already; nothing was changed',
    example: '--reason "house rule"',
  },
  unpin: {
    summary: 'take a pin back',
    description: 'Leaves a pinned learning to the rules again.',
    done: 'is pinned no longer',
    already: 'was not pinned; nothing was changed',
    example: '--reason "the rules may decide"',
  },
};

export const switchCommands = (): Command[] =>
  (Object.keys(switches) as SwitchAct[]).map((act) => {
    const { summary, description, done, already, example } = switches[act];
    return addActOptions(new Command(act))
      .summary(summary)
      .description(description)
      .addHelpText(
        'after',
        `
Examples:
  journeyman learnings ${act} 3f2a9c0b1d4e5f60
  journeyman learnings ${act} 3f2a9c0b1d4e5f60 ${example}`,
      )
      .action(async (id: string, options: ByOptions, command: Command) => {
        const acting = actOptions(options);
        const { context, answer } = await withLearnings(command, (engine) => engine[act](id, acting));
        const { learning, changed } = answer;
        if (context.json) return printJson({ changed, learning: publicLearning(learning) });
        printLine(`${title(learning)} ${changed ? done : already}`);
      });
  });

interface EditOptions extends ByOptions {
  title?: string;
  condition?: string;
  advice?: string;
  undo?: true;
}

export function editCommand(): Command {
  return addActOptions(new Command('edit'))
    .summary("put your words in place of the rule's")
    .description(
      'Changes what a learning says. Your words stay, whatever is observed later; numbers and confidence go on ' +
        "following the observations. --undo takes the latest edit back, and again the one before it, down to the rule's words.",
    )
    .option('--title <text>', 'its title')
    .option('--condition <text>', 'when it applies')
    .option('--advice <text>', 'what to do, or not to do')
    .option('--undo', 'take the latest edit back')
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings edit 3f2a9c0b1d4e5f60 --advice "Run the linter before the tests."
  journeyman learnings edit 3f2a9c0b1d4e5f60 --title "Lint first" --reason "shorter" --if-version 4
  journeyman learnings edit 3f2a9c0b1d4e5f60 --undo`,
    )
    .action(async (id: string, options: EditOptions, command: Command) => {
      const { title: newTitle, condition, advice, undo } = options;
      const edit = {
        ...(newTitle === undefined ? {} : { title: newTitle }),
        ...(condition === undefined ? {} : { condition }),
        ...(advice === undefined ? {} : { advice }),
      };
      const given = Object.keys(edit).length > 0;
      if (given === (undo === true))
        throw new InvalidInputError(
          'edit',
          given ? '--undo beside new words' : 'nothing',
          'at least one of --title, --condition and --advice, or --undo alone',
        );
      const acting = actOptions(options);
      const { context, answer } = await withLearnings(command, (engine) =>
        undo === true ? engine.undoEdit(id, acting) : engine.edit(id, edit, acting),
      );
      const { learning, changed } = answer;
      if (context.json) return printJson({ changed, learning: publicLearning(learning) });
      printLine(
        changed
          ? `${title(learning)} is ${undo === true ? 'as before its latest edit' : 'edited'}; version ${learning.version}`
          : `${title(learning)} says so already; nothing was changed`,
      );
    });
}

const title = (learning: Learning): string => `${learning.id} "${plain(shownTitle(learning))}"`;
