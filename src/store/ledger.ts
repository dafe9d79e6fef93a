/**
 * Which generation of projections is live, and which one a rebuild is writing.
 *
 * Each transaction that changes projections also writes one of the tenant's ledger entries. A rebuild
 * changes all entries in one transaction, so it conflicts with every such transaction in flight: each of
 * them has either committed before the new generation was announced, or will write to both.
 */
import { randomInt } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import type { Store } from './store.js';

const ENTRIES = 16;
/** Milliseconds; recordings in flight may make the switch wait and try again. */
const SWITCH_DEADLINE_MS = 30_000;
export const FIRST_GENERATION = 'g1';

interface LedgerEntry {
  /** `<tenant>|<entry>` */
  _id: string;
  tenant: string;
  live: string;
  building: string | null;
  writes: number;
}

const entries = (store: Store) => store.collection<LedgerEntry>('ledger');
const known = new WeakMap<Store, Set<string>>();

/** Creates a tenant's ledger where it is missing; once a process and tenant. */
export async function ensureLedger(store: Store, tenant: string, deadlineMs?: number): Promise<void> {
  const seen = known.get(store) ?? new Set<string>();
  known.set(store, seen);
  if (seen.has(tenant)) return;
  await store.run(async (options) => {
    // Looked for first: a write, even one that changes nothing, would wait for a transaction that holds an
    // entry, and one whose process was killed holds it until the server gives it up.
    if ((await entries(store).countDocuments({ tenant }, options)) < ENTRIES)
      await entries(store).bulkWrite(
        Array.from({ length: ENTRIES }, (_, entry) => ({
          updateOne: {
            filter: { _id: `${tenant}|${entry}` },
            update: { $setOnInsert: { tenant, live: FIRST_GENERATION, building: null, writes: 0 } },
            upsert: true,
          },
        })),
        { ordered: false, ...options },
      );
  }, deadlineMs);
  seen.add(tenant);
}

/**
 * Takes part in the ledger inside a transaction.
 *
 * @returns the generations that the transaction has to write to, the live one first
 */
export async function enterLedger(store: Store, tenant: string, session: ClientSession): Promise<string[]> {
  // The entry is drawn afresh at each attempt, so that a retry does not meet the same conflict.
  const entry = await entries(store).findOneAndUpdate(
    { _id: `${tenant}|${randomInt(ENTRIES)}` },
    { $inc: { writes: 1 } },
    { session, returnDocument: 'after' },
  );
  if (entry === null) throw new Error(`The ledger of tenant ${tenant} is missing`);
  return entry.building === null ? [entry.live] : [entry.live, entry.building];
}

/** The generation that readers see. */
export async function liveGeneration(
  store: Store,
  tenant: string,
  options: { timeoutMS?: number } = {},
): Promise<string> {
  const entry = await entries(store).findOne({ _id: `${tenant}|0` }, options);
  return entry?.live ?? FIRST_GENERATION;
}

/**
 * Announces a new generation; from here on, recordings go to both.
 *
 * @returns the live generation, the one to build, and the one that an interrupted rebuild left behind
 */
export async function announceGeneration(
  store: Store,
  tenant: string,
): Promise<{ live: string; building: string; abandoned: string | null }> {
  await ensureLedger(store, tenant);
  return store.transaction(async (session) => {
    const first = await entries(store).findOne({ _id: `${tenant}|0` }, { session });
    if (first === null) throw new Error(`The ledger of tenant ${tenant} is missing`);
    const { live, building: abandoned } = first;
    // Never the abandoned one again: it holds part of an earlier rebuild and all recordings since.
    const building = `g${Number((abandoned ?? live).slice(1)) + 1}`;
    await entries(store).updateMany({ tenant }, { $set: { building } }, { session });
    return { live, building, abandoned };
  }, SWITCH_DEADLINE_MS);
}

/**
 * Makes the built generation the live one, for all readers at once.
 *
 * @throws Error when a later rebuild has taken over
 */
export async function switchGeneration(store: Store, tenant: string, building: string): Promise<void> {
  await store.transaction(async (session) => {
    const { matchedCount } = await entries(store).updateMany(
      { tenant, building },
      { $set: { live: building, building: null } },
      { session },
    );
    if (matchedCount === 0) throw new Error(`Another rebuild of tenant ${tenant} has taken over`);
  }, SWITCH_DEADLINE_MS);
}
