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

/** Until when agents are spent, on the monotonic clock, by tenant and agent; what was noted last comes last. */
const spent = new WeakMap<Store, Map<string, number>>();

/** Notes that an agent has shared as much as it may, for so many seconds. */
export function noteSpent(store: Store, tenant: string, agent: string, seconds: number): void {
  const ofStore = spent.get(store) ?? new Map<string, number>();
  spent.set(store, ofStore);
  const now = performance.now();
  for (const [key, until] of ofStore) {
    if (until > now) break;
    ofStore.delete(key);
  }
  const key = `${tenant}|${agent}`;
  ofStore.delete(key);
  ofStore.set(key, now + seconds * 1_000);
}

/** Whether an agent is likely to be refused. Only for what may be wrong: what counts is decided later. */
export const isSpent = (store: Store, tenant: string, agent: string): boolean =>
  (spent.get(store)?.get(`${tenant}|${agent}`) ?? 0) > performance.now();

/** The counts of one batch: read before, written in its transaction unless they were changed meanwhile. */
export class ShareRates {
  private readonly taken = new Map<string, Slots>();

  /** @param slots of agents, by agent */
  constructor(
    private readonly slots: ReadonlyMap<string, Slots>,
    private readonly nowMs: number,
  ) {}

  /**
   * Counts a share of an agent.
   *
   * @returns why it is refused; null when it is not
   */
  take(agent: string, limit: number): RateLimitError | null {
    const { slots, retryAfterSeconds } = admit(this.of(agent), limit, this.nowMs);
    if (retryAfterSeconds !== null) return rateLimitError(agent, limit, retryAfterSeconds);
    this.taken.set(agent, slots);
    return null;
  }

  /** Seconds after which an agent may share again; null where it may now. */
  spentFor(agent: string, limit: number): number | null {
    return admit(this.of(agent), limit, this.nowMs).retryAfterSeconds;
  }

  /** @throws MongoServerError of a duplicate key when the counts of an agent are not what they were */
  async write(store: Store, tenant: string, session: ClientSession): Promise<void> {
    if (this.taken.size === 0) return;
    const expiresAt = new Date(this.nowMs + SLOTS * SLOT_MS);
    await shareRates(store).bulkWrite(
      [...this.taken].map(([agent, slots]) => ({
        updateOne: {
          // Where they are others, nothing is found, and what is then inserted is there.
          filter: { _id: `${tenant}|${agent}`, tenant, slots: this.slots.get(agent) ?? [] },
          update: { $set: { agent, slots, expiresAt } },
          upsert: true,
        },
      })),
      { session, ordered: false },
    );
  }

  private of(agent: string): Slots {
    return this.taken.get(agent) ?? this.slots.get(agent) ?? [];
  }
}
