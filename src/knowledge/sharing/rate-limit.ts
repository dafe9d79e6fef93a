/** How much an agent may share in a minute. */
import type { ClientSession } from 'mongodb';
import { RateLimitError } from '../../shared/errors.js';
import type { Store } from '../../store/store.js';
import { type ShareRateDocument, shareRates } from '../collections.js';

const SLOT_MS = 5_000;
/** Slots that together span a minute wherever in its slot a share falls: twelve whole ones and the current. */
const SLOTS = 60_000 / SLOT_MS + 1;

/** Shares counted by slot, oldest first; a slot is five seconds long and numbered from the epoch. */
export type Slots = ShareRateDocument['slots'];

export interface Admission {
  slots: Slots;
  /** Seconds after which it is worth another try; null when it was admitted. */
  retryAfterSeconds: number | null;
}

/**
 * Counts one share where the limit allows it. In no minute are there more than `limit`; as the counts are of
 * slots, one that was refused may have to wait up to a slot longer than it would have with exact times. Pure.
 *
 * @param nowMs a clock that lags behind the last share counts as its time
 */
export function admit(slots: Slots, limit: number, nowMs: number): Admission {
  const current = Math.max(Math.floor(nowMs / SLOT_MS), slots.at(-1)?.slot ?? 0);
  const counted = slots.filter(({ slot }) => slot > current - SLOTS);
  let sum = counted.reduce((total, { count }) => total + count, 0);
  if (sum < limit) {
    const last = counted.at(-1);
    const next =
      last?.slot === current
        ? [...counted.slice(0, -1), { slot: current, count: last.count + 1 }]
        : [...counted, { slot: current, count: 1 }];
    return { slots: next, retryAfterSeconds: null };
  }
  // The limit may have been lowered: as many of the oldest slots have to pass as bring the sum below it.
  let freedAt = nowMs;
  for (const { slot, count } of counted) {
    sum -= count;
    freedAt = (slot + SLOTS) * SLOT_MS;
    if (sum < limit) break;
  }
  return { slots: counted, retryAfterSeconds: Math.max(1, Math.ceil((freedAt - nowMs) / 1_000)) };
}

export const rateLimitError = (agent: string, limit: number, seconds: number): RateLimitError =>
  new RateLimitError(
    `${agent} has shared ${limit} items within the last minute, as many as one agent may; try again in ${seconds} s`,
    seconds,
  );

/** Agents that have shared as much as they may by now. Only for what may be wrong: what counts is decided later. */
export async function spentAgents(
  store: Store,
  tenant: string,
  agents: readonly string[],
  limit: number,
): Promise<Set<string>> {
  const keys = [...new Set(agents)].map((agent) => `${tenant}|${agent}`);
  if (keys.length === 0) return new Set();
  const found = await store.run((options) =>
    shareRates(store)
      .find({ _id: { $in: keys }, tenant }, options)
      .toArray(),
  );
  const spent = found.filter(({ slots }) => admit(slots, limit, Date.now()).retryAfterSeconds !== null);
  return new Set(spent.map(({ agent }) => agent));
}

/** The counts of one transaction: read at first, written at its end. */
export class ShareRates {
  private readonly changed = new Set<string>();

  private constructor(
    private readonly store: Store,
    private readonly tenant: string,
    private readonly slots: Map<string, Slots>,
    private readonly nowMs: number,
  ) {}

  static async read(
    store: Store,
    tenant: string,
    agents: readonly string[],
    session: ClientSession,
  ): Promise<ShareRates> {
    const keys = [...new Set(agents)].map((agent) => `${tenant}|${agent}`);
    const found =
      keys.length === 0
        ? []
        : await shareRates(store)
            .find({ _id: { $in: keys }, tenant }, { session })
            .toArray();
    return new ShareRates(
      store,
      tenant,
      new Map(found.map(({ agent, slots }) => [agent, slots])),
      Date.now(),
    );
  }

  /**
   * Counts a share of an agent.
   *
   * @returns why it is refused; null when it is not
   */
  take(agent: string, limit: number): RateLimitError | null {
    const { slots, retryAfterSeconds } = admit(this.slots.get(agent) ?? [], limit, this.nowMs);
    if (retryAfterSeconds !== null) return rateLimitError(agent, limit, retryAfterSeconds);
    this.slots.set(agent, slots);
    this.changed.add(agent);
    return null;
  }

  async write(session: ClientSession): Promise<void> {
    if (this.changed.size === 0) return;
    const { store, tenant } = this;
    const expiresAt = new Date(this.nowMs + SLOTS * SLOT_MS);
    await shareRates(store).bulkWrite(
      [...this.changed].map((agent) => ({
        updateOne: {
          filter: { _id: `${tenant}|${agent}`, tenant },
          update: { $set: { agent, slots: this.slots.get(agent) ?? [], expiresAt } },
          upsert: true,
        },
      })),
      { session, ordered: false },
    );
  }
}
