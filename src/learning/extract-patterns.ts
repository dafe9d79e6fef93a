/** Takes pending records into the observations that patterns are judged by, and judges what has grown. */

import { groupBy } from '../shared/group-by.js';
import type { BatchResult } from '../shared/maintenance.js';
import { ensureLedger, enterLedger } from '../store/ledger.js';
import { clearPending, nextPending, type PendingEntry } from '../store/pending.js';
import type { Store } from '../store/store.js';
import { type Interaction, interactions } from './interactions.js';
import { groupKey, type ObservationGroup, observationGroups, type PatternGroup } from './observations.js';
import { LEARNING_DEADLINE_MS, refreshDue } from './refresh.js';
import { type TakenObservation, takeObservations } from './take-observations.js';
import { takenOf, wordsOn } from './taken-of.js';
import { type LearningScope, retiredGroups, retireHarmful } from './write-learnings.js';

/** Rows that one transaction may write, and characters of features in them; a batch with more takes fewer records. */
const MAX_ROWS = 12_000;
const MAX_CHARS = 16_000_000;
/** Growth of a group since it was judged from which it is judged while more records wait, and its least size then. */
const MARKED_GROWTH = 32;
const MARKED_SIZE = 500;
/** Rows up to which any change has a group judged; of a larger one this share, as no verdict turns on less. */
const SMALL = 500;
const CHANGED_SHARE = 0.05;
const TRIES = 5;

/** What is to be taken in at once. */
interface Batch {
  entries: PendingEntry[];
  taken: TakenObservation[];
  /** Ids of learnings that the executions were offered. */
  offered: string[];
  /** Ids of the words on the executions that were heeded. */
  words: ReadonlySet<string>;
}

/** A word came while the batch was read. */
class OutcomeChanged extends Error {
  override readonly name = 'OutcomeChanged';
}

/**
 * Consumes up to `limit` pending records in one transaction. Then judges the groups of patterns that have grown
 * many times over; when no more records wait, all in which enough has changed. A group stays due until it was
 * judged, so that whatever is cut off is taken up by the next batch.
 *
 * @returns how many records were consumed (0: none are left), and the counts of what was written
 * @throws Error when another run consumed some of the same records meanwhile
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function extractPatternsBatch(
  store: Store,
  tenant: string,
  limit: number,
): Promise<BatchResult> {
  await ensureLedger(store, tenant);
  const entries = await nextPending(store, tenant, 'patterns', limit);
  let [consumed, harmful] = [0, 0];
  for (let tries = 1; consumed < entries.length; tries += 1) {
    try {
      const batch = await readBatch(store, tenant, entries);
      harmful = await takeBatch(store, tenant, batch);
      consumed = batch.entries.length;
      break;
    } catch (error) {
      if (!(error instanceof OutcomeChanged) || tries === TRIES) throw error;
    }
  }
  const isLast = consumed === entries.length && entries.length < limit;
  const isDue = isLast ? hasChanged : hasGrown;
  const written = await refreshDue(store, tenant, isDue);
  if (consumed === 0 && written['learnings written'] + written['learnings retired'] === 0)
    return { consumed, written: {} };
  return { consumed, written: { ...written, 'learnings retired': written['learnings retired'] + harmful } };
}

const hasChanged = ({ changed, stored }: ObservationGroup): boolean =>
  stored <= SMALL || changed >= CHANGED_SHARE * stored;
const hasGrown = ({ seen, judged }: ObservationGroup): boolean =>
  seen >= MARKED_SIZE && seen >= MARKED_GROWTH * judged;

/** Fields of an interaction that nothing is observed in, and that may be large. */
const unread = {
  'attempts.report.output': 0,
  'attempts.report.discoveries': 0,
  'choice.candidates': 0,
  knowledge: 0,
} as const;

async function readBatch(store: Store, tenant: string, entries: readonly PendingEntry[]): Promise<Batch> {
  const byExecution = groupBy(entries, ({ executionId }) => executionId);
  const ids = [...byExecution.keys()];
  const words = await wordsOn(store, tenant, ids);
  const batch: Omit<Batch, 'offered' | 'words'> = { entries: [], taken: [] };
  const heeded = new Set<string>();
  const whole = (): Batch => ({ ...batch, offered: [...offered], words: heeded });
  const offered = new Set<string>();
  let characters = 0;
  const cursor = interactions(store)
    .find({ tenant, _id: { $in: ids } })
    .project<Interaction>(unread);
  try {
    for (;;) {
      // One at a time: a batch of the largest records would not fit the memory.
      const interaction = await store.run(() => cursor.next());
      if (interaction === null) break;
      const own = byExecution.get(interaction._id) ?? [];
      const said = words.get(interaction._id) ?? [];
      const taken = takenOf(interaction, said, own);
      for (const { observation } of taken)
        for (const feature of observation.features) characters += feature.length;
      if (
        batch.entries.length > 0 &&
        (batch.taken.length + taken.length > MAX_ROWS || characters > MAX_CHARS)
      )
        return whole();
      byExecution.delete(interaction._id);
      batch.entries.push(...own);
      batch.taken.push(...taken);
      for (const { _id } of said) heeded.add(_id);
      for (const { id } of interaction.learnings) offered.add(id);
    }
  } finally {
    await cursor.close();
  }
  // What has expired has nothing left to teach.
  for (const own of byExecution.values()) batch.entries.push(...own);
  return whole();
}

/** @returns how many learnings were retired as harmful */
function takeBatch(store: Store, tenant: string, batch: Batch): Promise<number> {
  const { entries, taken, offered } = batch;
  const byExecution = groupBy(entries, ({ executionId }) => executionId);
  return store.transaction(async (session) => {
    const current = await enterLedger(store, tenant, session);
    const said = await wordsOn(store, tenant, [...byExecution.keys()], session);
    for (const { _id } of [...said.values()].flat()) if (!batch.words.has(_id)) throw new OutcomeChanged(_id);
    for (const generation of current)
      await takeObservations(
        store,
        tenant,
        generation,
        // A rebuild takes in itself what is not stamped with the generation that it builds.
        taken.filter(({ executionId }) =>
          byExecution.get(executionId)?.some(({ generations }) => generations.includes(generation)),
        ),
        session,
      );
    const scope = { store, tenant, generation: current[0] ?? '', session };
    await markDue(scope, await retiredGroups(scope, offered));
    const harmful = await retireHarmful(scope, offered);
    await clearPending(store, entries, session);
    return harmful;
  }, LEARNING_DEADLINE_MS);
}

async function markDue(
  { store, tenant, generation, session }: LearningScope,
  groups: readonly PatternGroup[],
): Promise<void> {
  if (groups.length === 0) return;
  await observationGroups(store).updateMany(
    { tenant, _id: { $in: groups.map((group) => groupKey(tenant, generation, group)) } },
    { $inc: { changed: 1, revision: 1 } },
    { session },
  );
}
