/** Telling this process's live delivery of items that are archived; other processes hear of them by the change stream. */
import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/store.js';
import { ChannelFeed } from './channel-feed.js';

/**
 * Has items read again before they are handed out, from the moment on at which the transaction of a session is over:
 * so whoever waits for the archiving is not handed what was archived.
 *
 * @param keys of the items, `<tenant>|<id>`
 */
export function tellWithdrawn(store: Store, keys: readonly string[], session: ClientSession): void {
  const feed = ChannelFeed.known(store);
  if (feed === undefined || keys.length === 0) return;
  session.once('ended', () => keys.forEach((key) => feed.withdrawn(key)));
}
