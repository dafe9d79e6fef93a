/** `journeyman knowledge list`, `search`, `popular` and `best`: items in tables. */
import { Command, Option } from 'commander';
import type { KnowledgeQuery, ListQuery } from '../knowledge/inputs.js';
import { listOrders } from '../knowledge/inputs.js';
import {
  type KnowledgeState,
  type KnowledgeType,
  knowledgeStates,
  knowledgeTypes,
  type Priority,
  priorities,
  type Trust,
  trustLevels,
} from '../shared/terms.js';
import { collect, parseLimit } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { share } from './format.js';
import { wholeId, withKnowledge } from './knowledge-store.js';
import { printItems } from './knowledge-table.js';
import { printJson } from './print.js';

interface Filters {
  type?: KnowledgeType;
  state?: KnowledgeState;
  category?: string;
  channel?: string;
  trust?: Trust;
  limit: number;
}

interface ListOptions extends Filters {
  tag?: string;
  source?: string;
  mergedInto?: string;
  order?: NonNullable<ListQuery['order']>;
}

const addFilters = (command: Command): Command =>
  command
    .addOption(new Option('--state <state>', 'only in this state').choices(knowledgeStates))
    .addOption(new Option('--type <type>', 'only of this type').choices(knowledgeTypes))
    .option('--category <name>', 'only of this category')
    .option('--channel <name>', 'only of this channel')
    .addOption(new Option('--trust <level>', 'only words of these').choices(trustLevels));

/** Adds what a list can be narrowed and ordered by. */
export const addListOptions = (command: Command): Command =>
  addFilters(command)
    .option('--tag <tag>', 'only with this tag')
    .option('--source <kind:id>', 'only what came from this task, agent, learning, import or person')
    .option('--merged-into <id>', 'only what was merged into this item')
    .addOption(new Option('--order <by>', 'what comes first').choices(listOrders).default('newest'))
    .option('--limit <n>', 'at most so many', parseLimit, 50);

/** Prints the list that the options ask for. */
export async function listAction(options: ListOptions, command: Command): Promise<void> {
  const { mergedInto, order, ...fields } = options;
  const { context, answer } = await withKnowledge(command, async (knowledge) =>
    knowledge.base.list({
      ...given(fields, ['limit', 'state', 'type', 'category', 'channel', 'trust', 'tag', 'source']),
      ...(order === undefined ? {} : { order }),
      ...(mergedInto === undefined ? {} : { mergedInto: await wholeId(knowledge, mergedInto) }),
    }),
  );
  if (context.json) return printJson(answer);
  printItems(answer, 'Nothing like that was shared yet.');
}

/** The named options, those that were given. */
function given<T extends object, K extends keyof T>(options: T, names: readonly K[]): Pick<T, K> {
  const entries = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return Object.fromEntries(entries) as Pick<T, K>;
}

export function listCommand(): Command {
  return addListOptions(addCommonOptions(new Command('list')))
    .summary('list items')
    .description(
      'Lists items with how tasks went that applied them, and the votes of agents. On a terminal, long ids are shown ' +
        'by their beginning, which commands take for the whole; a pipe and --json have them whole.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge list --state VALIDATED --type SOLUTION
  journeyman knowledge list --source agent:coder --order updated
  journeyman knowledge list --tag sql --order success --json`,
    )
    .action(listAction);
}

interface SearchOptions extends Filters {
  tag?: string[];
  minPriority?: Priority;
}

export function searchCommand(): Command {
  return addFilters(addCommonOptions(new Command('search')))
    .summary('find items by what they say')
    .description(
      'Finds items by words and meaning, the best match first: EXPERIMENTAL and VALIDATED ones, as look-ups of tasks ' +
        'do, unless --state names another.',
    )
    .argument('<text>', 'what it is about')
    .option('--tag <tag>', 'only with this tag; may be repeated', collect)
    .addOption(new Option('--min-priority <priority>', 'only from this priority on').choices(priorities))
    .option('--limit <n>', 'at most so many', parseLimit, 20)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge search "database migration hangs"
  journeyman knowledge search "flaky test" --type SOLUTION --tag ci --json`,
    )
    .action(async (query: string, options: SearchOptions, command: Command) => {
      const { tag, ...fields } = options;
      const asked: KnowledgeQuery = {
        query,
        ...given(fields, ['limit', 'state', 'type', 'category', 'channel', 'trust', 'minPriority']),
        ...(tag === undefined ? {} : { tags: tag }),
      };
      const { context, answer } = await withKnowledge(command, ({ hub }) => hub.queryKnowledge(asked));
      if (context.json) return printJson(answer);
      printItems(answer, 'Nothing was found.');
    });
}

export function popularCommand(): Command {
  return addCommonOptions(new Command('popular'))
    .summary('list what agents found useful, for sure')
    .description(
      'Lists items by the lower 95% bound of what speaks for them (votes, confirmations by other agents, successful ' +
        'applications) among all that was said of them and came of them: a few happy voices do not outrank many.',
    )
    .option('--limit <n>', 'at most so many', parseLimit, 10)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge popular
  journeyman knowledge popular --limit 50 --json`,
    )
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const { context, answer } = await withKnowledge(command, ({ hub }) => hub.getPopularKnowledge(limit));
      if (context.json) return printJson(answer);
      printItems(answer, 'No agent found anything useful yet.', [
        { column: { title: 'for sure', align: 'right' }, cell: ({ popularity }) => share(popularity) },
      ]);
    });
}

export function bestCommand(): Command {
  return addCommonOptions(new Command('best'))
    .summary('list what proved itself, for sure')
    .description('Lists VALIDATED items by the lower 95% bound of the success of their applications.')
    .option('--limit <n>', 'at most so many', parseLimit, 10)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge best
  journeyman knowledge best --limit 50 --json`,
    )
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const { context, answer } = await withKnowledge(command, ({ base }) => base.getBestPractices(limit));
      if (context.json) return printJson(answer);
      printItems(answer, 'Nothing is validated by its use yet.', [
        {
          column: { title: 'for sure', align: 'right' },
          cell: ({ successAtLeast }) => share(successAtLeast),
        },
      ]);
    });
}
