/** `journeyman learnings`: what the records taught. */
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { type LearningState, learningStates } from '../learning/learning.js';
import { LearningEngine } from '../learning/learning-engine.js';
import { type LearningType, learningTypes } from '../shared/terms.js';
import { parseLimit } from './arguments.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { plain } from './format.js';
import { printJson, printTable } from './print.js';
import { withStore } from './servers.js';

interface LearningsOptions {
  type?: LearningType;
  state?: LearningState;
  limit: number;
}

const stateColours: Record<LearningState, (text: string) => string> = {
  asserted: pc.green,
  candidate: pc.yellow,
  retired: pc.dim,
};

export function learningsCommand(): Command {
  return addCommonOptions(new Command('learnings'))
    .summary('list what tasks taught')
    .description(
      'Lists learnings, the weightiest first. A candidate cannot be told from chance yet; an asserted one can.',
    )
    .addOption(new Option('--type <type>', 'only of this type').choices(learningTypes))
    .addOption(new Option('--state <state>', 'only in this state').choices(learningStates))
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings
  journeyman learnings --type ERROR_RECOVERY --state asserted
  journeyman learnings --json --limit 500`,
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
      if (context.json)
        return printJson(found.map(({ _id, tenant: _tenant, text: _text, ...learning }) => learning));
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
        found.map(({ id, title, type, state, confidence, counts, category }) => [
          id,
          plain(title),
          type,
          stateColours[state](state),
          confidence,
          `${counts.successes} of ${counts.n}`,
          `${counts.withoutSuccesses} of ${counts.withoutN}`,
          plain(category ?? '-'),
        ]),
        'Nothing is learned yet. "journeyman maintain patterns" looks for patterns in the records.',
      );
    });
}
