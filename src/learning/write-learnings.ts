/** Writes learnings inside a transaction, each version of them beside. */
import type { ClientSession } from 'mongodb';
import { liftOf } from '../evidence/lift.js';
import { LEARNING_USAGE } from '../evidence/usage.js';
import { readCounters } from '../store/counters.js';
import type { Store } from '../store/store.js';
import type { LearningDraft } from './drafts.js';
import { type Learning, learnings } from './learning.js';
import { keepVersions } from './learning-versions.js';
import type { PatternGroup } from './observations.js';
import { type Findings, isPinned, retired, type Settled, settle } from './settle.js';

export interface LearningScope {
  store: Store;
  tenant: string;
  /** Generation of the projections to read. */
  generation: string;
  session: ClientSession;
}

/** Counts of learnings by what became of them. */
export interface Refreshed {
  'learnings written': number;
  'learnings retired': number;
}

/** Writes what differs from what is stored, and retires what no draft supports any more. */
export async function writeLearnings(
  scope: LearningScope,
  drafts: readonly LearningDraft[],
  existing: readonly Learning[],
  findings: Omit<Findings, 'harmful'>,
): Promise<Refreshed> {
  const { store, tenant, session } = scope;
  const known = new Set(existing.map(({ id }) => id));
  // A draft may meet a learning that was imported: what was observed here takes its place.
  const unmet = drafts.map(({ id }) => id).filter((id) => !known.has(id));
  const imported = await byIds(scope, unmet);
  const stored = [...existing, ...imported];
  const ids = new Set([...drafts.map(({ id }) => id), ...known]);
  const harmful = await harmfulAmong(scope, [...ids]);
  const settled = settle(tenant, drafts, stored, { ...findings, harmful });
  await write(store, settled, session);
  const gone = settled.filter(({ isRetired }) => isRetired).length;
  return { 'learnings written': settled.length - gone, 'learnings retired': gone };
}

async function write(store: Store, settled: readonly Settled[], session: ClientSession): Promise<void> {
  if (settled.length === 0) return;
  await learnings(store).bulkWrite(
    settled.map(({ learning }) => {
      // What people want of it is theirs: left as it is, whatever was read.
      const { _id, control, ...own } = learning;
      return {
        updateOne: { filter: { _id }, update: { $set: own, $setOnInsert: { control } }, upsert: true },
      };
    }),
    { session, ordered: false },
  );
  const changed = settled.filter(({ isNewVersion }) => isNewVersion).map(({ learning }) => learning);
  await keepVersions(store, changed, session);
}

async function byIds({ store, tenant, session }: LearningScope, ids: readonly string[]): Promise<Learning[]> {
  if (ids.length === 0) return [];
  return learnings(store)
    .find({ tenant, _id: { $in: ids.map((id) => `${tenant}|${id}`) } }, { session })
    .toArray();
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

/**
 * The groups of those of some learnings that are out of use: later words on the tasks that were shown them may
 * have taken away what spoke against them, wherever the tasks themselves belong.
 */
export async function retiredGroups(scope: LearningScope, ids: readonly string[]): Promise<PatternGroup[]> {
  const found = await byIds(scope, ids);
  return found
    .filter(({ origin, state }) => origin === 'extracted' && state === 'retired')
    .flatMap(({ pattern: { kind }, groups }) => groups.map((group) => ({ kind, group })));
}

/**
 * Retires those of some learnings whose use is shown to do harm, wherever they came from, but for what people
 * pinned.
 *
 * @returns how many
 */
export async function retireHarmful(scope: LearningScope, ids: readonly string[]): Promise<number> {
  const harmful = await harmfulAmong(scope, ids);
  const shown = await byIds(scope, [...harmful.keys()]);
  const settled = shown
    .filter((learning) => !isPinned(learning))
    .flatMap(
      (learning) =>
        retired(learning, { retiredBecause: harmful.get(learning.id) ?? '', supersededBy: null }) ?? [],
    );
  await write(scope.store, settled, scope.session);
  return settled.length;
}
