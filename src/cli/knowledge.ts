/** `journeyman knowledge`: what agents and people shared. */
import { Command, Option } from 'commander';
import { KnowledgeBase } from '../knowledge/knowledge-base.js';
import { type KnowledgeState, type KnowledgeType, knowledgeStates, knowledgeTypes } from '../shared/terms.js';
import { parseLimit } from './arguments.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { plain, share } from './format.js';
import { printJson, printTable } from './print.js';
import { withStore } from './servers.js';

interface KnowledgeOptions {
  type?: KnowledgeType;
  state?: KnowledgeState;
  limit: number;
}

export function knowledgeCommand(): Command {
  return addCommonOptions(new Command('knowledge'))
    .summary('list what agents and people shared')
    .description('Lists knowledge items, newest first, with how tasks went that applied them.')
    .addOption(new Option('--state <state>', 'only in this state').choices(knowledgeStates))
    .addOption(new Option('--type <type>', 'only of this type').choices(knowledgeTypes))
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge
  journeyman knowledge --state VALIDATED --type SOLUTION
  journeyman knowledge --json --limit 500`,
    )
    .action(async ({ type, state, limit }: KnowledgeOptions, command: Command) => {
      const context = await commandContext(command);
      const found = await withStore(context, (store) =>
        new KnowledgeBase(store, context.tenant).list({
          limit,
          ...(type !== undefined && { type }),
          ...(state !== undefined && { state }),
        }),
      );
      if (context.json) return printJson(found);
      printTable(
        [
          { title: 'id' },
          { title: 'title', flexible: true },
          { title: 'type' },
          { title: 'state' },
          { title: 'category' },
          { title: 'priority' },
          { title: 'channel' },
          { title: 'shown', align: 'right' },
          { title: 'applied', align: 'right' },
          { title: 'success', align: 'right' },
          { title: 'votes', align: 'right' },
        ],
        found.map((item) => [
          item.id,
          plain(item.title),
          item.type,
          item.state,
          plain(item.category),
          item.priority,
          item.channel ?? '-',
          String(item.usage.views),
          String(item.usage.applied),
          share(item.usage.successRate),
          String(item.votes),
        ]),
        'Nothing was shared yet.',
      );
    });
}
