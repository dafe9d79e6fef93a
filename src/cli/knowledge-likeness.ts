/** `journeyman knowledge contradictions`, `merges` and `unmerge`. */
import { Command } from 'commander';
import pc from 'picocolors';
import { parseLimit } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { moment, plain } from './format.js';
import {
  addByAndReason,
  byHand,
  type HandOptions,
  type Knowledge,
  wholeId,
  withKnowledge,
} from './knowledge-store.js';
import { idText } from './knowledge-table.js';
import { printJson, printLine } from './print.js';
import { wrap } from './wrap.js';

interface ListOptions {
  of?: string;
  limit: number;
}

export function contradictionsCommand(): Command {
  return addCommonOptions(new Command('contradictions'))
    .summary('list items that say the opposite of each other')
    .description(
      'Lists pairs of items that say the opposite of each other. Agents are told of both that they are disputed, until ' +
        'their use and the votes on them tell for sure which one is right; the other one is deprecated then.',
    )
    .option('--of <id>', 'only those of this item')
    .option('--limit <n>', 'at most so many pairs', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge contradictions
  journeyman knowledge contradictions --of k_3f2a9c0b1d --json`,
    )
    .action(async ({ of, limit }: ListOptions, command: Command) => {
      const { context, answer } = await withKnowledge(command, async (knowledge) =>
        knowledge.base.contradictions({ limit, ...(await onlyOf(knowledge, of)) }),
      );
      if (context.json) return printJson(answer);
      if (answer.length === 0) printLine(pc.dim('No two items are known to contradict each other.'));
      for (const { a, b, reason, since } of answer)
        printBlock([a, b], `${since === null ? '' : `${moment(since)} `}${plain(reason ?? '')}`);
    });
}

export function mergesCommand(): Command {
  return addCommonOptions(new Command('merges'))
    .summary('list items that were merged into others')
    .description(
      'Lists items that said the same as another one and were merged into it, the latest first. The other one has ' +
        'their votes, sources and use; they stay readable ("show --itself").',
    )
    .option('--of <id>', 'only what was merged into this item')
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge merges
  journeyman knowledge merges --of k_3f2a9c0b1d --json`,
    )
    .action(async ({ of, limit }: ListOptions, command: Command) => {
      const { context, answer } = await withKnowledge(command, async (knowledge) =>
        knowledge.base.merges({ limit, ...(await onlyOf(knowledge, of)) }),
      );
      if (context.json) return printJson(answer);
      if (answer.length === 0) printLine(pc.dim('Nothing was merged.'));
      for (const { id, title, into, intoTitle, at, by, reason } of answer)
        printBlock(
          [
            { id: into, title: intoTitle ?? '-' },
            { id, title },
          ],
          `merged${at === null ? '' : ` ${moment(at)}`}${by === null ? '' : ` by ${plain(by)}`}${reason === null ? '' : `: ${plain(reason)}`}`,
        );
    });
}

export function unmergeCommand(): Command {
  return addByAndReason(addCommonOptions(new Command('unmerge')))
    .summary('take an item out of the one that it was merged into')
    .description(
      'Takes a merge back: both items have again what they had each for itself, and are left apart from then on.',
    )
    .argument('<id>', 'the id of the item that was merged')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge unmerge k_3f2a9c0b1d --reason "they speak of two databases"`,
    )
    .action(async (given: string, options: HandOptions, command: Command) => {
      const { context, answer } = await withKnowledge(command, async (knowledge) => {
        const id = await wholeId(knowledge, given);
        const { mergedInto } = await knowledge.base.get(id);
        return { outOf: mergedInto, item: await knowledge.base.unmerge(id, byHand(options)) };
      });
      if (context.json) return printJson(answer);
      const { outOf, item } = answer;
      printLine(
        `${item.id} "${plain(item.title)}" stands by itself again, ${item.state}; it was part of ${outOf ?? '-'}`,
      );
    });
}

/** Narrows a list to the item whose id, or the beginning of it, is given. */
const onlyOf = async (knowledge: Knowledge, given: string | undefined): Promise<{ id?: string }> =>
  given === undefined ? {} : { id: await wholeId(knowledge, given) };

/** Two items, one below the other so that they can be compared, and what is to be said of both. */
function printBlock(items: readonly { id: string; title: string }[], about: string): void {
  const width = Math.max(...items.map(({ id }) => idText(id).length)) + 2;
  const { columns } = process.stdout;
  const room = columns === undefined ? undefined : columns - width;
  const beside = (head: string, text: string, colour = (part: string): string => part): void => {
    for (const [at, part] of wrap(text, room).entries())
      printLine(`${(at === 0 ? head : '').padEnd(width)}${colour(part)}`);
  };
  for (const { id, title } of items) beside(idText(id), plain(title));
  beside('', about, pc.dim);
}
