/** Items of channels and those who listen, for tests of live delivery. */
import { channelsOf, type KnowledgeItem } from '../../src/knowledge/collections.js';
import type { Delivery, Subscription } from '../../src/knowledge/feed/subscribe.js';
import { shareSchema } from '../../src/knowledge/inputs.js';
import { draftOf, insertItems, newItemId } from '../../src/knowledge/insert-items.js';
import { ensureChannels } from '../../src/knowledge/sharing/channels.js';
import type { Store } from '../../src/store/store.js';

const MOST_IN_ONE = 500;
const CHARACTERS_IN_ONE = 1_000_000;

/** Puts items into a channel as sharing does, without looking for others that say the same. */
export async function put(
  store: Store,
  tenant: string,
  channel: string,
  count: number,
  content = 'short',
): Promise<KnowledgeItem[]> {
  await ensureChannels(store, tenant);
  const items: KnowledgeItem[] = [];
  const inOne = Math.min(MOST_IN_ONE, Math.ceil(CHARACTERS_IN_ONE / content.length));
  for (let from = 0; from < count; from += inOne) {
    const drafts = Array.from({ length: Math.min(inOne, count - from) }, (_, at) =>
      draftOf(
        shareSchema.parse({
          id: newItemId(),
          sourceAgent: 'writer',
          type: 'TECHNIQUE',
          title: `item ${from + at + 1}`,
          content,
          channel,
        }),
      ),
    );
    items.push(
      ...(await store.transaction((session) => insertItems(store, tenant, drafts, session), 30_000)),
    );
  }
  return items;
}

/** Makes a channel, where it is missing. */
export async function makeChannel(store: Store, tenant: string, name: string): Promise<void> {
  await ensureChannels(store, tenant);
  await store.run((options) =>
    channelsOf(store).updateOne(
      { _id: `${tenant}|${name}`, tenant },
      { $setOnInsert: { name, description: '', sequence: 0 } },
      { upsert: true, ...options },
    ),
  );
}

/** The next items of a subscription, each within a time. */
export async function take(
  subscription: Subscription,
  count: number,
  withinMs = 10_000,
): Promise<Delivery[]> {
  const iterator = subscription[Symbol.asyncIterator]();
  const taken: Delivery[] = [];
  while (taken.length < count) {
    const next = await within(withinMs, iterator.next(), () => `item ${taken.length + 1} of ${count}`);
    if (next.done === true) throw new Error(`ended after ${taken.length} of ${count} items`);
    taken.push(next.value);
  }
  return taken;
}

export async function within<T>(ms: number, work: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what()}`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const sequencesOf = (deliveries: readonly Delivery[]): number[] =>
  deliveries.map(({ sequence }) => sequence);

export const upTo = (count: number, from = 1): number[] =>
  Array.from({ length: count }, (_, at) => from + at);
