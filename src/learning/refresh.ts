/** Brings stored learnings in line with the counters they stand on. */
import { readCounters } from '../store/counters.js';
import { ensureLedger } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import { actionDrafts, type LearningDraft, planDrafts, practiceDrafts, recoveryDrafts } from './drafts.js';
import { groupBy } from './group-by.js';
import { type Learning, learnings } from './learning.js';
import { type JudgedKind, PATTERNS } from './patterns.js';
import type { PatternRow } from './verdict.js';
import { type LearningScope, type Refreshed, type Sighting, writeDrafts } from './write-learnings.js';

/** A group of patterns that are judged against each other. */
export interface PatternGroup {
  kind: JudgedKind;
  group: string;
}

/** Deadline of one transaction, in milliseconds. */
export const LEARNING_DEADLINE_MS = 30_000;
const GROUPS_PER_TRANSACTION = 50;

/**
 * Judges groups of patterns anew and writes what changed, inside a transaction.
 *
 * @param seen by pattern id, for the patterns that the transaction's own batch showed
 */
export async function refreshLearnings(
  scope: LearningScope,
  groups: readonly PatternGroup[],
  seen: ReadonlyMap<string, Sighting> = new Map(),
): Promise<Refreshed> {
  const drafts: LearningDraft[] = [];
  const existing: Learning[] = [];
  for (const [kind, members] of groupBy(groups, (group) => group.kind)) {
    const names = [...new Set(members.map(({ group }) => group))];
    drafts.push(...(await draftsOf(scope, kind, names)));
    existing.push(...(await storedOf(scope, { 'pattern.kind': kind, 'pattern.group': { $in: names } })));
  }
  const written = await writeDrafts(scope, drafts, existing, seen);
  if (!groups.some(({ kind }) => kind === 'action')) return written;
  // Best practices span the groups: they are read off the learnings of all of them, just written.
  const successes = await storedOf(scope, {
    type: 'SUCCESS_PATTERN',
    state: 'asserted',
    confidence: { $in: ['HIGH', 'VERY_HIGH'] },
  });
  const practices = await storedOf(scope, { type: 'BEST_PRACTICE' });
  const more = await writeDrafts(scope, practiceDrafts(successes), practices, seen);
  return {
    'learnings written': written['learnings written'] + more['learnings written'],
    'learnings retired': written['learnings retired'] + more['learnings retired'],
  };
}

const storedOf = (
  { store, tenant, session }: LearningScope,
  where: Record<string, unknown>,
): Promise<Learning[]> =>
  learnings(store)
    .find({ ...where, tenant, origin: 'extracted' }, { session })
    .toArray();

async function draftsOf(
  scope: LearningScope,
  kind: JudgedKind,
  names: readonly string[],
): Promise<LearningDraft[]> {
  const { store, tenant, generation, session } = scope;
  const read = (of: string) =>
    readCounters(
      store,
      PATTERNS,
      tenant,
      generation,
      ['group', 'action'],
      { kind: of, group: { $in: [...names] } },
      { session },
    );
  const byGroup = groupBy(await read(kind), ({ dimensions }) => dimensions['group'] ?? '');
  const places = kind === 'recovery' ? await read('place') : [];
  return [...byGroup].flatMap(([group, counters]) => {
    const rows = counters.map(({ dimensions, sums }) => ({ action: dimensions['action'] ?? '', sums }));
    if (kind === 'action') return actionDrafts(group, rows);
    if (kind === 'plan') return planDrafts(group, rows);
    const where = places.filter(({ dimensions }) => dimensions['group'] === group);
    return recoveryDrafts(
      group,
      rows,
      mostFrequent(where.map(({ dimensions, sums }) => ({ action: dimensions['action'] ?? '', sums }))),
    );
  });
}

function mostFrequent(rows: readonly PatternRow[]): string | null {
  const sorted = rows
    .filter(({ sums }) => (sums['n'] ?? 0) > 0)
    .sort((a, b) => (b.sums['n'] ?? 0) - (a.sums['n'] ?? 0) || (a.action < b.action ? -1 : 1));
  return sorted[0]?.action ?? null;
}

/**
 * Judges every group of a generation anew, some groups a transaction; for use after its counters were rebuilt.
 *
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function refreshAllLearnings(
  store: Store,
  tenant: string,
  generation: string,
): Promise<Refreshed> {
  await ensureLedger(store, tenant);
  const counted = await store.run(
    (options) => readCounters(store, PATTERNS, tenant, generation, ['kind', 'group'], {}, options),
    LEARNING_DEADLINE_MS,
  );
  const stored = await store.run((options) =>
    learnings(store)
      .find({ tenant, origin: 'extracted', 'pattern.group': { $ne: null } }, options)
      .project<Pick<Learning, 'pattern'>>({ pattern: 1 })
      .toArray(),
  );
  const groups = new Map<string, PatternGroup>();
  for (const { kind = '', group = '' } of [
    ...counted.map(({ dimensions }) => dimensions),
    ...stored.map(({ pattern }) => ({ kind: pattern.kind, group: pattern.group ?? '' })),
  ])
    if (kind !== 'place') groups.set(JSON.stringify([kind, group]), { kind: kind as JudgedKind, group });
  const total: Refreshed = { 'learnings written': 0, 'learnings retired': 0 };
  const all = [...groups.values()];
  for (let start = 0; start < all.length; start += GROUPS_PER_TRANSACTION) {
    const part = all.slice(start, start + GROUPS_PER_TRANSACTION);
    const refreshed = await store.transaction(
      (session) => refreshLearnings({ store, tenant, generation, session }, part),
      LEARNING_DEADLINE_MS,
    );
    total['learnings written'] += refreshed['learnings written'];
    total['learnings retired'] += refreshed['learnings retired'];
  }
  return total;
}
