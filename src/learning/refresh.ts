/** Brings stored learnings in line with the observations they stand on. */

import { groupBy } from '../shared/group-by.js';
import { ensureLedger, enterLedger, liveGeneration } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import { chooseReadings } from './choose-readings.js';
import { draftOf, type LearningDraft } from './drafts.js';
import { explainedBy, type Trend, trendsOf } from './explain.js';
import { type Learning, learnings } from './learning.js';
import { type Levels, levelsOf } from './levels.js';
import {
  type ObservationGroup,
  observationGroups,
  type PatternGroup,
  readSample,
  type SteadyFeature,
} from './observations.js';
import { practiceDrafts } from './practices.js';
import { givenOf, readingsOf } from './readings.js';
import { steadyAmong } from './steady.js';
import { type LearningScope, type Refreshed, writeLearnings } from './write-learnings.js';

/** Deadline of one transaction, in milliseconds. */
export const LEARNING_DEADLINE_MS = 30_000;
/** Groups, and rows of them, whose learnings one transaction writes. */
const GROUPS_PER_TRANSACTION = 40;
const ROWS_PER_TRANSACTION = 4_000;

/** A group that was judged, and what came of it. */
interface Judged extends PatternGroup {
  /** As it was when it was judged; null where nothing is observed in it any more. */
  state: ObservationGroup | null;
  rows: number;
  drafts: LearningDraft[];
  explained: ReadonlyMap<string, string>;
  trends: ReadonlyMap<string, Trend>;
  steady: SteadyFeature[];
}

/** A group changed while it was judged: it stays due. */
class GroupChanged extends Error {
  override readonly name = 'GroupChanged';
}

const none = (): Refreshed => ({ 'learnings written': 0, 'learnings retired': 0 });

/**
 * Judges the groups of a tenant that are due and writes what changed, some groups a transaction. A group that
 * changes meanwhile stays due.
 *
 * @param isDue of a group in which something changed, whether it is its turn
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function refreshDue(
  store: Store,
  tenant: string,
  isDue: (group: ObservationGroup) => boolean,
): Promise<Refreshed> {
  const generation = await liveGeneration(store, tenant);
  const waiting = await store.run((options) =>
    observationGroups(store).countDocuments({ tenant, generation, changed: { $gt: 0 } }, options),
  );
  if (waiting === 0) return none();
  const groups = await groupsOf(store, tenant, generation);
  const due = groups.filter((group) => group.changed > 0 && isDue(group));
  return refresh(store, tenant, generation, due, levelsOf(groups));
}

/**
 * Judges every group of a generation anew; for use after its observations were rebuilt.
 *
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function refreshAllLearnings(
  store: Store,
  tenant: string,
  generation: string,
): Promise<Refreshed> {
  await ensureLedger(store, tenant);
  const groups = await groupsOf(store, tenant, generation);
  const observed = new Set(groups.map(nameOf));
  const stored = await store.run((options) =>
    learnings(store)
      .find({ tenant, origin: 'extracted', 'pattern.group': { $ne: null } }, options)
      .project<Pick<Learning, 'pattern'>>({ pattern: 1 })
      .toArray(),
  );
  const gone = new Map(
    stored
      .map(({ pattern: { kind, group } }) => ({ kind, group: group ?? '' }))
      .filter((group) => !observed.has(nameOf(group)))
      .map((group) => [nameOf(group), group]),
  );
  return refresh(store, tenant, generation, [...groups, ...gone.values()], levelsOf(groups));
}

const nameOf = ({ kind, group }: PatternGroup): string => `${kind}|${group}`;

const groupsOf = (store: Store, tenant: string, generation: string): Promise<ObservationGroup[]> =>
  store.run(
    (options) => observationGroups(store).find({ tenant, generation }, options).sort({ _id: 1 }).toArray(),
    LEARNING_DEADLINE_MS,
  );

async function refresh(
  store: Store,
  tenant: string,
  generation: string,
  groups: readonly (ObservationGroup | PatternGroup)[],
  levels: ReadonlyMap<string, Levels>,
): Promise<Refreshed> {
  const total = none();
  let [part, rows]: [Judged[], number] = [[], 0];
  const flush = async (): Promise<void> => {
    const { 'learnings written': written, 'learnings retired': retired } = await writeJudged(
      store,
      tenant,
      generation,
      part,
    );
    total['learnings written'] += written;
    total['learnings retired'] += retired;
    [part, rows] = [[], 0];
  };
  for (const group of groups) {
    const judged = await judgeGroup(store, tenant, generation, group, levels);
    part.push(judged);
    rows += judged.rows;
    if (part.length >= GROUPS_PER_TRANSACTION || rows >= ROWS_PER_TRANSACTION) await flush();
  }
  if (part.length > 0) await flush();
  return total;
}

/** Judging takes its time: it is done outside the transaction, which then checks that nothing changed meanwhile. */
async function judgeGroup(
  store: Store,
  tenant: string,
  generation: string,
  group: ObservationGroup | PatternGroup,
  levels: ReadonlyMap<string, Levels>,
): Promise<Judged> {
  const { kind, group: name } = group;
  const state = 'revision' in group ? group : null;
  const rows = state === null ? [] : await readSample(store, tenant, generation, group, LEARNING_DEADLINE_MS);
  const level = state === null ? undefined : levels.get(state._id);
  const judged = { kind, group: name, state, rows: rows.length };
  if (state === null || level === undefined)
    return { ...judged, drafts: [], explained: new Map(), trends: new Map(), steady: [] };
  const stored = await store.run((options) => storedOf(store, tenant, [group], options));
  const byId = new Map(stored.map((learning) => [learning.id, learning]));
  const inUse =
    state.corrected > 0
      ? new Set<string>()
      : new Set(stored.filter((learning) => learning.state !== 'retired').map(({ id }) => id));
  const readings = readingsOf({ kind, group: name, rows, levels: level, seen: state.seen }, inUse);
  // What was asserted of outcomes that were wrong has nothing to stand on: it is judged as if it were new.
  const chosen = chooseReadings(readings, state.corrected > 0 ? new Map() : byId);
  const asserted = chosen
    .filter((one) => one.state === 'asserted' && !('measure' in one.reading.verdict))
    .map(({ reading: { verdict } }) => verdict);
  const drafts = chosen.map((one) => ({ ...draftOf(one, group, rows), isAfresh: state.corrected > 0 }));
  return {
    ...judged,
    drafts,
    explained: explainedBy(chosen, rows, givenOf(kind)),
    trends: trendsOf(rows, asserted, givenOf(kind)),
    steady: kind === 'action' ? steadyAmong(drafts, rows) : [],
  };
}

function storedOf(
  store: Store,
  tenant: string,
  groups: readonly PatternGroup[],
  options: object,
): Promise<Learning[]> {
  const byKind = groupBy(groups, ({ kind }) => kind);
  return learnings(store)
    .find(
      {
        tenant,
        origin: 'extracted',
        $or: [...byKind].map(([kind, members]) => ({
          'pattern.kind': kind,
          'pattern.group': { $in: members.map(({ group }) => group) },
        })),
      },
      options,
    )
    .toArray();
}

async function writeJudged(
  store: Store,
  tenant: string,
  generation: string,
  judged: readonly Judged[],
): Promise<Refreshed> {
  try {
    return await store.transaction(async (session) => {
      const [live] = await enterLedger(store, tenant, session);
      const scope = { store, tenant, generation, session };
      if (live !== generation) throw new GroupChanged(generation);
      await settleGroups(scope, judged);
      const existing = await storedOf(store, tenant, judged, { session });
      const byGroup = groupBy(existing, ({ pattern: { kind, group } }) => `${kind}|${group}`);
      const written = await writeLearnings(
        scope,
        judged.flatMap(({ drafts }) => drafts),
        judged.flatMap((group) => byGroup.get(nameOf(group)) ?? []),
        {
          explained: new Map(judged.flatMap(({ explained }) => [...explained])),
          trends: new Map(judged.flatMap(trendsById)),
        },
      );
      if (!judged.some(({ kind }) => kind === 'action')) return written;
      const more = await writePractices(scope);
      return {
        'learnings written': written['learnings written'] + more['learnings written'],
        'learnings retired': written['learnings retired'] + more['learnings retired'],
      };
    }, LEARNING_DEADLINE_MS);
  } catch (error) {
    if (error instanceof GroupChanged) return none();
    throw error;
  }
}

/** Trends by id of the learning, as features have the same keys in all groups. */
const trendsById = ({ drafts, trends }: Judged): [string, Trend][] =>
  drafts.flatMap(({ id, verb, pattern }): [string, Trend][] => {
    const trend = trends.get(`${verb}|${pattern.action}`);
    return trend === undefined ? [] : [[id, trend]];
  });

async function settleGroups(
  { store, tenant, session }: LearningScope,
  judged: readonly Judged[],
): Promise<void> {
  const observed = judged.flatMap(({ state, steady }) => (state === null ? [] : [{ state, steady }]));
  if (observed.length === 0) return;
  const { matchedCount } = await observationGroups(store).bulkWrite(
    observed.map(({ state: { _id, revision, seen }, steady }) => ({
      updateOne: {
        filter: { _id, tenant, revision },
        update: { $set: { changed: 0, corrected: 0, judged: seen, steady } },
      },
    })),
    { session, ordered: false },
  );
  if (matchedCount !== observed.length) throw new GroupChanged(`${observed.length - matchedCount}`);
}

/** Best practices span the groups: they are drawn from what is steady in all of them. */
async function writePractices(scope: LearningScope): Promise<Refreshed> {
  const { store, tenant, generation, session } = scope;
  const groups = await observationGroups(store)
    .find({ tenant, generation, kind: 'action', 'steady.0': { $exists: true } }, { session })
    .toArray();
  const practices = await learnings(store)
    .find({ tenant, origin: 'extracted', type: 'BEST_PRACTICE' }, { session })
    .toArray();
  const members = await learnings(store)
    .find(
      { tenant, origin: 'extracted', type: 'SUCCESS_PATTERN', state: 'asserted', 'pattern.kind': 'action' },
      { session },
    )
    .toArray();
  const byPattern = new Map(
    members.map((member) => [`${member.pattern.group}|${member.pattern.action}`, member]),
  );
  const steady = groups.flatMap(({ group, steady: found }) =>
    found.flatMap((one) => {
      const learning = byPattern.get(`${group}|${one.feature}`);
      return learning === undefined ? [] : [{ ...one, learning }];
    }),
  );
  const known = new Set(
    practices.filter(({ state }) => state !== 'retired').map(({ pattern }) => pattern.action),
  );
  const unexplained = { explained: new Map<string, string>(), trends: new Map<string, Trend>() };
  return writeLearnings(scope, practiceDrafts(steady, known), practices, unexplained);
}
