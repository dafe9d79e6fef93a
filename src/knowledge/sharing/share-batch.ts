/** One batch of a tenant's shares, in one transaction. */
import { type ClientSession, MongoServerError } from 'mongodb';
import { ConflictError } from '../../shared/errors.js';
import { events, type ItemEvent } from '../../store/event-log.js';
import { isUnavailable, type Store } from '../../store/store.js';
import { noteWanted } from '../announce/announcements.js';
import { itemKey, type KnowledgeItem, knowledgeItems, publicItem } from '../collections.js';
import { type Draft, insertFresh } from '../insert-items.js';
import { removedAmong } from '../lifecycle/removed.js';
import { type Confirmation, confirmItems, shareEventKey, type Target } from './confirm.js';
import { rememberShared, type Said, sameAmong, sameRecent } from './likeness-of-shares.js';
import { ShareRates } from './rate-limit.js';

export interface BatchEntry {
  draft: Draft;
  said: Said;
  /** Ids of items that say the same, as far as a search found them; the nearest first. */
  same: string[];
  /** Whether it may confirm another, and others it. */
  merges: boolean;
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

const projection = {
  ...{ id: 1, title: 1, state: 1, retractedBy: 1, mergedInto: 1, prunedAt: 1, source: 1, priority: 1 },
};

/** Who gets which position is in the order of the entries. A bad one does not fail the others. */
export async function shareBatch(
  store: Store,
  tenant: string,
  entries: readonly BatchEntry[],
): Promise<PromiseSettledResult<Shared>[]> {
  try {
    const results = await again(() =>
      store.transaction((session) => shareAll(store, tenant, entries, session)),
    );
    const fresh = entries.flatMap(({ draft, said, merges }, index) => {
      const result = results[index];
      const isNew = result?.status === 'fulfilled' && result.value.outcome === 'shared';
      return isNew && merges ? [{ id: draft.id, said }] : [];
    });
    rememberShared(store, tenant, fresh);
    return results;
  } catch (error) {
    if (entries.length === 1) return [{ status: 'rejected', reason: error }];
    // Nothing that fewer would mend.
    if (isUnavailable(error)) throw error;
    const half = Math.ceil(entries.length / 2);
    const first = await shareBatch(store, tenant, entries.slice(0, half));
    return [...first, ...(await shareBatch(store, tenant, entries.slice(half)))];
  }
}

/** One id that two processes share at once is inserted by one; the other finds it when it looks again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== 11_000) throw error;
    return work();
  }
}

async function shareAll(
  store: Store,
  tenant: string,
  entries: readonly BatchEntry[],
  session: ClientSession,
): Promise<PromiseSettledResult<Shared>[]> {
  const batch = await ShareBatch.read(store, tenant, entries, session);
  const decided = entries.map((entry) => batch.decide(entry));
  const inserted = await insertFresh(
    store,
    tenant,
    batch.fresh.map(({ draft }) => draft),
    session,
  );
  const raised = await confirmItems(store, tenant, batch.confirmations, session);
  await batch.rates.write(session);
  const made = new Map(inserted.map((document) => [document.id, document]));
  const confirmed = new Set(batch.confirmations.map(({ target }) => target.id));
  const results = decided.map((decision): PromiseSettledResult<Shared> => {
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
  });
  const urgent = results.flatMap((each) =>
    each.status === 'fulfilled' && each.value.urgent ? [each.value.id] : [],
  );
  await noteWanted(store, tenant, [...new Set(urgent)], session);
  return results;
}

type Decision = Pick<Shared, 'id' | 'outcome'> | Error;

/** What is known when a batch is decided on, and what follows from it. */
class ShareBatch {
  readonly fresh: BatchEntry[] = [];
  readonly confirmations: Confirmation[] = [];

  private constructor(
    private readonly items: Map<string, Target>,
    /** By share id, the item that the share confirmed. */
    private readonly earlier: Map<string, { id: string; title: string }>,
    readonly rates: ShareRates,
    private readonly recent: (said: Said) => string[],
    private readonly removed: ReadonlySet<string>,
  ) {}

  static async read(
    store: Store,
    tenant: string,
    entries: readonly BatchEntry[],
    session: ClientSession,
  ): Promise<ShareBatch> {
    const limited = entries.filter(({ limit }) => limit !== null);
    const merging = entries.filter(({ merges }) => merges);
    const recent = new Map(merging.map(({ said }) => [said, sameRecent(store, tenant, said)]));
    const ids = new Set(entries.flatMap(({ draft, same }) => [draft.id, ...same]));
    for (const same of recent.values()) for (const id of same) ids.add(id);
    const found = await knowledgeItems(store)
      .find({ _id: { $in: [...ids].map((id) => itemKey(tenant, id)) }, tenant }, { session, projection })
      .toArray();
    const keys = entries.map(({ draft }) => shareEventKey(tenant, draft.id));
    const shares = (await events(store)
      .find({ _id: { $in: keys }, tenant }, { session })
      .toArray()) as ItemEvent[];
    const earlier = shares.map(
      ({ itemId, detail }) =>
        [String(detail['shareId']), { id: itemId, title: String(detail['title']) }] as const,
    );
    const removed = await removedAmong(
      store,
      tenant,
      entries.map(({ draft }) => draft.id),
      session,
    );
    const agents = limited.map(({ draft }) => draft.source);
    return new ShareBatch(
      new Map(found.map((item) => [item.id, item])),
      new Map(earlier),
      await ShareRates.read(store, tenant, agents, session),
      (said) => recent.get(said) ?? [],
      removed,
    );
  }

  decide(entry: BatchEntry): Decision {
    const { draft, limit, merges } = entry;
    const known = this.items.get(draft.id) ?? this.earlier.get(draft.id);
    if (known !== undefined)
      return known.title === draft.title
        ? { id: known.id, outcome: 'known' }
        : new ConflictError(`Knowledge item ${draft.id} exists already, titled "${known.title}"`);
    if (this.removed.has(draft.id))
      return new ConflictError(
        `Knowledge item ${draft.id} was pruned and removed: share it under another id`,
      );
    const refused = limit === null ? null : this.rates.take(draft.source, limit);
    if (refused !== null) return refused;
    const target = merges ? this.sameAs(entry) : undefined;
    if (target === undefined) return this.share(entry);
    this.confirmations.push({ draft, target });
    this.earlier.set(draft.id, { id: target.id, title: draft.title });
    return { id: target.id, outcome: 'confirmed' };
  }

  private share(entry: BatchEntry): Decision {
    const { id, title, state, source, priority } = entry.draft;
    this.fresh.push(entry);
    const unmarked = { retractedBy: null, mergedInto: null, prunedAt: null };
    this.items.set(id, { id, title, state, source, priority, ...unmarked });
    return { id, outcome: 'shared' };
  }

  private sameAs({ said, same }: BatchEntry): Target | undefined {
    return this.target([...same, ...this.recent(said)]) ?? this.target(this.beside(said));
  }

  private beside(said: Said): string[] {
    const merging = this.fresh.filter(({ merges }) => merges);
    return sameAmong(
      said,
      merging.map((other) => ({ id: other.draft.id, said: other.said })),
    );
  }

  private target(ids: readonly string[]): Target | undefined {
    return ids.flatMap((id) => this.items.get(id) ?? []).find(takesConfirmations);
  }
}

/** What was archived, merged or withdrawn takes no more; documents of earlier versions lack some fields. */
const takesConfirmations = ({ state, retractedBy, mergedInto, prunedAt }: Target): boolean =>
  state !== 'ARCHIVED' &&
  (retractedBy ?? null) === null &&
  (mergedInto ?? null) === null &&
  (prunedAt ?? null) === null;
