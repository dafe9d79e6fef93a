/** Recomputes every projection from the interactions and the event log, while recording goes on. */
import { setTimeout } from 'node:timers/promises';
import type { ClientSession } from 'mongodb';
import { type Interaction, interactions } from '../learning/interactions.js';
import { observationGroups, observations } from '../learning/observations.js';
import { rebuildObservations } from '../learning/rebuild-observations.js';
import { refreshAllLearnings } from '../learning/refresh.js';
import { restoreControl } from '../learning/restore-control.js';
import { foldGeneration } from '../performance/statistics/fold.js';
import { applyIncrements, type CounterRow, counters, type Increment } from '../store/counters.js';
import { type DirectEvent, events, type OutcomeEvent } from '../store/event-log.js';
import {
  announceGeneration,
  GENERATIONS_FRESH_MS,
  StaleGenerationsError,
  switchGeneration,
} from '../store/ledger.js';
import type { Store } from '../store/store.js';
import { contributionsOf } from './contributions.js';
import { outcomeDifference } from './outcomes.js';
import { projections, readProjection } from './projections.js';

/** What a rebuild did. */
export interface RebuildReport {
  interactions: number;
  events: number;
  counters: number;
  /** Counters whose rebuilt sums differ from the live ones at the moment of the switch. */
  changed: { projection: string; dimensions: Record<string, string>; live: object; rebuilt: object }[];
}

const BATCH = 200;
const BATCH_DEADLINE_MS = 30_000;

/**
 * Rebuilds a tenant's projections into a new generation and switches readers to it.
 *
 * Recordings made meanwhile go to both generations and are stamped with them, so whatever is not stamped
 * with the new one is applied here. An interrupted rebuild is begun anew: what it had built is dropped.
 *
 * @param onProgress called after each batch with what was taken in so far
 */
export async function rebuild(
  store: Store,
  tenant: string,
  onProgress: (done: { interactions: number; events: number }) => void = () => {},
): Promise<RebuildReport> {
  const { live, building, abandoned } = await announceGeneration(store, tenant);
  if (abandoned !== null) await dropGeneration(store, tenant, abandoned);
  const done = { interactions: 0, events: 0 };
  const take = async (increments: Increment[], observed: readonly Interaction[] = []): Promise<void> => {
    await store.transaction(async (session) => {
      await applyIncrements(store, tenant, [building], increments, session);
      await rebuildObservations(store, tenant, building, observed, session);
    }, BATCH_DEADLINE_MS);
    onProgress(done);
  };
  const unstamped = { tenant, generations: { $ne: building } };
  for await (const batch of batches(interactions(store).find(unstamped).sort({ _id: 1 }))) {
    done.interactions += batch.length;
    await take(
      batch.flatMap((interaction) => contributionsOf(interaction, interaction.outcome)),
      batch,
    );
  }
  for await (const batch of batches(
    events(store)
      .find({ ...unstamped, kind: { $ne: 'waiting' } })
      .sort({ _id: 1 }),
  )) {
    done.events += batch.length;
    const outcomes = batch.filter((event): event is OutcomeEvent => event.kind === 'outcome');
    const ids = [...new Set(outcomes.map(({ executionId }) => executionId))];
    const about = new Map(
      (
        await interactions(store)
          .find({ tenant, _id: { $in: ids } })
          .toArray()
      ).map((found) => [found._id, found]),
    );
    await take(
      batch.flatMap((event) => {
        if (event.kind === 'outcome') {
          const interaction = about.get(event.executionId);
          return interaction === undefined ? [] : outcomeDifference(interaction, event);
        }
        // A word that waits for its record has moved nothing yet.
        return event.kind === 'item' || event.kind === 'waiting'
          ? []
          : (event satisfies DirectEvent).increments;
      }),
    );
  }
  await foldBuilt(store, tenant, building);
  // One snapshot of both: recordings meanwhile must not look like differences.
  const changed = await store.transaction(
    (session) => compare(store, tenant, live, building, session),
    BATCH_DEADLINE_MS,
  );
  await switchGeneration(store, tenant, building);
  await refreshAllLearnings(store, tenant, building);
  await restoreControl(store, tenant);
  // Other processes may read the old one for as long as they remember it.
  await setTimeout(2 * GENERATIONS_FRESH_MS);
  return { ...done, counters: await dropGeneration(store, tenant, live), changed };
}

/** Lays the statistics out as they are read; where a later rebuild has taken over, the switch will tell. */
async function foldBuilt(store: Store, tenant: string, building: string): Promise<void> {
  try {
    await foldGeneration(store, tenant, building);
  } catch (error) {
    if (!(error instanceof StaleGenerationsError)) throw error;
  }
}

async function* batches<T>(cursor: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of cursor) {
    batch.push(item);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

const dimensionText = (row: CounterRow): string =>
  JSON.stringify(Object.entries(row.dimensions).sort(([a], [b]) => a.localeCompare(b)));

/** Counters that differ between two generations. */
async function compare(
  store: Store,
  tenant: string,
  live: string,
  building: string,
  session: ClientSession,
): Promise<RebuildReport['changed']> {
  const changed: RebuildReport['changed'] = [];
  for (const projection of projections) {
    const { name } = projection;
    const before = await readProjection(store, projection, tenant, live, { session });
    const after = new Map(
      (await readProjection(store, projection, tenant, building, { session })).map((row) => [
        dimensionText(row),
        row,
      ]),
    );
    for (const row of before) {
      const rebuilt = after.get(dimensionText(row))?.sums ?? {};
      after.delete(dimensionText(row));
      if (!sameSums(row.sums, rebuilt))
        changed.push({ projection: name, dimensions: row.dimensions, live: row.sums, rebuilt });
    }
    for (const row of after.values())
      if (!sameSums({}, row.sums))
        changed.push({ projection: name, dimensions: row.dimensions, live: {}, rebuilt: row.sums });
  }
  return changed;
}

/** Equal, where a sum that is absent is 0: what was taken back leaves a 0 behind. */
function sameSums(one: Record<string, number>, other: Record<string, number>): boolean {
  return [...Object.keys(one), ...Object.keys(other)].every(
    (name) => (one[name] ?? 0) === (other[name] ?? 0),
  );
}

/** Removes a generation that nobody reads any more. @returns the counters that the new one has */
async function dropGeneration(store: Store, tenant: string, generation: string): Promise<number> {
  for (const collection of [counters(store), observations(store), observationGroups(store)])
    await store.run((options) => collection.deleteMany({ tenant, generation }, options), BATCH_DEADLINE_MS);
  return store.run(
    (options) => counters(store).countDocuments({ tenant, projection: { $exists: true } }, options),
    BATCH_DEADLINE_MS,
  );
}
