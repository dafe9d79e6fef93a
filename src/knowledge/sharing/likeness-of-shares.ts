/** Which of the items that are there, or are about to be, say the same as one that is to be shared. */
import { bulkhead } from 'cockatiel';
import type { Store } from '../../store/store.js';
import type { KnowledgeDocument } from '../collections.js';
import type { Draft } from '../insert-items.js';
import { comparisonWith } from '../likeness/compare.js';
import { findLike } from '../likeness/find-like.js';
import { overlap, termsOf } from '../likeness/overlap.js';
import { MAX_COMPARED, type Statement, statementText } from '../likeness/statement.js';
import { activeStates } from '../search.js';
import { RecentShares } from './recent-shares.js';

/** Milliseconds that a share waits for the search; without an answer the evolve run merges what is the same. */
const WAIT_MS = 2_000;
/** Milliseconds that a search may take: longer, as one that is only slow must not look as if MongoDB were away. */
const SEARCH_MS = 5_000;
/** Searches of one process at once; what many share at once leaves room for the look-ups of tasks. */
const MAX_SEARCHES = 4;
/** Items that the search puts first, which are compared. */
const COMPARED = 5;
/** For how long what was shared is remembered: a search index may be behind, and a search without an answer. */
const RECENT_MS = 10_000;
const MAX_RECENT = 200;
/** Characters with which one share is compared whole, beside what the search finds: all that come with it wait. */
const MAX_WHOLE = 40_000;

/** What a share says, prepared for being compared with many. */
export interface Said {
  statement: Statement;
  terms: ReadonlySet<string>;
  /** Characters that are read when it is compared. */
  chars: number;
}

export const saidBy = ({ title, content, type }: Draft): Said => {
  const statement = { title, content, type };
  const chars = Math.min(MAX_COMPARED, statementText(statement).length);
  return { statement, terms: termsOf(statement), chars };
};

/**
 * Ids of those that say the same, by their words. Of very long ones only the first that are near enough are looked
 * at: what is left is merged by the evolve run.
 */
export function sameAmong(said: Said, others: readonly { id: string; said: Said }[]): string[] {
  let left = MAX_WHOLE;
  const comparison = comparisonWith(said.statement);
  const isSame = ({ said: other }: { said: Said }): boolean => {
    if (left < other.chars || !overlap(said.terms, other.terms)) return false;
    left -= other.chars;
    return comparison(other.statement, null).verdict === 'duplicate';
  };
  return others.filter(isSame).map(({ id }) => id);
}

const turns = bulkhead(MAX_SEARCHES, Number.POSITIVE_INFINITY);

/** Ids of the tenant's items that say the same, the nearest first; none when the search has no answer in time. */
export async function sameItems(store: Store, tenant: string, draft: Draft): Promise<string[]> {
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string[]>((resolve) => {
    timer = setTimeout(() => {
      // A search that has not begun has no need to.
      isLate = true;
      resolve([]);
    }, WAIT_MS);
  });
  const found = turns.execute(() => (isLate ? [] : search(store, tenant, draft))).catch(() => []);
  const answer = await Promise.race([found, late]);
  clearTimeout(timer);
  return answer;
}

async function search(store: Store, tenant: string, draft: Draft): Promise<string[]> {
  const found = await findLike(store, tenant, draft, {
    ...{ limit: COMPARED, timeoutMS: SEARCH_MS, except: draft.id },
    // What did not help must not begin anew by being said again: it is DEPRECATED until it is shown to help.
    states: [...activeStates, 'DEPRECATED'],
  });
  const same = found.flatMap(({ item, comparison }) => (comparison.verdict === 'duplicate' ? [item] : []));
  const isUsed = ({ state }: KnowledgeDocument): boolean => activeStates.includes(state);
  return [...same.filter(isUsed), ...same.filter((item) => !isUsed(item))].map(({ id }) => id);
}

const recents = new WeakMap<Store, Map<string, RecentShares>>();

/** Remembers what was shared just now, which a search that began before does not find. */
export function rememberShared(
  store: Store,
  tenant: string,
  shared: readonly { id: string; said: Said }[],
): void {
  const ofStore = recents.get(store) ?? new Map<string, RecentShares>();
  recents.set(store, ofStore);
  const now = performance.now();
  // The few tenants that share at the same time; all others have nothing left that is recent.
  for (const [other, kept] of ofStore) if (kept.lastAt < now - RECENT_MS) ofStore.delete(other);
  const kept = ofStore.get(tenant) ?? new RecentShares(MAX_RECENT);
  ofStore.set(tenant, kept);
  for (const { id, said } of shared) kept.add({ id, said, at: now });
}

/** Ids of what was shared by this process just now and says the same. */
export function sameRecent(store: Store, tenant: string, said: Said): string[] {
  const kept = recents.get(store)?.get(tenant);
  if (kept === undefined) return [];
  kept.forgetBefore(performance.now() - RECENT_MS);
  return sameAmong(said, kept.near(said));
}
