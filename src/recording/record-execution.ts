/** The one transaction that applies a finished execution to all components, exactly once. */
import { type ClientSession, MongoServerError } from 'mongodb';
import { allParts, type Interaction, type InteractionPart, interactions } from '../learning/interactions.js';
import { boundRecord } from '../shared/bound-record.js';
import type { ExecutionRecord } from '../shared/task.js';
import { applyIncrements } from '../store/counters.js';
import {
  ensureLedger,
  forgetGenerations,
  type Generations,
  generationsOf,
  generationsToWrite,
  ledgerWrites,
  StaleGenerationsError,
} from '../store/ledger.js';
import { addPending } from '../store/pending.js';
import type { Store } from '../store/store.js';
import { contributionsOf } from './contributions.js';
import { takeEarlyWords } from './early-words.js';

/** Whether this call applied the record, or an earlier one had. */
export interface Recorded {
  applied: boolean;
}

/** Leaves room for what BSON adds, and for characters of several bytes, under MongoDB's 16 MB. */
const MAX_INTERACTION_CHARS = 4_000_000;

/** A rebuild announces or switches generations once in a while; twice in a row is already rare. */
const MAX_TRIES = 5;

class AlreadyRecorded extends Error {}

/** Milliseconds that recording one execution may take in all. */
export const RECORDING_DEADLINE_MS = 5_000;

/**
 * Records an execution: the interaction, its pending entries and every counter it moves, or nothing. Words that
 * came before it are taken in with it. Idempotent by execution id.
 *
 * @param parts the projections it moves; all, unless a direct call speaks for one component only
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function recordExecution(
  store: Store,
  record: ExecutionRecord,
  parts: readonly InteractionPart[] = allParts,
  deadlineMs: number = RECORDING_DEADLINE_MS,
): Promise<Recorded> {
  const { tenant } = record;
  await ensureLedger(store, tenant, deadlineMs);
  for (let tries = 1; ; tries += 1) {
    try {
      const generations = await store.run((options) => generationsOf(store, tenant, options), deadlineMs);
      await store.transaction((session) => apply(store, record, parts, generations, session), deadlineMs);
      return { applied: true };
    } catch (error) {
      if (error instanceof AlreadyRecorded) return { applied: false };
      if (!(error instanceof StaleGenerationsError) || tries === MAX_TRIES) throw error;
      forgetGenerations(store, tenant);
    }
  }
}

async function apply(
  store: Store,
  record: ExecutionRecord,
  parts: readonly InteractionPart[],
  remembered: Generations,
  session: ClientSession,
): Promise<void> {
  const { tenant, executionId } = record;
  const generations = generationsToWrite(remembered);
  const interaction: Interaction = {
    _id: executionId,
    ...boundRecord(record, MAX_INTERACTION_CHARS),
    parts: [...parts],
    recordedAt: new Date(),
    generations,
  };
  try {
    await interactions(store).insertOne(interaction, { session });
  } catch (error) {
    // Thrown out of the transaction: caught inside, the driver would go on in an aborted one.
    if (isDuplicateOf(error, executionId)) throw new AlreadyRecorded();
    throw error;
  }
  const words = remembered.early ? await takeEarlyWords(store, interaction, session) : [];
  if (parts.includes('learning')) {
    await addPending(store, { tenant, executionId, generations }, session);
    for (const { _id: eventId } of words)
      await addPending(store, { tenant, executionId, eventId, generations }, session);
  }
  const increments = contributionsOf(interaction, words.at(-1)?.after ?? interaction.outcome);
  const ledger = ledgerWrites(store, tenant, remembered, record.taskId, session);
  await applyIncrements(store, tenant, generations, increments, session, ledger);
}

/** Only a duplicate of this very id means "already applied"; any other is an error like all others. */
function isDuplicateOf(error: unknown, id: string): boolean {
  if (!(error instanceof MongoServerError) || error.code !== 11_000) return false;
  const key: unknown = error['keyValue'];
  return typeof key === 'object' && key !== null && '_id' in key && key._id === id;
}
