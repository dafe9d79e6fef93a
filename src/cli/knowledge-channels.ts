/** `journeyman knowledge channels`, `subscribe` and `unsubscribe`. */
import { Command } from 'commander';
import { addCommonOptions } from './common-options.js';
import { plain } from './format.js';
import { withKnowledge } from './knowledge-store.js';
import { printJson, printLine, printTable } from './print.js';

export function channelsCommand(): Command {
  return addCommonOptions(new Command('channels'))
    .summary('list the channels, and make new ones')
    .description('Lists the channels that items are shared to, and how many each has had.')
    .enablePositionalOptions()
    .option('--agent <name>', 'only those that this agent subscribes to')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge channels
  journeyman knowledge channels --agent coder --json
  journeyman knowledge channels create payments --description "What concerns the payment service"`,
    )
    .action(async ({ agent }: { agent?: string }, command: Command) => {
      const { context, answer } = await withKnowledge(command, async ({ hub }) => {
        const all = await hub.channels();
        if (agent === undefined) return all;
        const own = new Set(await hub.subscriptionsOf(agent));
        return all.filter(({ name }) => own.has(name));
      });
      if (context.json) return printJson(answer);
      printTable(
        [{ title: 'channel' }, { title: 'items', align: 'right' }, { title: 'for', flexible: true }],
        answer.map(({ name, sequence, description }) => [name, String(sequence), plain(description)]),
        `${plain(agent ?? '')} subscribes to no channel.`,
      );
    })
    .addCommand(createCommand());
}

function createCommand(): Command {
  return addCommonOptions(new Command('create'))
    .summary('make a channel')
    .description('Makes a channel. One that is there stays as it is.')
    .argument('<name>', 'lower-case letters, digits, ".", "_" and "-"')
    .option('--description <text>', 'what belongs there', '')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge channels create payments --description "What concerns the payment service"`,
    )
    .action(async (name: string, { description }: { description: string }, command: Command) => {
      const { context, answer } = await withKnowledge(command, async ({ hub }) => {
        const before = await hub.channels();
        const created = before.every((channel) => channel.name !== name);
        await hub.createChannel({ name, description });
        return { name, created };
      });
      if (context.json) return printJson(answer);
      printLine(answer.created ? `${name} is made` : `${name} is there already; nothing was changed`);
    });
}

export function subscribeCommand(): Command {
  return addCommonOptions(new Command('subscribe'))
    .summary('subscribe an agent to a channel')
    .description(
      'Subscribes an agent to a channel from its next item on, and to "general", where broadcasts go. From then on ' +
        'nothing shared there passes it by, however long it is away ("watch --agent").',
    )
    .argument('<agent>', 'the agent')
    .argument('<channel>', 'the channel')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge subscribe coder warnings`,
    )
    .action(async (agent: string, channel: string, _options: object, command: Command) => {
      const { context, answer } = await withKnowledge(command, async ({ hub }) => {
        await hub.subscribeToChannel(agent, channel);
        return { agent, channels: await hub.subscriptionsOf(agent) };
      });
      if (context.json) return printJson(answer);
      printLine(`${plain(agent)} subscribes to ${answer.channels.join(', ')}`);
    });
}

export function unsubscribeCommand(): Command {
  return addCommonOptions(new Command('unsubscribe'))
    .summary("end an agent's subscription to a channel")
    .description("Ends an agent's subscription to a channel; what it had not taken in of it is forgotten.")
    .argument('<agent>', 'the agent')
    .argument('<channel>', 'the channel')
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge unsubscribe coder warnings`,
    )
    .action(async (agent: string, channel: string, _options: object, command: Command) => {
      const { context, answer } = await withKnowledge(command, async ({ hub }) => {
        const ended = await hub.unsubscribeFromChannel(agent, channel);
        return { agent, channel, ended, channels: await hub.subscriptionsOf(agent) };
      });
      if (context.json) return printJson(answer);
      const left = answer.channels.length === 0 ? 'no channel' : answer.channels.join(', ');
      printLine(
        answer.ended
          ? `${plain(agent)} no longer subscribes to ${channel}; subscribes to ${left}`
          : `${plain(agent)} did not subscribe to ${channel}; nothing was changed`,
      );
    });
}
