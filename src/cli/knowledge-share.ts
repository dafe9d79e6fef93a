/** `journeyman knowledge share` and `add`: new items. */
import { Command, Option } from 'commander';
import type { ShareResult } from '../knowledge/sharing/share.js';
import { type KnowledgeType, knowledgeTypes, type Priority, priorities } from '../shared/terms.js';
import { collect } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { plain } from './format.js';
import { addContentOptions, type ContentOptions, readContent } from './knowledge-input.js';
import { actor, addBy, withKnowledge } from './knowledge-store.js';
import { printJson, printLine } from './print.js';

interface ShareOptions extends ContentOptions {
  agent: string;
  type: KnowledgeType;
  title: string;
  channel?: string;
  priority: Priority;
  category?: string;
  tag?: string[];
  id?: string;
}

const outcomes: Record<ShareResult['outcome'], string> = {
  shared: 'is shared',
  known: 'was shared before by that id; nothing was changed',
  confirmed: 'says the same already; it counts this as another word for it',
};

export function shareCommand(): Command {
  return addContentOptions(addCommonOptions(new Command('share')))
    .summary('share an item in the name of an agent')
    .description(
      'Shares an item to a channel, from where it goes to all who listen; a CRITICAL one goes to running tasks at once. ' +
        'What says the same as an item that is there confirms that one instead. Without --content the text is read from ' +
        'stdin. What a person knows is better added ("add"): it counts as trusted.',
    )
    .requiredOption('--agent <name>', 'the agent that shares it')
    .requiredOption('--title <text>', 'what it is about, in short')
    .addOption(
      new Option('--type <type>', 'what it is').choices(knowledgeTypes).default('DISCOVERY' as const),
    )
    .option('--channel <name>', 'where to (default: by its type)')
    .addOption(
      new Option('--priority <priority>', 'how urgent it is').choices(priorities).default('MEDIUM' as const),
    )
    .option('--category <name>', 'tasks of this category')
    .option('--tag <tag>', 'a tag; may be repeated', collect)
    .option('--id <id>', 'an id of your own, which makes a retry harmless')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge share --agent coder --type WARNING --title "The staging database is read-only" \\
    --content "Writes fail until the migration is through." --priority CRITICAL
  git log -1 --format=%B | journeyman knowledge share --agent ci --type SOLUTION --title "How the build was mended"`,
    )
    .action(async (options: ShareOptions, command: Command) => {
      const { agent, type, title, channel, priority, category, tag, id } = options;
      const content = (await readContent(options, { fromStdin: true })) ?? '';
      const { context, answer } = await withKnowledge(command, ({ hub }) =>
        hub.share({
          ...{ sourceAgent: agent, type, title, content, priority },
          ...(channel === undefined ? {} : { channel }),
          ...(category === undefined ? {} : { category }),
          ...(tag === undefined ? {} : { tags: tag }),
          ...(id === undefined ? {} : { id }),
        }),
      );
      if (context.json) return printJson(answer);
      const { item, outcome } = answer;
      const where = outcome === 'shared' ? ` to ${item.channel ?? '-'}, number ${item.sequence ?? '-'}` : '';
      printLine(`${item.id} "${plain(item.title)}" ${outcomes[outcome]}${where}`);
    });
}

interface AddOptions extends ContentOptions {
  title: string;
  type: KnowledgeType;
  category: string;
  tag?: string[];
  by?: string;
}

export function addCommand(): Command {
  return addBy(addContentOptions(addCommonOptions(new Command('add'))))
    .summary('add an item of your own')
    .description(
      'Adds what people know. It is in no channel: agents get it where it fits their task, as the words of a person. ' +
        'Without --content the text is read from stdin.',
    )
    .requiredOption('--title <text>', 'what it is about, in short')
    .requiredOption('--category <name>', 'tasks of this category')
    .addOption(
      new Option('--type <type>', 'what it is').choices(knowledgeTypes).default('TECHNIQUE' as const),
    )
    .option('--tag <tag>', 'a tag; may be repeated', collect)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge add --category database --title "Migrations need a lock" --tag sql \\
    --content "Take the advisory lock first."
  journeyman knowledge add --category ci --title "Runner labels" --content '{"linux": "build-8", "arm": "build-a2"}'`,
    )
    .action(async (options: AddOptions, command: Command) => {
      const { title, type, category, tag, by } = options;
      const content = (await readContent(options, { fromStdin: true })) ?? '';
      const { context, answer } = await withKnowledge(command, ({ base }) =>
        base.addKnowledge({
          ...{ title, type, category, by: actor(by) },
          content: typeof content === 'string' ? { text: content } : content,
          ...(tag === undefined ? {} : { tags: tag }),
        }),
      );
      if (context.json) return printJson(answer);
      printLine(`${answer.id} "${plain(answer.title)}" is added`);
    });
}
