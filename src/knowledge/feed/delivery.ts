/** What live delivery hands out. */
import type { KnowledgeItem } from '../collections.js';

/** One item of a channel, handed to one agent. */
export interface Delivery {
  /** `<channel>:<sequence>`: the same whenever the item is handed out again. */
  readonly id: string;
  readonly channel: string;
  /** Position in the channel: later deliveries of the channel have higher ones. */
  readonly sequence: number;
  /** Frozen: all who listen in this process are handed the same object. */
  readonly item: KnowledgeItem;
  /**
   * Notes that the agent has taken in the channel up to this item, those before it included: none of them is
   * handed to the agent again. Resolves when that is durable; while MongoDB is away it waits.
   * Where very many acknowledge and ask for the next item without waiting, that takes up to two seconds.
   *
   * @throws StoreUnavailableError when the store is closed before
   */
  acknowledge(): Promise<void>;
}

/**
 * An agent's live subscription: `for await (const delivery of subscription)`. All its iterators are one and the
 * same; leaving the loop closes it.
 */
export interface Subscription extends AsyncIterable<Delivery> {
  /** Ends the iteration. Resolves when what was acknowledged is durable, or after five seconds without MongoDB. */
  close(): Promise<void>;
}
