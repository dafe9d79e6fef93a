/** Writes learnings inside a transaction, a new version where one changes. */
import { isDeepStrictEqual } from 'node:util';
import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import { liftOf } from '../evidence/lift.js';
import { LEARNING_USAGE } from '../evidence/usage.js';
import { readCounters } from '../store/counters.js';
import type { Store } from '../store/store.js';
import type { LearningDraft } from './drafts.js';
import { type Learning, learningEvidence, learnings } from './learning.js';
import type { JudgedKind } from './patterns.js';

export interface LearningScope {
  store: Store;
  tenant: string;
  /** Generation of the counters to read. */
  generation: string;
  session: ClientSession;
}

/** When and by whom a pattern was seen. */
export interface Sighting {
  first: Date;
  last: Date;
  agentTypes: string[];
}

/** Counts of learnings by what became of them. */
export interface Refreshed {
  'learnings written': number;
  'learnings retired': number;
}

/** The update that takes a learning out of use; it stays for the record. */
const retirement = (learning: Learning, because: string): AnyBulkWriteOperation<Learning> => ({
  updateOne: {
    filter: { _id: learning._id },
    update: { $set: { state: 'retired', retiredBecause: because, version: learning.version + 1 } },
  },
});

/** Writes the drafts that differ from what is stored, and retires what no draft supports any more. */
export async function writeDrafts(
  scope: LearningScope,
  drafts: readonly LearningDraft[],
  existing: readonly Learning[],
  seen: ReadonlyMap<string, Sighting>,
): Promise<Refreshed> {
  const { store, tenant, session } = scope;
  const stored = new Map(existing.map((learning) => [learning.id, learning]));
  // A draft may meet a learning that was imported: what was observed here takes its place.
  const unmet = drafts.map(({ id }) => id).filter((id) => !stored.has(id));
  const imported =
    unmet.length === 0
      ? []
      : await learnings(store)
          .find({ tenant, _id: { $in: unmet.map((id) => `${tenant}|${id}`) } }, { session })
          .toArray();
  for (const learning of imported) stored.set(learning.id, learning);
  const ids = [...new Set([...drafts.map(({ id }) => id), ...stored.keys()])];
  const harmful = await harmfulAmong(scope, ids);
  const unseen = drafts.filter(({ id }) => !stored.has(id)).flatMap(({ patterns }) => patterns);
  const history = await sightings(scope, unseen);
  const operations: AnyBulkWriteOperation<Learning>[] = [];
  let retired = 0;
  for (const { id, ...judged } of drafts) {
    const content = harmful.has(id)
      ? { ...judged, state: 'retired' as const, retiredBecause: harmful.get(id) ?? null }
      : judged;
    const before = stored.get(id);
    const _id = `${tenant}|${id}`;
    if (before === undefined) {
      const { first, last, agentTypes } = merged(content.patterns, history);
      const own = { _id, tenant, id, version: 1, origin: 'extracted' as const };
      operations.push({
        insertOne: {
          document: { ...own, ...content, agentTypes, firstSeen: first, lastSeen: last },
        },
      });
      continue;
    }
    if (before.origin === 'extracted' && isUnchanged(before, content)) continue;
    const { first, last, agentTypes } = merged(content.patterns, seen, before);
    if (content.state === 'retired' && before.state !== 'retired') retired += 1;
    operations.push({
      updateOne: {
        filter: { _id },
        update: {
          $set: {
            ...content,
            origin: 'extracted',
            version: before.version + 1,
            agentTypes,
            firstSeen: first,
            lastSeen: last,
          },
        },
      },
    });
  }
  const supported = new Set(drafts.map(({ id }) => id));
  for (const learning of stored.values()) {
    if (supported.has(learning.id) || learning.state === 'retired') continue;
    retired += 1;
    operations.push(retirement(learning, 'what was observed since no longer supports it'));
  }
  if (operations.length > 0) await learnings(store).bulkWrite(operations, { session, ordered: false });
  return { 'learnings written': operations.length - retired, 'learnings retired': retired };
}

function isUnchanged(before: Learning, content: Omit<LearningDraft, 'id'>): boolean {
  return Object.entries(content).every(([name, value]) => isDeepStrictEqual(before[name], value));
}

/** Learnings that are shown to do harm, with the reason in words. */
async function harmfulAmong(scope: LearningScope, ids: readonly string[]): Promise<Map<string, string>> {
  const harmful = new Map<string, string>();
  if (ids.length === 0) return harmful;
  const { store, tenant, generation, session } = scope;
  const where = { id: { $in: [...ids] } };
  const rows = await readCounters(store, LEARNING_USAGE, tenant, generation, ['id'], where, { session });
  for (const { dimensions, sums } of rows) {
    const lift = liftOf(sums);
    if (lift === null || lift.high >= 0) continue;
    const share = (rate: number) => `${Math.round(rate * 100)}%`;
    harmful.set(
      dimensions['id'] ?? '',
      `tasks shown it succeeded in ${share(lift.shownRate)} of ${lift.shownN}, those without it in ` +
        `${share(lift.withheldRate)} of ${lift.withheldN}`,
    );
  }
  return harmful;
}

/** When and by whom patterns were seen, from their evidence. */
async function sightings(scope: LearningScope, patterns: readonly string[]): Promise<Map<string, Sighting>> {
  if (patterns.length === 0) return new Map();
  const { store, tenant, session } = scope;
  const rows = await learningEvidence(store)
    .aggregate<Sighting & { _id: string }>(
      [
        { $match: { tenant, patternId: { $in: [...patterns] } } },
        { $unwind: { path: '$agentTypes', preserveNullAndEmptyArrays: true } },
        {
          $group: {
            _id: '$patternId',
            first: { $min: '$at' },
            last: { $max: '$at' },
            agentTypes: { $addToSet: '$agentTypes' },
          },
        },
      ],
      { session },
    )
    .toArray();
  return new Map(rows.map((row) => [row._id, row]));
}

function merged(
  patterns: readonly string[],
  seen: ReadonlyMap<string, Sighting>,
  before?: Learning,
): Sighting {
  const all = patterns.flatMap((id) => seen.get(id) ?? []);
  const times = all.flatMap(({ first, last }) => [first.getTime(), last.getTime()]);
  if (before !== undefined) times.push(before.firstSeen.getTime(), before.lastSeen.getTime());
  const agentTypes = new Set([
    ...(before?.agentTypes ?? []),
    ...all.flatMap((sighting) => sighting.agentTypes),
  ]);
  // Patterns whose evidence has expired were last seen at a time nobody knows any more.
  if (times.length === 0) times.push(0);
  return {
    first: new Date(Math.min(...times)),
    last: new Date(Math.max(...times)),
    agentTypes: [...agentTypes].sort(),
  };
}

/**
 * The groups of those of some learnings that are out of use: later words on the tasks that were shown them may
 * have taken away what spoke against them, wherever the tasks themselves belong.
 */
export async function retiredGroups(
  { store, tenant, session }: LearningScope,
  ids: readonly string[],
): Promise<{ kind: JudgedKind; group: string }[]> {
  if (ids.length === 0) return [];
  const found = await learnings(store)
    .find(
      { tenant, origin: 'extracted', state: 'retired', _id: { $in: ids.map((id) => `${tenant}|${id}`) } },
      { session },
    )
    .project<Pick<Learning, 'pattern'>>({ pattern: 1 })
    .toArray();
  return found.flatMap(({ pattern: { kind, group } }) => (group === null ? [] : [{ kind, group }]));
}

/**
 * Retires those of some learnings whose use is shown to do harm, wherever they came from.
 *
 * @returns how many
 */
export async function retireHarmful(scope: LearningScope, ids: readonly string[]): Promise<number> {
  const harmful = await harmfulAmong(scope, ids);
  if (harmful.size === 0) return 0;
  const { store, tenant, session } = scope;
  const shown = await learnings(store)
    .find(
      { tenant, state: { $ne: 'retired' }, _id: { $in: [...harmful.keys()].map((id) => `${tenant}|${id}`) } },
      { session },
    )
    .toArray();
  if (shown.length === 0) return 0;
  await learnings(store).bulkWrite(
    shown.map((learning) => retirement(learning, harmful.get(learning.id) ?? '')),
    { session, ordered: false },
  );
  return shown.length;
}
