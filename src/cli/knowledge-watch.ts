/** `journeyman knowledge watch`: items as they are shared. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import type { KnowledgeItem } from '../knowledge/collections.js';
import type { Sight } from '../knowledge/feed/follow.js';
import { InvalidInputError } from '../shared/errors.js';
import type { Priority } from '../shared/terms.js';
import { collect } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { clip, moment, plain } from './format.js';
import { type Knowledge, withKnowledge } from './knowledge-store.js';
import { idText } from './knowledge-table.js';
import { printStep } from './print.js';
import { onStopSignal } from './stop-signals.js';

interface WatchOptions {
  channel?: string[];
  agent?: string;
  last?: number;
}

export function watchCommand(): Command {
  return addCommonOptions(new Command('watch'))
    .summary('show items as they are shared, until Ctrl-C')
    .description(
      'Shows items as they are shared, to all channels or those named, and leaves no trace of it. With --agent it is ' +
        "that agent's own subscription instead: it begins with what the agent has not taken in yet, however long ago " +
        'that was shared, and what was printed counts as taken in. With --json, one JSON object a line.',
    )
    .option('--channel <name>', 'only this channel; may be repeated', collect)
    .option('--agent <name>', "the agent's subscription: takes in for it what is printed")
    .addOption(
      new Option('--last <n>', 'begin with so many of the newest that are there')
        .argParser(parseLast)
        .conflicts('agent'),
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge watch
  journeyman knowledge watch --channel warnings --last 10
  journeyman knowledge watch --agent coder --json`,
    )
    .action(async (options: WatchOptions, command: Command) => {
      await withKnowledge(command, async (knowledge) => {
        const stop = new AbortController();
        const off = onStopSignal(() => stop.abort());
        try {
          await watch(knowledge, options, stop.signal);
        } finally {
          off();
        }
      });
    });
}

/** Milliseconds that the end waits for what was printed to be taken in. */
const LAST_MS = 5_000;

async function watch(knowledge: Knowledge, options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { hub, context } = knowledge;
  const { channel: channels, agent, last } = options;
  const print = context.json ? jsonLine : personLine;
  const some = channels === undefined ? {} : { channels };
  if (agent === undefined) {
    const sights = hub.follow({ ...some, ...(last === undefined ? {} : { last }), signal });
    const where = channels?.join(', ') ?? 'all channels';
    // On stderr, and only for who sits there: a program reads the items alone.
    if (process.stderr.isTTY) printStep(`Watching ${where}; Ctrl-C ends`);
    for await (const sight of sights) await write(print(sight));
    return;
  }
  await checkSubscribed(knowledge, agent, channels);
  if (process.stderr.isTTY) printStep(`Watching as ${plain(agent)}; Ctrl-C ends`);
  const acknowledging = new Set<Promise<void>>();
  for await (const delivery of hub.subscribe(agent, { ...some, signal })) {
    await write(print(delivery));
    // What follows is printed meanwhile. Where it fails, the agent is handed the item again.
    const acknowledged: Promise<void> = delivery
      .acknowledge()
      .catch(() => {})
      .finally(() => acknowledging.delete(acknowledged));
    acknowledging.add(acknowledged);
  }
  await Promise.race([Promise.all(acknowledging), sleep(LAST_MS, undefined, { ref: false })]);
}

/** An agent without a subscription would wait for ever. */
async function checkSubscribed(
  { hub }: Knowledge,
  agent: string,
  channels: readonly string[] | undefined,
): Promise<void> {
  const own = await hub.subscriptionsOf(agent);
  const missing = channels?.find((channel) => !own.includes(channel));
  if (own.length === 0)
    throw new InvalidInputError(
      '--agent',
      agent,
      'an agent that subscribes to a channel ("journeyman knowledge subscribe" makes it)',
    );
  if (missing !== undefined)
    throw new InvalidInputError('--channel', missing, `one that ${agent} subscribes to: ${own.join(', ')}`);
}

/** Resolves when the text is handed over: what is taken in for an agent was printed. */
const write = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()));
  });

const jsonLine = ({ id, channel, sequence, item }: Sight): string =>
  JSON.stringify({ id, channel, sequence, item });

const marks: Record<Priority, (text: string) => string> = {
  CRITICAL: (text) => pc.inverse(pc.red(pc.bold(text))),
  HIGH: pc.yellow,
  MEDIUM: (text) => text,
  LOW: pc.dim,
};

const PRIORITY_WIDTH = 8;
const CHANNEL_WIDTH = 13;
const TYPE_WIDTH = 13;
/** Characters of a terminal that has room for all; on a narrower one the title needs it more. */
const ROOMY = 110;

/** Time, priority, channel, type and title; then who shared it, and its id. */
function personLine({ channel, item }: Sight): string {
  const { createdAt, priority, type, source, id } = item;
  const columns = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  const isRoomy = columns >= ROOMY;
  const time = isRoomy ? moment(createdAt) : shortTime(createdAt);
  const tail = isRoomy ? ` (${plain(source)}, ${idText(id)})` : ` (${idText(id)})`;
  const where = isRoomy
    ? `${channel.padEnd(CHANNEL_WIDTH)} ${type.padEnd(TYPE_WIDTH)}`
    : channel.padEnd(CHANNEL_WIDTH);
  const room = columns - time.length - PRIORITY_WIDTH - where.length - tail.length - 3;
  const mark = marks[priority](priority.padEnd(PRIORITY_WIDTH));
  return `${pc.dim(time)} ${mark} ${where} ${titleText(item, Math.max(20, room))}${pc.dim(tail)}`;
}

/** The time of a day that is today, else the day. */
function shortTime(at: Date): string {
  const [day = '', time = ''] = moment(at).split(' ');
  return (moment(new Date()).startsWith(day) ? time : day).padEnd(day.length);
}

const titleText = ({ title, priority }: KnowledgeItem, room: number): string => {
  const text = clip(plain(title), room);
  return priority === 'CRITICAL' ? pc.bold(text) : text;
};

function parseLast(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > 10_000)
    throw new InvalidArgumentError('Allowed is a whole number from 0 to 10000.');
  return count;
}
