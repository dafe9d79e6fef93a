/** `journeyman knowledge archive`, `unarchive` and `deprecate`: people's say over an item's state. */
import { Command } from 'commander';
import { addCommonOptions } from './common-options.js';
import { plain } from './format.js';
import { addByAndReason, byHand, type HandOptions, wholeId, withKnowledge } from './knowledge-store.js';
import { stateText } from './knowledge-table.js';
import { printJson, printLine } from './print.js';

interface Wording {
  act: 'archive' | 'restore' | 'deprecate';
  summary: string;
  description: string;
  example: string;
}

const acts: Record<string, Wording> = {
  archive: {
    act: 'archive',
    summary: 'put an item away until it is brought back',
    description:
      'Puts an item away: no look-up finds it and no use brings it back, until "unarchive". It stays readable.',
    example: 'the service is gone',
  },
  unarchive: {
    act: 'restore',
    summary: 'bring back what people or pruning put away',
    description:
      'Brings an item back that a person archived or deprecated, or that was pruned of late: it comes to the state ' +
      'that its use calls for. Merges ("unmerge") and retractions ("retract --undo") are undone by themselves.',
    example: 'the service is back',
  },
  deprecate: {
    act: 'deprecate',
    summary: 'take an item out of use until new evidence speaks for it',
    description:
      'Takes an item out of look-ups, whatever its use said until now. It comes back by 5 or more further applications ' +
      'of which at least half succeeded, by an edit of what it says, or by "unarchive".',
    example: 'superseded by the new client',
  },
};

export const stateCommands = (): Command[] =>
  Object.entries(acts).map(([name, { act, summary, description, example }]) =>
    addByAndReason(addCommonOptions(new Command(name)))
      .summary(summary)
      .description(description)
      .argument('<id>', "the item's id")
      .addHelpText(
        'after',
        `
Examples:
  journeyman knowledge ${name} k_3f2a9c0b1d --reason "${example}"`,
      )
      .action(async (given: string, options: HandOptions, command: Command) => {
        const { context, answer } = await withKnowledge(command, async (knowledge) => {
          const id = await wholeId(knowledge, given);
          const before = await knowledge.base.get(id);
          const item = await knowledge.base[act](id, byHand(options));
          return { before: before.state, item };
        });
        if (context.json) return printJson(answer);
        const { before, item } = answer;
        const how = before === item.state ? 'stays' : `was ${before}, is`;
        printLine(`${item.id} "${plain(item.title)}" ${how} ${stateText(item)}`);
      }),
  );
