/** Following channels as a bystander: what is shared from now on, without a trace in the store. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { checkInput } from '../../shared/check-input.js';
import { ChangeFeed } from '../../store/change-feed.js';
import type { Store } from '../../store/store.js';
import { channelsOf, knowledgeItems, publicItem } from '../collections.js';
import { channelNameSchema } from '../inputs.js';
import { checkChannel, ensureChannels } from '../sharing/channels.js';
import type { Delivery } from './delivery.js';
import { lasting } from './lasting.js';
import { readStretch } from './stretch.js';

/** An item of a channel, seen in passing. */
export type Sight = Omit<Delivery, 'acknowledge'>;

const optionsSchema = z.strictObject({
  /** Only these; by default all, those that are made meanwhile included. */
  channels: z.array(channelNameSchema).min(1).max(1_000).optional(),
  /** Begins with so many of the newest that are there already. */
  last: z.number().int().min(0).max(10_000).default(0),
  /** Ends the iteration when aborted. */
  signal: z.instanceof(AbortSignal).optional(),
});
export type FollowOptions = z.input<typeof optionsSchema>;

const WATCHED = [{ name: 'channels', where: { operationType: { $in: ['insert', 'update', 'replace'] } } }];
/** Milliseconds after which MongoDB is asked though no change was told of. */
const ASK_EVERY_MS = 1_000;
const AT_ONCE = 100;

/**
 * The items of channels as they are shared, in order within each channel. Nothing is kept of how far it came, so
 * what is shared before it begins or after it ends is not seen; see {@link subscribe} for what loses nothing. Items
 * that were archived, merged or retracted are passed over. While MongoDB is away it waits, and goes on where it was.
 *
 * @throws InvalidInputError when an option is wrong or a channel unknown
 */
export async function* follow(
  store: Store,
  tenant: string,
  options: FollowOptions = {},
): AsyncGenerator<Sight, void> {
  const { channels, last, signal: given } = checkInput(optionsSchema, options, 'options');
  const ending = AbortSignal.any([store.closed, ...(given === undefined ? [] : [given])]);
  await ensureChannels(store, tenant);
  for (const channel of channels ?? []) await checkChannel(store, tenant, channel);
  let news = new AbortController();
  const stream = new ChangeFeed(store, WATCHED, {
    changed: (key) => {
      if (key.startsWith(`${tenant}|`)) news.abort();
    },
    lost: () => news.abort(),
  });
  try {
    await lasting(() => stream.begin(), ending);
    const positions = await lasting(() => ends(store, tenant, channels), ending);
    if (last > 0) yield* await lasting(() => newest(store, tenant, positions, last), ending);
    for (;;) {
      news = new AbortController();
      for (const [channel, end] of await lasting(() => ends(store, tenant, channels), ending)) {
        // One that was made meanwhile is seen from its beginning.
        let at = positions.get(channel) ?? 0;
        while (at < end) {
          const from = at;
          const stretch = await lasting(
            () => readStretch(store, tenant, channel, from, end, AT_ONCE),
            ending,
          );
          for (const { id, sequence, item } of stretch.entries) yield { id, channel, sequence, item };
          at = stretch.through;
          positions.set(channel, at);
        }
      }
      const woken = AbortSignal.any([news.signal, ending]);
      await sleep(ASK_EVERY_MS, undefined, { signal: woken }).catch(() => {});
      ending.throwIfAborted();
    }
  } catch (error) {
    if (!ending.aborted) throw error;
  } finally {
    stream.close();
  }
}

/** How far channels go. */
async function ends(
  store: Store,
  tenant: string,
  channels: readonly string[] | undefined,
): Promise<Map<string, number>> {
  const found = await store.run((options) =>
    channelsOf(store)
      .find({ tenant, ...(channels && { name: { $in: [...channels] } }) }, options)
      .sort({ name: 1 })
      .toArray(),
  );
  return new Map(found.map(({ name, sequence }) => [name, sequence]));
}

/**
 * The newest items up to some positions, oldest first. Which channels have them is told by when items were made;
 * which of a channel they are, by its order: what is shared together is made at the same time.
 */
async function newest(
  store: Store,
  tenant: string,
  positions: ReadonlyMap<string, number>,
  count: number,
): Promise<Sight[]> {
  const found = await store.run((options) =>
    knowledgeItems(store)
      .find(
        { tenant, state: { $ne: 'ARCHIVED' }, channel: { $in: [...positions.keys()] } },
        { ...options, projection: { channel: 1 } },
      )
      .sort({ createdAt: -1, _id: 1 })
      .limit(count)
      .toArray(),
  );
  const counts = new Map<string, number>();
  for (const { channel } of found) counts.set(channel ?? '', (counts.get(channel ?? '') ?? 0) + 1);
  const sights: Sight[] = [];
  for (const [channel, most] of counts) {
    const newest = await store.run((options) =>
      knowledgeItems(store)
        .find(
          { tenant, channel, state: { $ne: 'ARCHIVED' }, sequence: { $lte: positions.get(channel) ?? 0 } },
          { ...options, projection: { text: 0, words: 0 } },
        )
        .sort({ sequence: -1 })
        .limit(most)
        .toArray(),
    );
    for (const item of newest.toReversed()) {
      const sequence = item.sequence ?? 0;
      sights.push({ id: `${channel}:${sequence}`, channel, sequence, item: publicItem(item) });
    }
  }
  return inOrder(sights);
}

/** By time, and where clocks disagree in the order of the channel all the same. */
function inOrder(sights: readonly Sight[]): Sight[] {
  const latest = new Map<string, number>();
  return sights
    .map((sight) => {
      const at = Math.max(sight.item.createdAt.getTime(), latest.get(sight.channel) ?? 0);
      latest.set(sight.channel, at);
      return { at, sight };
    })
    .sort((a, b) => a.at - b.at)
    .map(({ sight }) => sight);
}
