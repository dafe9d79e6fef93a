/** `journeyman knowledge show`: all of one item. */
import { Command } from 'commander';
import { addCommonOptions } from './common-options.js';
import { describeItem, type WholeItem } from './knowledge-lines.js';
import { type Knowledge, speakingId, withKnowledge } from './knowledge-store.js';
import { printJson, printLine } from './print.js';

const FEW = 100;

export function showKnowledgeCommand(): Command {
  return addCommonOptions(new Command('show'))
    .summary('show one item: what it says, where it came from, how it did')
    .description(
      'Shows what an item says, its state and why it is in it, how tasks went that applied it, what agents made of it, ' +
        'what it came from, what was merged into it or contradicts it, its versions, and what was done to it. The id of ' +
        'a merged item leads to the one that speaks for it.',
    )
    .argument('<id>', "the item's id, or a beginning that no other has")
    .option('--itself', 'the item itself, although it was merged into another')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge show k_3f2a9c0b1d
  journeyman knowledge show k_3f2a9c0b1d --itself --json`,
    )
    .action(async (given: string, options: { itself?: true }, command: Command) => {
      const { context, answer } = await withKnowledge(command, async (knowledge) =>
        readWhole(knowledge, await speakingId(knowledge, given, options)),
      );
      if (context.json) {
        const { item, versions, ...rest } = answer;
        return printJson({
          ...item,
          ...rest,
          versions: versions.map(({ content: _content, ...each }) => each),
        });
      }
      for (const line of describeItem(answer)) printLine(line);
    });
}

async function readWhole({ base }: Knowledge, id: string): Promise<WholeItem> {
  const item = await base.get(id);
  const [sources, versions, merges, contradictions, acts] = await Promise.all([
    base.sourcesOf(id, FEW),
    base.history(id, { from: Math.max(1, item.version - FEW + 1), limit: FEW }),
    base.merges({ id, limit: FEW }),
    base.contradictions({ id }),
    base.acts(id, FEW),
  ]);
  return { item, sources, versions, merges, contradictions, acts };
}
