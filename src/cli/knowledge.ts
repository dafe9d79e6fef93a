/** `journeyman knowledge`: what agents and people shared, and all that can be done with it. */
import { Command } from 'commander';
import { addCommonOptions } from './common-options.js';
import { channelsCommand, subscribeCommand, unsubscribeCommand } from './knowledge-channels.js';
import { contradictionsCommand, mergesCommand, unmergeCommand } from './knowledge-likeness.js';
import {
  addListOptions,
  bestCommand,
  listAction,
  listCommand,
  popularCommand,
  searchCommand,
} from './knowledge-list.js';
import { pruneCommand, prunedCommand, restorePrunedCommand } from './knowledge-prune.js';
import { useCommand, voteCommand } from './knowledge-say.js';
import { addCommand, shareCommand } from './knowledge-share.js';
import { showKnowledgeCommand } from './knowledge-show.js';
import { retractCommand, retractionsCommand, sourcesCommand } from './knowledge-sources.js';
import { stateCommands } from './knowledge-state.js';
import { exportCommand, importCommand } from './knowledge-transfer.js';
import { diffCommand, editCommand, historyCommand, restoreCommand } from './knowledge-versions.js';
import { watchCommand } from './knowledge-watch.js';

export function knowledgeCommand(): Command {
  const command = addListOptions(addCommonOptions(new Command('knowledge')))
    .summary('list what agents and people shared, and have a say in it')
    .description(
      'Lists knowledge items, newest first, with how tasks went that applied them. Its subcommands read and search it, ' +
        'share and edit, watch the live stream, prune, withdraw what came from a bad source, and carry it over in files.',
    )
    // What stands after a subcommand is that one's own.
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge
  journeyman knowledge --state VALIDATED --type SOLUTION
  journeyman knowledge show k_3f2a9c0b1d
  journeyman knowledge search "database migration hangs"
  journeyman knowledge watch --channel warnings
  journeyman knowledge retract --source agent:coder-7 --reason "it made things up" --dry-run
  journeyman knowledge --json --limit 500`,
    )
    .action(listAction);
  const groups: Record<string, Command[]> = {
    'Reading:': [
      listCommand(),
      showKnowledgeCommand(),
      historyCommand(),
      diffCommand(),
      searchCommand(),
      popularCommand(),
      bestCommand(),
    ],
    'Writing:': [
      shareCommand(),
      addCommand(),
      editCommand(),
      restoreCommand(),
      voteCommand(),
      useCommand(),
      ...stateCommands(),
    ],
    'Channels:': [channelsCommand(), subscribeCommand(), unsubscribeCommand(), watchCommand()],
    'Upkeep:': [
      pruneCommand(),
      prunedCommand(),
      restorePrunedCommand(),
      contradictionsCommand(),
      mergesCommand(),
      unmergeCommand(),
    ],
    'Where it came from:': [sourcesCommand(), retractCommand(), retractionsCommand()],
    'Files:': [exportCommand(), importCommand()],
  };
  for (const [group, inner] of Object.entries(groups)) {
    command.commandsGroup(group);
    for (const each of inner) command.addCommand(each);
  }
  return command;
}
