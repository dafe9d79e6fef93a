/** Takes observations into the samples of their groups, inside a transaction. */
import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import { groupBy } from '../shared/group-by.js';
import type { Store } from '../store/store.js';
import {
  groupKey,
  type ObservationGroup,
  observationGroups,
  observations,
  SAMPLE_ROWS,
  type StoredObservation,
  sampleOf,
  toStored,
} from './observations.js';
import type { GroupedObservation } from './observations-of.js';

/** Stored rows from which a sample is trimmed: seldom, as all of its ranks are read for it. */
const MOST_STORED = 1.25 * SAMPLE_ROWS;

/** An observation, and the execution that it is of. */
export interface TakenObservation extends GroupedObservation {
  executionId: string;
  category: string;
  /** False when it was counted before and only its outcome is corrected. */
  isFirst: boolean;
}

/**
 * Writes observations into a generation. Those that the sample of their group has no room for are left out; those
 * that are stored already are replaced, so that the same again changes nothing but what is due. Every group touched
 * is written before anything of it is read: of two transactions on one group, the second is tried again.
 */
export async function takeObservations(
  store: Store,
  tenant: string,
  generation: string,
  taken: readonly TakenObservation[],
  session: ClientSession,
): Promise<void> {
  if (taken.length === 0) return;
  const byGroup = groupBy(taken, (one) => groupKey(tenant, generation, one));
  await observationGroups(store).bulkWrite(
    [...byGroup].map(([_id, [first, ...more]]) => {
      const seen = [first, ...more].filter((one) => one?.isFirst).length;
      const { kind, group } = first as TakenObservation;
      const $setOnInsert = {
        tenant,
        generation,
        kind,
        group,
        stored: 0,
        highest: null,
        changed: 0,
        corrected: 0,
        judged: 0,
        steady: [],
      };
      return {
        updateOne: { filter: { _id }, update: { $inc: { seen, revision: 1 }, $setOnInsert }, upsert: true },
      };
    }),
    { session, ordered: false },
  );
  const states = await observationGroups(store)
    .find({ tenant, _id: { $in: [...byGroup.keys()] } }, { session })
    .toArray();
  const kept = states.flatMap((state) =>
    (byGroup.get(state._id) ?? [])
      .map((one) => toStored(tenant, generation, one, one))
      .filter(({ rank }) => state.highest === null || rank <= state.highest),
  );
  const { added, corrected } = await writeRows(store, tenant, kept, session);
  const touched = groupBy(kept, (row) => groupKey(tenant, generation, row));
  const updates: AnyBulkWriteOperation<ObservationGroup>[] = [];
  for (const state of states) {
    const rows = touched.get(state._id) ?? [];
    if (rows.length === 0) continue;
    const stored = state.stored + rows.filter(({ _id }) => added.has(_id)).length;
    const trimmed = stored > MOST_STORED ? await trim(store, state, session) : {};
    updates.push({
      updateOne: {
        filter: { _id: state._id },
        update: {
          $set: { stored, ...trimmed },
          $inc: {
            changed: rows.length,
            corrected: rows.filter(({ _id }) => corrected.has(_id)).length,
          },
        },
      },
    });
  }
  if (updates.length > 0) await observationGroups(store).bulkWrite(updates, { session, ordered: false });
}

/** Ids of rows by whether they were stored before. */
interface Written {
  added: ReadonlySet<string>;
  corrected: ReadonlySet<string>;
}

async function writeRows(
  store: Store,
  tenant: string,
  rows: readonly StoredObservation[],
  session: ClientSession,
): Promise<Written> {
  // Of one execution there may be two entries in a batch: the last says how it went.
  const byId = new Map(rows.map((row) => [row._id, row]));
  const known = await observations(store)
    .find({ tenant, _id: { $in: [...byId.keys()] } }, { session })
    .project<{ _id: string }>({ _id: 1 })
    .toArray();
  const replaced = new Set(known.map(({ _id }) => _id));
  const added = [...byId.values()].filter(({ _id }) => !replaced.has(_id));
  if (added.length > 0) await observations(store).insertMany(added, { session, ordered: false });
  if (replaced.size > 0)
    await observations(store).bulkWrite(
      [...replaced].map((_id) => ({
        replaceOne: { filter: { _id }, replacement: byId.get(_id) as StoredObservation },
      })),
      { session, ordered: false },
    );
  return { added: new Set(added.map(({ _id }) => _id)), corrected: replaced };
}

/** Deletes the rows that are no longer in a group's sample. */
async function trim(
  store: Store,
  { tenant, generation, kind, group }: ObservationGroup,
  session: ClientSession,
): Promise<Pick<ObservationGroup, 'stored' | 'highest'>> {
  const rows = await observations(store)
    .find({ tenant, generation, kind, group }, { session })
    .project<Pick<StoredObservation, '_id' | 'rank' | 'task'>>({ rank: 1, task: 1 })
    .toArray();
  const sample = sampleOf(rows);
  const kept = new Set(sample.map(({ _id }) => _id));
  const left = rows.filter(({ _id }) => !kept.has(_id)).map(({ _id }) => _id);
  await observations(store).deleteMany({ tenant, _id: { $in: left } }, { session });
  return {
    stored: sample.length,
    highest: sample.length === SAMPLE_ROWS ? (sample.at(-1)?.rank ?? null) : null,
  };
}
