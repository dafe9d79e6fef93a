/** Channels, who listens to them, and what listeners have not yet taken in. */
import type { ClientSession } from 'mongodb';
import { InvalidInputError } from '../../shared/errors.js';
import { defaultChannels, type KnowledgeType } from '../../shared/terms.js';
import type { Store } from '../../store/store.js';
import {
  type ChannelDocument,
  channelsOf,
  type KnowledgeItem,
  knowledgeItems,
  publicItem,
  subscriptions,
} from '../collections.js';

/** Where broadcasts go; who subscribes to any channel hears it too. */
export const BROADCAST_CHANNEL = 'general';

const descriptions: Record<(typeof defaultChannels)[number], string> = {
  general: 'General knowledge, discoveries and broadcasts',
  solutions: 'Successful solutions to problems',
  warnings: 'Common pitfalls and warnings',
  optimizations: 'Performance optimizations',
  code: 'Code-related knowledge',
  testing: 'Testing strategies',
  debugging: 'Debugging techniques',
};

/** The channel of an item whose author named none. */
export function channelForType(type: KnowledgeType): string {
  if (type === 'SOLUTION') return 'solutions';
  if (type === 'WARNING') return 'warnings';
  return type === 'OPTIMIZATION' ? 'optimizations' : 'general';
}

const ensured = new WeakMap<Store, Set<string>>();

/** Creates a tenant's default channels where they are missing; once a process and tenant. */
export async function ensureChannels(store: Store, tenant: string): Promise<void> {
  const seen = ensured.get(store) ?? new Set<string>();
  ensured.set(store, seen);
  if (seen.has(tenant)) return;
  await store.run((options) =>
    channelsOf(store).bulkWrite(
      defaultChannels.map((name) => ({
        updateOne: {
          filter: { _id: `${tenant}|${name}` },
          update: { $setOnInsert: { tenant, name, description: descriptions[name], sequence: 0 } },
          upsert: true,
        },
      })),
      { ordered: false, ...options },
    ),
  );
  seen.add(tenant);
}

/**
 * Takes the next positions of channels, inside the transaction that inserts their items: the channels stay
 * locked until it commits, so positions become visible in order and without gaps.
 *
 * @param counts how many of each channel
 * @returns the first of the positions of each
 * @throws InvalidInputError when the tenant has no such channel
 */
export async function takePositions(
  store: Store,
  tenant: string,
  counts: ReadonlyMap<string, number>,
  session: ClientSession,
): Promise<Map<string, number>> {
  const advanced = await advance(store, tenant, [...counts], session);
  const ends = new Map(advanced.map(({ name, sequence }) => [name, sequence]));
  const firsts = new Map<string, number>();
  for (const [channel, count] of counts) {
    const end = ends.get(channel);
    if (end === undefined) throw await unknownChannel(store, tenant, channel, session);
    firsts.set(channel, end - count + 1);
  }
  return firsts;
}

/** Moves the ends of channels on: in one call where it is one channel, in two however many they are. */
async function advance(
  store: Store,
  tenant: string,
  counts: readonly (readonly [channel: string, count: number])[],
  session: ClientSession,
): Promise<ChannelDocument[]> {
  const changes = counts.map(([channel, count]) => ({
    filter: { _id: `${tenant}|${channel}`, tenant },
    update: { $inc: { sequence: count } },
  }));
  const [only] = changes;
  if (only === undefined) return [];
  if (changes.length === 1) {
    const options = { session, returnDocument: 'after' } as const;
    const after = await channelsOf(store).findOneAndUpdate(only.filter, only.update, options);
    return after === null ? [] : [after];
  }
  await channelsOf(store).bulkWrite(
    changes.map((updateOne) => ({ updateOne })),
    { session, ordered: false },
  );
  const keys = changes.map(({ filter }) => filter._id);
  return channelsOf(store)
    .find({ _id: { $in: keys }, tenant }, { session })
    .toArray();
}

const seen = new WeakMap<Store, Set<string>>();

/**
 * Checks that a tenant has a channel. Channels are never removed, so one that was seen is not asked for again.
 *
 * @throws InvalidInputError when it has not
 */
export async function checkChannel(store: Store, tenant: string, channel: string): Promise<void> {
  const known = seen.get(store) ?? new Set<string>();
  seen.set(store, known);
  const _id = `${tenant}|${channel}`;
  if (known.has(_id)) return;
  const found = await store.run((options) =>
    channelsOf(store).findOne({ _id, tenant }, { projection: { _id: 1 }, ...options }),
  );
  if (found === null) throw await unknownChannel(store, tenant, channel);
  known.add(_id);
}

/** A channel and how many items were shared to it. */
export type Channel = Pick<ChannelDocument, 'name' | 'description' | 'sequence'>;

/** Makes a channel; again is harmless and keeps the first description. */
export async function createChannel(
  store: Store,
  tenant: string,
  { name, description }: Pick<Channel, 'name' | 'description'>,
): Promise<void> {
  await store.run((options) =>
    channelsOf(store).updateOne(
      // By the key alone: of two at once, MongoDB then tries the second again.
      { _id: `${tenant}|${name}` },
      { $setOnInsert: { tenant, name, description, sequence: 0 } },
      { upsert: true, ...options },
    ),
  );
}

/** All channels, by name. */
export async function listChannels(store: Store, tenant: string): Promise<Channel[]> {
  await ensureChannels(store, tenant);
  return store.run((options) =>
    channelsOf(store)
      .find({ tenant }, options)
      .sort({ name: 1 })
      .map(({ name, description, sequence }) => ({ name, description, sequence }))
      .toArray(),
  );
}

async function unknownChannel(
  store: Store,
  tenant: string,
  channel: string,
  session?: ClientSession,
): Promise<InvalidInputError> {
  const known = await channelsOf(store)
    .find({ tenant }, { projection: { name: 1 }, ...(session && { session }) })
    .sort({ name: 1 })
    .limit(50)
    .toArray();
  return new InvalidInputError('channel', channel, `one of ${known.map(({ name }) => name).join(', ')}`);
}

/** Subscribes an agent from the channel's next item on; again is harmless. */
export async function subscribe(store: Store, tenant: string, agent: string, channel: string): Promise<void> {
  await ensureChannels(store, tenant);
  const wanted = [...new Set([channel, BROADCAST_CHANNEL])];
  await store.transaction(async (session) => {
    for (const name of wanted) {
      const found = await channelsOf(store).findOne({ _id: `${tenant}|${name}`, tenant }, { session });
      if (found === null) throw await unknownChannel(store, tenant, name, session);
      await subscriptions(store).updateOne(
        { _id: `${tenant}|${agent}|${name}`, tenant },
        { $setOnInsert: { agent, channel: name, acknowledged: found.sequence, since: new Date() } },
        { upsert: true, session },
      );
    }
  });
}

/** The channels that an agent subscribes to. */
export async function subscribedChannels(store: Store, tenant: string, agent: string): Promise<string[]> {
  const found = await store.run((options) =>
    subscriptions(store).find({ tenant, agent }, options).sort({ channel: 1 }).toArray(),
  );
  return found.map(({ channel }) => channel);
}

/** What an agent has not acknowledged, oldest first within each channel; archived items are left out. */
export async function missedItems(
  store: Store,
  tenant: string,
  agent: string,
  limit: number,
): Promise<KnowledgeItem[]> {
  const listened = await store.run((options) =>
    subscriptions(store).find({ tenant, agent }, options).sort({ channel: 1 }).toArray(),
  );
  const keys = listened.map(({ channel }) => `${tenant}|${channel}`);
  const ends = await store.run((options) =>
    channelsOf(store)
      .find({ _id: { $in: keys }, tenant }, { projection: { name: 1, sequence: 1 }, ...options })
      .toArray(),
  );
  const endOf = new Map(ends.map(({ name, sequence }) => [name, sequence]));
  const items: KnowledgeItem[] = [];
  for (const { channel, acknowledged } of listened) {
    if (items.length >= limit) break;
    // Of thousands of channels, few have something new.
    if ((endOf.get(channel) ?? 0) <= acknowledged) continue;
    const found = await store.run((options) =>
      knowledgeItems(store)
        .find({ tenant, channel, sequence: { $gt: acknowledged }, state: { $ne: 'ARCHIVED' } }, options)
        .sort({ sequence: 1 })
        .limit(limit - items.length)
        .toArray(),
    );
    items.push(...found.map(publicItem));
  }
  return items;
}

/**
 * Notes that an agent has taken in a channel up to a position. Never goes back.
 *
 * @throws InvalidInputError when the agent does not subscribe to the channel, or it has not come that far
 */
export async function acknowledgeUpTo(
  store: Store,
  tenant: string,
  agent: string,
  channel: string,
  sequence: number,
): Promise<void> {
  await store.run(async (options) => {
    const reached = await channelsOf(store).findOne({ _id: `${tenant}|${channel}`, tenant }, options);
    if (reached !== null && sequence > reached.sequence)
      throw new InvalidInputError('sequence', sequence, `at most ${reached.sequence}, the channel's last`);
    const { matchedCount } = await subscriptions(store).updateOne(
      { _id: `${tenant}|${agent}|${channel}`, tenant },
      { $max: { acknowledged: sequence } },
      options,
    );
    if (matchedCount === 0)
      throw new InvalidInputError('channel', channel, `a channel that ${agent} subscribes to`);
  });
}
