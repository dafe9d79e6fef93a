/** Which of the items that are there, or are about to be, say the same as one that is to be shared. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bulkhead } from 'cockatiel';
import type { Store } from '../../store/store.js';
import type { Draft } from '../insert-items.js';
import { compare } from '../likeness/compare.js';
import { findLike } from '../likeness/find-like.js';
import { overlap, termsOf } from '../likeness/overlap.js';
import type { Statement } from '../likeness/statement.js';

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

/** What a share says, prepared for being compared with many. */
export interface Said {
  statement: Statement;
  terms: ReadonlySet<string>;
}

export const saidBy = ({ title, content, type }: Draft): Said => {
  const statement = { title, content, type };
  return { statement, terms: termsOf(statement) };
};

/** Whether two say the same, by their words. */
export const isSame = (a: Said, b: Said): boolean =>
  overlap(a.terms, b.terms) && compare(a.statement, b.statement, null).verdict === 'duplicate';

const turns = bulkhead(MAX_SEARCHES, Number.POSITIVE_INFINITY);

/** Ids of the tenant's items that say the same, the nearest first; none when the search has no answer in time. */
export async function sameItems(store: Store, tenant: string, draft: Draft): Promise<string[]> {
  const late = new AbortController();
  const found = turns
    .execute(() => (late.signal.aborted ? [] : search(store, tenant, draft)))
    .catch(() => []);
  const answer = await Promise.race([found, sleep(WAIT_MS, [], { signal: late.signal })]);
  // Ends the wait, or the search that has not begun.
  late.abort();
  return answer;
}

async function search(store: Store, tenant: string, draft: Draft): Promise<string[]> {
  const found = await findLike(store, tenant, draft, {
    limit: COMPARED,
    timeoutMS: SEARCH_MS,
    except: draft.id,
  });
  return found.flatMap(({ item, comparison }) => (comparison.verdict === 'duplicate' ? [item.id] : []));
}

interface Recent extends Said {
  id: string;
  at: number;
}

const recents = new WeakMap<Store, Map<string, Recent[]>>();

/** Remembers what was shared just now, which a search that began before does not find. */
export function rememberShared(store: Store, tenant: string, shared: { id: string; said: Said }[]): void {
  const ofStore = recents.get(store) ?? new Map<string, Recent[]>();
  recents.set(store, ofStore);
  const at = performance.now();
  // The few tenants that share at the same time; all others have nothing left that is recent.
  for (const [other, kept] of ofStore) if ((kept.at(-1)?.at ?? 0) < at - RECENT_MS) ofStore.delete(other);
  const kept = ofStore.get(tenant) ?? [];
  const fresh = shared.map(({ id, said }) => ({ id, at, ...said }));
  ofStore.set(tenant, [...kept.filter((each) => each.at >= at - RECENT_MS), ...fresh].slice(-MAX_RECENT));
}

/** Ids of what was shared by this process just now and says the same. */
export function sameRecent(store: Store, tenant: string, said: Said): string[] {
  const since = performance.now() - RECENT_MS;
  const kept = recents.get(store)?.get(tenant) ?? [];
  return kept.filter((each) => each.at >= since && isSame(said, each)).map(({ id }) => id);
}
