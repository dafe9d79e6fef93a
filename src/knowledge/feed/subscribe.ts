/** Subscribing to live delivery. */
import { z } from 'zod';
import { checkField, checkInput } from '../../shared/check-input.js';
import type { Store } from '../../store/store.js';
import { subscriptions } from '../collections.js';
import { agentSchema, channelNameSchema } from '../inputs.js';
import { ChannelFeed } from './channel-feed.js';
import type { Subscription } from './delivery.js';
import { Reader } from './reader.js';

export type { Delivery, Subscription } from './delivery.js';

const optionsSchema = z.strictObject({
  /** Only these of the agent's channels. */
  channels: z.array(channelNameSchema).min(1).max(1_000).optional(),
  /** Items that are read ahead where the reader is behind; what is behind them stays in MongoDB. */
  buffer: z.number().int().min(1).max(10_000).default(256),
  /** Ends the iteration when aborted. */
  signal: z.instanceof(AbortSignal).optional(),
});
export type SubscribeOptions = z.input<typeof optionsSchema>;

/**
 * The items of all channels that an agent subscribes to, from the first that it has not acknowledged, as they are
 * shared: in order within each channel, channels in turn, each item at least once. Channels that the agent
 * subscribes to meanwhile are included. Items that were archived, merged or retracted are passed over. While
 * MongoDB is away it waits, and goes on where it was. Nothing is read before the first item is asked for.
 *
 * Two subscriptions of one agent are both handed what the agent has not acknowledged.
 *
 * @throws InvalidInputError naming the field, the value and what is allowed
 */
export function subscribe(
  store: Store,
  tenant: string,
  agent: string,
  options: SubscribeOptions = {},
): Subscription {
  const name = checkField('agent', agentSchema, agent);
  const { channels, buffer, signal } = checkInput(optionsSchema, options, 'options');
  return new Reader(store, tenant, name, {
    channels: channels === undefined ? null : new Set(channels),
    buffer,
    signal: signal ?? null,
  });
}

/**
 * Ends an agent's subscription to a channel; what it had not acknowledged is forgotten.
 *
 * @returns false when it did not subscribe to it
 */
export async function unsubscribe(
  store: Store,
  tenant: string,
  agent: string,
  channel: string,
): Promise<boolean> {
  const { deletedCount } = await store.run((options) =>
    subscriptions(store).deleteOne({ _id: `${tenant}|${agent}|${channel}`, tenant }, options),
  );
  ChannelFeed.known(store)?.membershipChanged(tenant, agent);
  return deletedCount === 1;
}
