/** `journeyman knowledge prune`, `pruned` and `restore-pruned`. */
import { Command, Option } from 'commander';
import type { PruneReport } from '../knowledge/lifecycle/prune.js';
import { pruneRules } from '../knowledge/lifecycle/prune-rules.js';
import { InvalidInputError } from '../shared/errors.js';
import { parseLimit } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { moment, plain } from './format.js';
import { count } from './knowledge-lines.js';
import {
  actor,
  addBy,
  addByAndReason,
  byHand,
  type HandOptions,
  wholeId,
  withKnowledge,
} from './knowledge-store.js';
import { idText } from './knowledge-table.js';
import { openLiveView } from './live-view.js';
import { printJson, printLine, printTable } from './print.js';

export function pruneCommand(): Command {
  return addBy(addCommonOptions(new Command('prune')))
    .summary('let go of what no longer earns its place')
    .description(
      'Archives items by stated rules, and says which and why:\n' +
        '  useless  deprecated and nothing spoke for it since, or voted down by many agents\n' +
        '  unused   not proven, and nobody was ever shown it or applied it in `knowledge.unusedDays` days (90)\n' +
        '  stale    not proven, and nobody was shown it or applied it in `knowledge.staleDays` days (365)\n' +
        '  budget   among the least valuable beyond `knowledge.maxItems` items (100,000)\n' +
        'Maintenance does so by itself. What goes can be restored for `knowledge.restoreDays` days (30).',
    )
    .option('--dry-run', 'only say what would go, and why')
    .option('--limit <n>', 'list at most so many', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge prune --dry-run
  journeyman knowledge prune --by ana@example.org
  journeyman knowledge prune --dry-run --json`,
    )
    .action(async (options: { dryRun?: true; limit: number; by?: string }, command: Command) => {
      const by = actor(options.by);
      const { context, answer } = await withKnowledge(command, async ({ base }) => {
        const view = openLiveView();
        try {
          view.show(['looking through the items'], []);
          return await base.prune({ dryRun: options.dryRun === true, by });
        } finally {
          view.close();
        }
      });
      if (context.json) return printJson(answer);
      printReport(answer, options.limit);
    });
}

function printReport({ run, dryRun, counts, total, items, finished }: PruneReport, limit: number): void {
  const shown = items.slice(0, limit);
  if (shown.length > 0) {
    printTable(
      [
        { title: 'id' },
        { title: 'title', flexible: true },
        { title: 'state', spare: 0 },
        { title: 'rule' },
        { title: 'why', flexible: true },
      ],
      shown.map(({ id, title, state, rule, reason }) => [
        idText(id),
        plain(title),
        state,
        rule,
        plain(reason),
      ]),
      '',
    );
    if (total > shown.length) printLine(`and ${total - shown.length} more`);
    printLine();
  }
  const rules = pruneRules.filter((rule) => counts[rule] > 0).map((rule) => `${counts[rule]} ${rule}`);
  const why = rules.length === 0 ? '' : `: ${rules.join(', ')}`;
  printLine(dryRun ? `${count(total, 'item')} would go${why}` : `${count(total, 'item')} pruned${why}`);
  if (!finished) printLine('Not all was looked through in the time given: the same again goes on.');
  if (run !== null)
    printLine(`journeyman knowledge restore-pruned --run ${run} --reason "..." brings them back`);
}

export function prunedCommand(): Command {
  return addCommonOptions(new Command('pruned'))
    .summary('list what was pruned and can still be restored')
    .description('Lists pruned items that can still be restored, the last to go first.')
    .option('--run <id>', 'only of this run of pruning')
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge pruned
  journeyman knowledge pruned --limit 500 --json`,
    )
    .action(async ({ run, limit }: { run?: string; limit: number }, command: Command) => {
      const { context, answer } = await withKnowledge(command, ({ base }) =>
        base.listPruned({ limit, ...(run === undefined ? {} : { run }) }),
      );
      if (context.json) return printJson(answer);
      printTable(
        [
          { title: 'id' },
          { title: 'title', flexible: true },
          { title: 'type', spare: 0 },
          { title: 'pruned' },
          { title: 'run', spare: 1 },
        ],
        answer.map(({ id, title, type, prunedAt, prunedIn }) => [
          idText(id),
          plain(title),
          type,
          prunedAt === null ? '-' : moment(prunedAt),
          plain(prunedIn ?? '-'),
        ]),
        'Nothing was pruned that could still be restored.',
      );
    });
}

interface RestoreOptions extends HandOptions {
  run?: string;
}

export function restorePrunedCommand(): Command {
  return addByAndReason(addCommonOptions(new Command('restore-pruned')))
    .summary('bring back what was pruned')
    .description(
      'Brings back one pruned item, or all that one run of pruning let go of, each to the state that its use calls for.',
    )
    .argument('[id]', "the item's id")
    .addOption(new Option('--run <id>', 'all that this run pruned'))
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge restore-pruned k_3f2a9c0b1d --reason "it is needed after all"
  journeyman knowledge restore-pruned --run prune-1b9d --reason "the settings were wrong"`,
    )
    .action(async (given: string | undefined, options: RestoreOptions, command: Command) => {
      const { run } = options;
      if ((given === undefined) === (run === undefined))
        throw new InvalidInputError('id', given, 'the id of an item, or --run alone');
      const { context, answer } = await withKnowledge(command, async (knowledge) => {
        const said = byHand(options);
        if (run !== undefined) return { run, restored: await knowledge.base.restoreRun(run, said) };
        const id = await wholeId(knowledge, given ?? '');
        return { item: await knowledge.base.restorePruned(id, said), restored: 1 };
      });
      if (context.json) return printJson(answer);
      printLine(
        'item' in answer
          ? `${answer.item.id} "${plain(answer.item.title)}" is back, ${answer.item.state}`
          : `${count(answer.restored, 'item')} of run ${plain(answer.run)} brought back`,
      );
    });
}
