/** Which of the items that are there, or are about to be, say the same as one that is to be shared. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bulkhead } from 'cockatiel';
import { analyse } from '../../retrieval/analyse.js';
import type { Store } from '../../store/store.js';
import type { Draft } from '../insert-items.js';
import { compare } from '../likeness/compare.js';
import { findLike } from '../likeness/find-like.js';
import { type Statement, statementText } from '../likeness/statement.js';

/** Milliseconds that a share waits for the search; without an answer the evolve run merges what is the same. */
const WAIT_MS = 2_000;
/** Milliseconds that a search may take: longer, as one that is only slow must not look as if MongoDB were away. */
const SEARCH_MS = 5_000;
/** Searches of one process at once; what many share at once leaves room for the look-ups of tasks. */
const MAX_SEARCHES = 4;
/** Items that the search puts first, which are compared. */
const COMPARED = 5;
/** Characters of a text whose words tell it from others before the two are compared whole. */
const MAX_TEXT = 5_000;
/** Least share of the words of both that two have in common before they are compared whole (Dice). */
const LEAST_OVERLAP = 0.4;
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
  return { statement, terms: new Set(analyse(statementText(statement).slice(0, MAX_TEXT))) };
};

/** Whether two say the same, by their words. */
export function isSame(a: Said, b: Said): boolean {
  const [few, many] = a.terms.size <= b.terms.size ? [a.terms, b.terms] : [b.terms, a.terms];
  const enough = (LEAST_OVERLAP / 2) * (few.size + many.size);
  if (few.size < enough) return false;
  let both = 0;
  for (const term of few) if (many.has(term)) both += 1;
  return both >= enough && compare(a.statement, b.statement, null).verdict === 'duplicate';
}

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
