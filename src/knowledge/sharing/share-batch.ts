/** One batch of a tenant's shares, in one transaction. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientSession, MongoServerError } from 'mongodb';
import { ConflictError } from '../../shared/errors.js';
import { isUnavailable, type Store } from '../../store/store.js';
import { noteWanted } from '../announce/announcements.js';
import { type KnowledgeDocument, type KnowledgeItem, publicItem } from '../collections.js';
import { type Draft, insertFresh } from '../insert-items.js';
import { retractedError } from '../provenance/standing.js';
import { sourceKey } from '../source.js';
import {
  type Confirmation,
  confirmItems,
  OutdatedError,
  type Target,
  takesConfirmations,
} from './confirm.js';
import { rememberShared, type Said, sameAmong, sameRecent } from './likeness-of-shares.js';
import { noteSpent, ShareRates } from './rate-limit.js';
import { type Before, type Earlier, readBefore } from './read-before.js';

export interface BatchEntry {
  draft: Draft;
  said: Said;
  /** Ids of items that say the same, as far as a search found them; the nearest first. */
  same: string[];
  /** Whether it may confirm another, and others it, unless a source of it is retracted. */
  merges: boolean;
  /** What becomes of it when a source of it is retracted: it is kept for itself, withdrawn, or refused. */
  retracted: 'keep' | 'refuse';
  /** Shares that its source may make in a minute; null where there is no limit. */
  limit: number | null;
}

/** How a share went. */
export interface Shared {
  id: string;
  outcome: 'shared' | 'known' | 'confirmed';
  /** Whether it was not CRITICAL before, and is now. */
  urgent: boolean;
  /** Null where the item has to be read. */
  item: KnowledgeItem | null;
}

/** Times that a batch is decided on: others that share for the same agents, or the same ids, come in between. */
const MOST_TRIES = 20;
const LONGEST_PAUSE_MS = 20;

/** Who gets which position is in the order of the entries. A bad one does not fail the others. */
export async function shareBatch(
  store: Store,
  tenant: string,
  entries: readonly BatchEntry[],
): Promise<PromiseSettledResult<Shared>[]> {
  try {
    return await again(() => shareAll(store, tenant, entries));
  } catch (error) {
    if (entries.length === 1) return [{ status: 'rejected', reason: error }];
    // Nothing that fewer would mend.
    if (isUnavailable(error)) throw error;
    const half = Math.ceil(entries.length / 2);
    const first = await shareBatch(store, tenant, entries.slice(0, half));
    return [...first, ...(await shareBatch(store, tenant, entries.slice(half)))];
  }
}

/** What another process wrote between reading and writing is found when it is looked at again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await work();
    } catch (error) {
      const isOutdated =
        error instanceof OutdatedError || (error instanceof MongoServerError && error.code === 11_000);
      if (!isOutdated || tries === MOST_TRIES) throw error;
      // Two that undo each other must not go on in step.
      if (tries > 1) await sleep(LONGEST_PAUSE_MS * Math.random());
    }
}

async function shareAll(
  store: Store,
  tenant: string,
  entries: readonly BatchEntry[],
): Promise<PromiseSettledResult<Shared>[]> {
  const batch = await ShareBatch.read(store, tenant, entries);
  const decided = entries.map((entry) => batch.decide(entry));
  for (const { draft, limit } of entries) {
    const seconds = limit === null ? null : batch.rates.spentFor(draft.source, limit);
    if (seconds !== null) noteSpent(store, tenant, draft.source, seconds);
  }
  const results = batch.isEmpty
    ? decided.map((decision) => resultOf(decision, new Map(), new Set(), new Set()))
    : await store.transaction((session) => write(store, tenant, batch, decided, session));
  rememberShared(
    store,
    tenant,
    batch.merging.map(({ draft, said }) => ({ id: draft.id, said })),
  );
  return results;
}

async function write(
  store: Store,
  tenant: string,
  batch: ShareBatch,
  decided: readonly Decision[],
  session: ClientSession,
): Promise<PromiseSettledResult<Shared>[]> {
  const drafts = batch.fresh.map(({ draft }) => draft);
  const inserted = await insertFresh(store, tenant, drafts, session);
  const raised = await confirmItems(store, tenant, batch.confirmations, session);
  await batch.rates.write(store, tenant, session);
  const made = new Map(inserted.map((document) => [document.id, document]));
  const confirmed = new Set(batch.confirmations.map(({ target }) => target.id));
  const results = decided.map((decision) => resultOf(decision, made, confirmed, raised));
  const urgent = results.flatMap((each) =>
    each.status === 'fulfilled' && each.value.urgent ? [each.value.id] : [],
  );
  await noteWanted(store, tenant, [...new Set(urgent)], session);
  return results;
}

type Decision = Pick<Shared, 'id' | 'outcome'> | Error;

/**
 * @param made items that were inserted, by id
 * @param confirmed ids of items that shares of the batch confirmed
 * @param raised ids of those that became CRITICAL by it
 */
function resultOf(
  decision: Decision,
  made: ReadonlyMap<string, KnowledgeDocument>,
  confirmed: ReadonlySet<string>,
  raised: ReadonlySet<string>,
): PromiseSettledResult<Shared> {
  if (decision instanceof Error) return { status: 'rejected', reason: decision };
  const { id, outcome } = decision;
  const document = made.get(id);
  const urgent =
    outcome === 'shared'
      ? document?.priority === 'CRITICAL' && document.state !== 'ARCHIVED'
      : outcome === 'confirmed' && raised.has(id);
  // What was confirmed at once is not any more what was inserted.
  const item = document === undefined || confirmed.has(id) ? null : publicItem(document);
  return { status: 'fulfilled', value: { id, outcome, urgent, item } };
}

/** What is known when a batch is decided on, and what follows from it. */
class ShareBatch {
  readonly fresh: BatchEntry[] = [];
  /** Those of the fresh that others may confirm. */
  readonly merging: BatchEntry[] = [];
  readonly confirmations: Confirmation[] = [];
  readonly rates: ShareRates;
  private readonly items: Map<string, Target>;
  /** By share id, the item that the share confirmed. */
  private readonly earlier: Map<string, Earlier>;

  private constructor(
    private readonly before: Before,
    private readonly recent: ReadonlyMap<Said, string[]>,
  ) {
    this.items = new Map(before.items);
    this.earlier = new Map(before.earlier);
    this.rates = new ShareRates(before.slots, Date.now());
  }

  static async read(store: Store, tenant: string, entries: readonly BatchEntry[]): Promise<ShareBatch> {
    const merging = entries.filter(({ merges }) => merges);
    const recent = new Map(merging.map(({ said }) => [said, sameRecent(store, tenant, said)]));
    const same = [...entries.flatMap((entry) => entry.same), ...[...recent.values()].flat()];
    const agents = entries.flatMap(({ draft, limit }) => (limit === null ? [] : [draft.source]));
    const drafts = entries.map(({ draft }) => draft);
    return new ShareBatch(await readBefore(store, tenant, drafts, same, agents), recent);
  }

  /** Whether nothing is to be written. */
  get isEmpty(): boolean {
    return this.fresh.length === 0 && this.confirmations.length === 0;
  }

  decide(entry: BatchEntry): Decision {
    const { draft, limit, retracted } = entry;
    const { standing, removed } = this.before;
    const [retraction] = draft.sources.flatMap((source) => standing.get(sourceKey(source)) ?? []);
    if (retraction !== undefined && retracted === 'refuse') return retractedError(retraction);
    const known = this.items.get(draft.id) ?? this.earlier.get(draft.id);
    if (known !== undefined)
      return known.title === draft.title
        ? { id: known.id, outcome: 'known' }
        : new ConflictError(`Knowledge item ${draft.id} exists already, titled "${known.title}"`);
    if (removed.has(draft.id))
      return new ConflictError(
        `Knowledge item ${draft.id} was pruned and removed: share it under another id`,
      );
    const refused = limit === null ? null : this.rates.take(draft.source, limit);
    if (refused !== null) return refused;
    // What comes from a retracted source confirms nothing.
    const merges = entry.merges && retraction === undefined;
    const target = merges ? this.sameAs(entry) : undefined;
    if (target === undefined) return this.share(entry, merges);
    this.confirmations.push({ draft, target });
    this.earlier.set(draft.id, { id: target.id, title: draft.title });
    return { id: target.id, outcome: 'confirmed' };
  }

  private share(entry: BatchEntry, merges: boolean): Decision {
    const { id, title, state, source, priority } = entry.draft;
    this.fresh.push(entry);
    if (merges) this.merging.push(entry);
    const unmarked = { retractedBy: null, mergedInto: null, prunedAt: null };
    this.items.set(id, { id, title, state, source, priority, ...unmarked });
    return { id, outcome: 'shared' };
  }

  private sameAs({ said, same }: BatchEntry): Target | undefined {
    return this.target([...same, ...(this.recent.get(said) ?? [])]) ?? this.target(this.beside(said));
  }

  private beside(said: Said): string[] {
    return sameAmong(
      said,
      this.merging.map((other) => ({ id: other.draft.id, said: other.said })),
    );
  }

  private target(ids: readonly string[]): Target | undefined {
    return ids.flatMap((id) => this.items.get(id) ?? []).find(takesConfirmations);
  }
}
