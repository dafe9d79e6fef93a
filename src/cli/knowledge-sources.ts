/** `journeyman knowledge sources`, `retract` and `retractions`: what items came from, and withdrawing a bad source. */
import { Command, Option } from 'commander';
import type { Retraction, RetractionFigures } from '../knowledge/provenance/retractions.js';
import { InvalidInputError } from '../shared/errors.js';
import { parseLimit } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { moment, plain } from './format.js';
import { actor, addBy, speakingId, withKnowledge } from './knowledge-store.js';
import { idText } from './knowledge-table.js';
import { openLiveView } from './live-view.js';
import { printJson, printLine, printTable } from './print.js';

export function sourcesCommand(): Command {
  return addCommonOptions(new Command('sources'))
    .summary('list what an item came from')
    .description(
      'Lists the tasks, agents, learnings, imports and people that an item came from, with those of the items that ' +
        'were merged into it. "knowledge list --source KIND:ID" goes the other way.',
    )
    .argument('<id>', "the item's id")
    .option('--itself', 'the item itself, although it was merged into another')
    .option('--limit <n>', 'at most so many, the oldest', parseLimit, 1_000)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge sources k_3f2a9c0b1d
  journeyman knowledge sources k_3f2a9c0b1d --json`,
    )
    .action(async (given: string, options: { itself?: true; limit: number }, command: Command) => {
      const { context, answer } = await withKnowledge(command, async (knowledge) =>
        knowledge.base.sourcesOf(await speakingId(knowledge, given, options), options.limit),
      );
      if (context.json) return printJson(answer);
      printTable(
        [
          { title: 'source', flexible: true },
          { title: 'since' },
          { title: 'together with', spare: 1, flexible: true },
          { title: 'by way of', spare: 0 },
          { title: 'retracted' },
        ],
        answer.map(({ kind, ref, at, with: beside, via, retractedBy }) => [
          ...[`${kind}:${plain(ref)}`, moment(at), plain(beside.join(', ')) || '-'],
          ...[via === null ? '-' : idText(via), retractedBy ?? '-'],
        ]),
        'Nothing is known of where it came from.',
      );
    });
}

interface RetractOptions {
  source?: string;
  reason?: string;
  dryRun?: true;
  undo?: string;
  by?: string;
}

export function retractCommand(): Command {
  return addBy(addCommonOptions(new Command('retract')))
    .summary('withdraw all that came from a bad source')
    .description(
      'Withdraws all that derives from a task, agent, learning, import or person: items that came from it alone are ' +
        'archived; those with other sources stay, and go back to the words of others where theirs were written over; ' +
        'its votes, views, confirmations and the use that it reports no longer count. While that stands, nothing new of ' +
        'it is taken in. --undo takes it back. One that was interrupted is gone on with by the same again.',
    )
    .addOption(
      new Option('--source <kind:id>', 'e.g. agent:coder-7, task:fix-42, import:<id>').conflicts('undo'),
    )
    .addOption(new Option('--reason <text>', 'why; kept in the log').conflicts('undo'))
    .addOption(new Option('--dry-run', 'only count what it would do').conflicts('undo'))
    .option('--undo <id>', 'take this retraction back')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge retract --source agent:coder-7 --reason "it made things up" --dry-run
  journeyman knowledge retract --source agent:coder-7 --reason "it made things up"
  journeyman knowledge retract --undo r_5f1c2b9a0e7d4c3b8a61`,
    )
    .action(async ({ source, reason, dryRun, undo, by: name }: RetractOptions, command: Command) => {
      if (undo === undefined && source === undefined)
        throw new InvalidInputError(
          '--source',
          undefined,
          '<kind>:<id>, or --undo and the id of a retraction',
        );
      if (undo === undefined && reason === undefined)
        throw new InvalidInputError('--reason', undefined, 'why the source is withdrawn');
      const by = actor(name);
      const { context, answer } = await withKnowledge(command, async ({ base }) => {
        const view = openLiveView();
        try {
          view.show([undo === undefined ? `going through what came from ${source}` : 'taking it back'], []);
          return undo === undefined
            ? await base.retract({
                ...{ source: source ?? '', reason: reason ?? '', by },
                dryRun: dryRun === true,
              })
            : await base.undoRetraction(undo, { by });
        } finally {
          view.close();
        }
      });
      if (context.json) return printJson(answer);
      printRetraction(answer);
    });
}

const effects: Record<keyof RetractionFigures, string> = {
  archived: 'items that came from it alone, archived',
  kept: 'items that have other sources, kept',
  reverted: '  of which went back to the words of others',
  unmerged: 'merges taken apart',
  votes: 'votes that no longer count',
  views: 'views that no longer count',
  confirmations: 'confirmations that no longer count',
  usages: 'applications that no longer count',
};

function printRetraction({ id, source, state, figures }: Retraction): void {
  const text = plain(source);
  if (state === 'undone') return printLine(`${id}: the retraction of ${text} is undone; all is as before`);
  printLine(state === 'planned' ? `Retracting ${text} would come to:` : `${id}: ${text} is retracted`);
  printLine();
  printTable(
    [{ title: 'effect' }, { title: 'number', align: 'right' }],
    Object.entries(effects).map(([name, effect]) => [
      effect,
      String(figures[name as keyof RetractionFigures]),
    ]),
    '',
  );
  if (state === 'done') printLine(`\njourneyman knowledge retract --undo ${id} takes it back`);
}

export function retractionsCommand(): Command {
  return addCommonOptions(new Command('retractions'))
    .summary('list what was withdrawn, and why')
    .description('Lists retractions, the newest first, with what each came to.')
    .option('--source <kind:id>', 'only of this source')
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge retractions
  journeyman knowledge retractions --source agent:coder-7 --json`,
    )
    .action(async ({ source, limit }: { source?: string; limit: number }, command: Command) => {
      const { context, answer } = await withKnowledge(command, ({ base }) =>
        base.retractions({ limit, ...(source === undefined ? {} : { source }) }),
      );
      if (context.json) return printJson(answer);
      printTable(
        [
          { title: 'id' },
          { title: 'source', flexible: true },
          { title: 'state' },
          { title: 'archived', align: 'right', spare: 4 },
          { title: 'kept', align: 'right', spare: 3 },
          { title: 'uses', align: 'right', spare: 2 },
          { title: 'when', spare: 1 },
          { title: 'by', spare: 0 },
          { title: 'why', flexible: true, spare: 5 },
        ],
        answer.map(({ id, source: key, state, figures, at, by, reason }) => [
          ...[id, plain(key), state, String(figures.archived), String(figures.kept), String(figures.usages)],
          ...[moment(at), plain(by), plain(reason)],
        ]),
        'Nothing was retracted.',
      );
    });
}
