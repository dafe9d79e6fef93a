/** Which of several documents of the same kind a transaction writes, so that those at once do not meet. */
import { randomInt } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import type { Store } from './store.js';

/** Where this process begins, so that two that are seldom busy seldom meet. */
const home = randomInt(2 ** 31);

/** What each transaction has chosen for so far. */
const tried = new WeakMap<ClientSession, Set<number>>();

/**
 * Chooses one of so many documents for a transaction. Those of this process have one each, so that what is written
 * seldom is one document; but a transaction that met one of another process chooses any when it tries again.
 *
 * @param among documents; a transaction chooses once among as many
 */
export function spread(store: Store, session: ClientSession, among: number): number {
  const before = tried.get(session) ?? new Set<number>();
  tried.set(session, before);
  if (before.has(among)) return randomInt(among);
  before.add(among);
  return (home + store.laneOf(session)) % among;
}
