/** Learnings sure enough to become knowledge, and what became of those that did. */
import type { Filter } from 'mongodb';
import type { Learned } from '../shared/learned.js';
import type { Trust } from '../shared/terms.js';
import type { Store } from '../store/store.js';
import { type Learning, learnings, toLesson } from './learning.js';

const fields = {
  ...{ id: 1, version: 1, type: 1, title: 1, condition: 1, advice: 1, category: 1, state: 1 },
  ...{ retiredBecause: 1, confidence: 1, stated: 1, signature: 1, action: 1, control: 1, origin: 1 },
} as const;
type Read = Pick<Learning, keyof typeof fields>;

/**
 * Asserted learnings of very high confidence that nobody switched off, by id.
 *
 * @param after those of later ids only; empty for the first page
 */
export function sureLearnings(
  store: Store,
  tenant: string,
  after: string,
  limit: number,
): Promise<Learned[]> {
  return find(
    store,
    {
      ...{ tenant, confidence: 'VERY_HIGH', state: 'asserted', 'control.disabled': { $ne: true } },
      // The key begins with the tenant, and continues with the id.
      _id: { $gt: `${tenant}|${after}` },
    },
    limit,
  );
}

/** What some learnings say now; those that the tenant no longer has are left out. */
export function learningsAsWords(store: Store, tenant: string, ids: readonly string[]): Promise<Learned[]> {
  return find(store, { tenant, _id: { $in: ids.map((id) => `${tenant}|${id}`) } }, ids.length);
}

async function find(store: Store, filter: Filter<Learning>, limit: number): Promise<Learned[]> {
  if (limit === 0) return [];
  const found = await store.run((options) =>
    learnings(store).find(filter, options).project<Read>(fields).sort({ _id: 1 }).limit(limit).toArray(),
  );
  return found.map(wordsOf);
}

function wordsOf(learning: Read): Learned {
  const { id, version, category } = learning;
  const { title, condition, advice } = toLesson(learning);
  return {
    id,
    version,
    title,
    condition,
    advice,
    category,
    trust: trustOf(learning),
    outOfUse: endOf(learning),
  };
}

/** A person's words come first where there are any; a file's are nobody's whom we know. */
function trustOf({ origin, control }: Pick<Learning, 'origin' | 'control'>): Trust {
  if (control.edits !== null || origin === 'added') return 'trusted';
  return origin === 'imported' ? 'untrusted' : 'derived';
}

function endOf({ state, retiredBecause, control }: Pick<Learning, 'state' | 'retiredBecause' | 'control'>) {
  if (state === 'retired') return `its learning was retired: ${retiredBecause ?? 'no reason is kept'}`;
  if (control.disabled) return 'its learning was switched off';
  return state === 'candidate' ? 'its learning can no longer be told from chance' : null;
}
