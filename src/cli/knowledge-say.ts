/** `journeyman knowledge vote` and `use`: what agents make of an item, and how it went with it. */
import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import { InvalidInputError } from '../shared/errors.js';
import { addCommonOptions } from './common-options.js';
import { plain } from './format.js';
import { count } from './knowledge-lines.js';
import { actor, addBy, speakingId, withKnowledge } from './knowledge-store.js';
import { successText } from './knowledge-table.js';
import { printJson, printLine } from './print.js';

interface VoteOptions {
  agent?: string;
  notUseful?: true;
  withdraw?: true;
}

export function voteCommand(): Command {
  return addCommonOptions(new Command('vote'))
    .summary('say whether an item was useful')
    .description(
      'Counts a vote on an item, one for each agent: another one takes the place of the first, --withdraw takes it back.',
    )
    .argument('<id>', "the item's id")
    .option('--agent <name>', 'whose vote (default: user@host)')
    .addOption(new Option('--not-useful', 'it was not').conflicts('withdraw'))
    .option('--withdraw', 'take the vote back')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge vote k_3f2a9c0b1d --agent coder
  journeyman knowledge vote k_3f2a9c0b1d --agent coder --not-useful
  journeyman knowledge vote k_3f2a9c0b1d --agent coder --withdraw`,
    )
    .action(async (given: string, options: VoteOptions, command: Command) => {
      const agent = actor(options.agent);
      const { context, answer } = await withKnowledge(command, async (knowledge) => {
        const id = await speakingId(knowledge, given);
        const { hub } = knowledge;
        const result =
          options.withdraw === true
            ? await hub.withdrawVote(id, agent)
            : await hub.voteUseful(id, agent, options.notUseful !== true);
        return { id, agent, ...result };
      });
      if (context.json) return printJson(answer);
      const { id, votes, downvotes, counted } = answer;
      const done =
        options.withdraw === true
          ? counted
            ? 'the vote is taken back'
            : `${plain(agent)} had no vote on it`
          : counted
            ? 'the vote is counted'
            : `${plain(agent)} had voted so already`;
      printLine(`${id}: ${done}; ${count(votes, 'vote')} for it, ${downvotes} against`);
    });
}

interface UseOptions {
  success?: true;
  failure?: true;
  unknown?: true;
  task?: string;
  by?: string;
  usageId?: string;
}

export function useCommand(): Command {
  return addBy(addCommonOptions(new Command('use')))
    .summary('say that an item was applied, and how it went')
    .description(
      "Counts an application of what an item says now, for work outside Journeyman's own tasks: those count what " +
        'their reports say was applied. With --task it follows how that task is known to have gone, now and later.',
    )
    .argument('<id>', "the item's id")
    .addOption(new Option('--success', 'it went well').conflicts(['failure', 'unknown', 'task']))
    .addOption(new Option('--failure', 'it did not').conflicts(['success', 'unknown', 'task']))
    .addOption(new Option('--unknown', 'it is not known').conflicts(['success', 'failure', 'task']))
    .addOption(new Option('--task <id>', 'the task that it was applied in').conflicts('usageId'))
    .addOption(
      new Option('--usage-id <id>', 'an id of your own, which makes a retry harmless').conflicts('unknown'),
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge use k_3f2a9c0b1d --success
  journeyman knowledge use k_3f2a9c0b1d --failure --by coder --usage-id build-8812
  journeyman knowledge use k_3f2a9c0b1d --task fix-42 --by coder`,
    )
    .action(async (given: string, options: UseOptions, command: Command) => {
      const { success, failure, unknown, task, usageId } = options;
      if ([success, failure, unknown, task].every((each) => each === undefined))
        throw new InvalidInputError('use', 'nothing', 'one of --success, --failure, --unknown and --task');
      const by = actor(options.by);
      const { context, answer } = await withKnowledge(command, async (knowledge) => {
        const id = await speakingId(knowledge, given);
        const { hub, base } = knowledge;
        if (success === undefined && failure === undefined) {
          const counted = await hub.markAsApplied(id, by, task);
          return { counted, item: await base.get(id) };
        }
        const before = await base.get(id);
        const item = await base.recordUsage(id, success === true, { by, usageId: usageId ?? randomUUID() });
        return { counted: item.usage.applied !== before.usage.applied, item };
      });
      if (context.json) return printJson(answer);
      const { counted, item } = answer;
      printLine(
        `${item.id} "${plain(item.title)}" ${counted ? 'is counted as applied' : 'was counted before'}; applied ` +
          `${count(item.usage.applied, 'time')}, ${successText(item.usage)} known to have succeeded, ${item.state}`,
      );
    });
}
