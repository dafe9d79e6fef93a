/**
 * Which generation of projections is live, and which one a rebuild is writing.
 *
 * Each transaction that changes projections also writes one of the tenant's ledger entries. A rebuild
 * changes all entries in one transaction, so it conflicts with every such transaction in flight: each of
 * them has either committed before the new generation was announced, or will write to both.
 */
import { createHash } from 'node:crypto';
import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import { Remembered } from './remembered.js';
import { spread } from './spread.js';
import type { Store } from './store.js';

const ENTRIES = 16;
/** Milliseconds; recordings in flight may make the switch wait and try again. */
const SWITCH_DEADLINE_MS = 30_000;
export const FIRST_GENERATION = 'g1';

/** Milliseconds that a tenant's generations are remembered for. A generation outlives its time by more. */
export const GENERATIONS_FRESH_MS = 1_000;

/** The generation that is read, and the one that a rebuild is writing. */
export interface Generations {
  live: string;
  building: string | null;
  /** Whether words on this tenant's tasks have ever come before their records: recordings then look for them. */
  early: boolean;
}

/** The generations were others than remembered; the transaction must abort and ask anew. */
export class StaleGenerationsError extends Error {
  override readonly name = 'StaleGenerationsError';
}

interface LedgerEntry extends Omit<Generations, 'early'> {
  early?: true;
  /** `<tenant>|ledger|<entry>` */
  _id: string;
  tenant: string;
  writes: number;
}

/** Kept among the counters, so that one bulk write can change both. */
const entries = (store: Store) => store.collection<LedgerEntry>('counters');
const entryId = (tenant: string, entry: number): string => `${tenant}|ledger|${entry}`;
const allOf = (tenant: string) => ({
  tenant,
  _id: { $in: Array.from({ length: ENTRIES }, (_, entry) => entryId(tenant, entry)) },
});
const known = new WeakMap<Store, Set<string>>();

/** Creates a tenant's ledger where it is missing; once a process and tenant. */
export async function ensureLedger(store: Store, tenant: string, deadlineMs?: number): Promise<void> {
  const seen = known.get(store) ?? new Set<string>();
  known.set(store, seen);
  if (seen.has(tenant)) return;
  await store.run(async (options) => {
    // Looked for first: a write, even one that changes nothing, would wait for a transaction that holds an
    // entry, and one whose process was killed holds it until the server gives it up.
    if ((await entries(store).countDocuments(allOf(tenant), options)) < ENTRIES)
      await entries(store).bulkWrite(
        Array.from({ length: ENTRIES }, (_, entry) => ({
          updateOne: {
            filter: { _id: entryId(tenant, entry) },
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
  const entry = await entries(store).findOneAndUpdate(
    { _id: entryId(tenant, spread(store, session, ENTRIES)) },
    { $inc: { writes: 1 } },
    { session, returnDocument: 'after' },
  );
  if (entry === null) throw new Error(`The ledger of tenant ${tenant} is missing`);
  return generationsToWrite(entry);
}

/**
 * Makes a transaction fail where its generation is no longer read nor built: what it writes would be left behind.
 *
 * @throws StaleGenerationsError in that case
 */
export async function holdGeneration(
  store: Store,
  tenant: string,
  generation: string,
  session: ClientSession,
): Promise<void> {
  const { matchedCount } = await entries(store).updateOne(
    {
      _id: entryId(tenant, spread(store, session, ENTRIES)),
      $or: [{ live: generation }, { building: generation }],
    },
    { $inc: { writes: 1 } },
    { session },
  );
  if (matchedCount === 0) throw new StaleGenerationsError(tenant);
}

/** The generations that a change goes to, the live one first. */
export const generationsToWrite = ({ live, building }: Omit<Generations, 'early'>): string[] =>
  building === null ? [live] : [live, building];

/**
 * The writes by which a transaction that relies on remembered generations takes part in the ledger: the first
 * matches an entry only while they still hold. Where words may come before the record, the task's turn is taken
 * too, so that of a word and the record at once one sees the other.
 */
export function ledgerWrites(
  store: Store,
  tenant: string,
  { live, building, early }: Generations,
  taskId: string,
  session: ClientSession,
): AnyBulkWriteOperation[] {
  const filter = { live, building, early: early ? true : { $ne: true } };
  const entry: AnyBulkWriteOperation = {
    updateOne: {
      filter: { _id: entryId(tenant, spread(store, session, ENTRIES)) as never, ...filter },
      update: { $inc: { writes: 1 } },
    },
  };
  return early ? [entry, turnWrite(tenant, taskId)] : [entry];
}

/** Documents that a tenant's tasks share out among them. */
const TURNS = 256;

/** Conflicts with the same of the same task, and of few others. */
function turnWrite(tenant: string, taskId: string): AnyBulkWriteOperation {
  const turn = createHash('sha256').update(taskId).digest().readUInt16BE(0) % TURNS;
  return {
    updateOne: {
      filter: { _id: `${tenant}|turn|${turn}` as never },
      update: { $inc: { writes: 1 }, $setOnInsert: { tenant } },
      upsert: true,
    },
  };
}

/**
 * Lets recordings know, inside the transaction that keeps a word for a task without a record, that they have to
 * look for such words. The first time this waits for all recordings of the tenant; from then on for those of
 * the same task.
 */
export async function expectEarlyWords(
  store: Store,
  tenant: string,
  taskId: string,
  session: ClientSession,
): Promise<void> {
  const entry = await entries(store).findOne({ _id: entryId(tenant, 0) }, { session });
  if (entry?.early !== true)
    await entries(store).updateMany(allOf(tenant), { $set: { early: true } }, { session });
  await store.collection('counters').bulkWrite([turnWrite(tenant, taskId)], { session });
}

const remembered = new Remembered<Generations>(GENERATIONS_FRESH_MS);

/** A tenant's generations, as they were at most a second ago. */
export function generationsOf(
  store: Store,
  tenant: string,
  options: { timeoutMS?: number } = {},
): Promise<Generations> {
  return remembered.of(store, tenant, async () => {
    const entry = await entries(store).findOne({ _id: entryId(tenant, 0) }, options);
    return {
      live: entry?.live ?? FIRST_GENERATION,
      building: entry?.building ?? null,
      early: entry?.early ?? false,
    };
  });
}

/** Makes the next {@link generationsOf} ask anew. */
export const forgetGenerations = (store: Store, tenant: string): void => remembered.forget(store, tenant);

/** The generation that readers see. */
export async function liveGeneration(
  store: Store,
  tenant: string,
  options: { timeoutMS?: number } = {},
): Promise<string> {
  return (await generationsOf(store, tenant, options)).live;
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
    const first = await entries(store).findOne({ _id: entryId(tenant, 0) }, { session });
    if (first === null) throw new Error(`The ledger of tenant ${tenant} is missing`);
    const { live, building: abandoned } = first;
    // Never the abandoned one again: it holds part of an earlier rebuild and all recordings since.
    const building = `g${Number((abandoned ?? live).slice(1)) + 1}`;
    await entries(store).updateMany(allOf(tenant), { $set: { building } }, { session });
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
      { ...allOf(tenant), building },
      { $set: { live: building, building: null } },
      { session },
    );
    if (matchedCount === 0) throw new Error(`Another rebuild of tenant ${tenant} has taken over`);
  }, SWITCH_DEADLINE_MS);
  forgetGenerations(store, tenant);
}
