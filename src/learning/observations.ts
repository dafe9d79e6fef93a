/**
 * The observations that patterns are judged by: of each group a sample of bounded size, the same whatever order
 * interactions come in.
 */
import { createHash } from 'node:crypto';
import type { Document } from 'mongodb';
import type { CollectionIndexes } from '../store/indexes.js';
import type { Store } from '../store/store.js';
import type { Observation } from './inference/observation.js';
import type { GroupedObservation, ObservedKind } from './observations-of.js';

/** Rows of a group that are judged, however long its history is. */
export const SAMPLE_ROWS = 4_000;
/** Rows of one task in a sample: a task that is run every hour must not crowd out all others. */
export const MAX_TASK_ROWS = 200;
/** Milliseconds after which a row is half as likely to be kept as a new one. */
const HALF_LIFE_MS = 90 * 86_400_000;

/** What is judged together. */
export interface PatternGroup {
  kind: ObservedKind;
  /** Category, error signature or class of errors. */
  group: string;
}

/** One row of a group's sample. */
export interface StoredObservation extends Observation, PatternGroup, Document {
  /** `<tenant>|<generation>|<hash of the group>|<id>` */
  _id: string;
  tenant: string;
  generation: string;
  executionId: string;
  /** Of the execution, whatever the group is. */
  category: string;
  /** The rows with the lowest are the sample; see {@link rankOf}. */
  rank: number;
}

/** What is known of a group besides its rows. */
export interface ObservationGroup extends PatternGroup, Document {
  /** `<tenant>|<generation>|<hash of the group>` */
  _id: string;
  tenant: string;
  generation: string;
  /** Rows ever taken in, kept or not. */
  seen: number;
  /** Rows that are stored: the sample, and some that are about to leave it. */
  stored: number;
  /** Rows of a higher rank are not in the sample; null while all are. */
  highest: number | null;
  /** Rows that came or changed since it was judged; such a group is due. */
  changed: number;
  /** Of {@link changed}, rows that say something else than before: what was believed was wrong. */
  corrected: number;
  /** {@link seen} when it was judged last; 0 before. */
  judged: number;
  /** Counts the batches that touched it, so that what was judged is known to be the latest. */
  revision: number;
  /** What is surely better in it, as far as best practices are drawn from it. */
  steady: SteadyFeature[];
}

/** A feature that is asserted in a group, and its effect with each agent. */
export interface SteadyFeature {
  feature: string;
  /** Corrected. */
  pValue: number;
  cells: { agent: string; effect: number; error: number }[];
}

const OBSERVATIONS = 'observations';
const GROUPS = 'observationGroups';
export const observations = (store: Store) => store.collection<StoredObservation>(OBSERVATIONS);
export const observationGroups = (store: Store) => store.collection<ObservationGroup>(GROUPS);

export const observationIndexes: CollectionIndexes[] = [
  {
    collection: OBSERVATIONS,
    indexes: [{ key: { tenant: 1, generation: 1, kind: 1, group: 1, rank: 1, _id: 1 } }],
  },
  { collection: GROUPS, indexes: [{ key: { tenant: 1, generation: 1, changed: 1 } }] },
];

/**
 * Rank of a row in a time-biased bottom-k sample by task: ln(-ln u) - lambda t, where u in (0, 1) comes of the
 * task's name, so that all trials of a task of about the same age are in the sample or out of it together. The k
 * lowest of a set of rows are a sample in which the chance of each grows with its time as exp(lambda t); which they
 * are depends on the set alone, so rows may come in any order and in any number of parts.
 *
 * @param at end of the execution, milliseconds since the epoch
 * @see P. S. Efraimidis and P. G. Spirakis, "Weighted random sampling with a reservoir", Information Processing
 *   Letters 97 (2006); G. Cormode, V. Shkapenyuk, D. Srivastava and B. Xu, "Forward decay", ICDE 2009
 */
export function rankOf(task: string, at: number): number {
  const bits = createHash('sha256').update(task).digest().readUIntBE(0, 6);
  const u = (bits + 0.5) / 2 ** 48;
  return Math.log(-Math.log(u)) - (Math.LN2 / HALF_LIFE_MS) * at;
}

/** A group's short name within a generation. */
export const groupKey = (tenant: string, generation: string, { kind, group }: PatternGroup): string =>
  `${tenant}|${generation}|${createHash('sha256').update(`${kind}|${group}`).digest('hex').slice(0, 20)}`;

/** A row as it is stored. */
export function toStored(
  tenant: string,
  generation: string,
  { kind, group, observation }: GroupedObservation,
  { executionId, category }: Pick<StoredObservation, 'executionId' | 'category'>,
): StoredObservation {
  return {
    _id: `${groupKey(tenant, generation, { kind, group })}|${observation.id}`,
    tenant,
    generation,
    kind,
    group,
    executionId,
    category,
    rank: rankOf(observation.task, observation.at),
    ...observation,
  };
}

/** Lowest rank first; of one task, the newest first. */
const byRank = (one: Ranked, other: Ranked): number =>
  one.rank - other.rank || (one._id < other._id ? -1 : one._id > other._id ? 1 : 0);
type Ranked = Pick<StoredObservation, '_id' | 'rank' | 'task'>;

/**
 * The rows of a group that are its sample: the {@link SAMPLE_ROWS} lowest ranks, of each task the newest
 * {@link MAX_TASK_ROWS}. What it leaves out of a part, it leaves out of the whole. Pure.
 */
export function sampleOf<T extends Ranked>(rows: readonly T[]): T[] {
  const perTask = new Map<string, number>();
  const sample: T[] = [];
  for (const row of rows.toSorted(byRank)) {
    const earlier = perTask.get(row.task) ?? 0;
    if (earlier === MAX_TASK_ROWS) continue;
    perTask.set(row.task, earlier + 1);
    sample.push(row);
    if (sample.length === SAMPLE_ROWS) break;
  }
  return sample;
}

/** The sample of a group. */
export async function readSample(
  store: Store,
  tenant: string,
  generation: string,
  { kind, group }: PatternGroup,
  deadlineMs: number,
): Promise<StoredObservation[]> {
  const found = await store.run(
    (options) =>
      observations(store)
        .find({ tenant, generation, kind, group }, { ...options, batchSize: 2 * SAMPLE_ROWS })
        .toArray(),
    deadlineMs,
  );
  return sampleOf(found);
}
