/** Sharing items: what says something new becomes one, what says the same as another confirms that one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BSON } from 'mongodb';
import { ConflictError } from '../../shared/errors.js';
import type { Redactor } from '../../shared/redact.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeItem, knowledgeItems, publicItem } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import type { Draft } from '../insert-items.js';
import { BatchQueue } from './batch-queue.js';
import { checkChannel, ensureChannels } from './channels.js';
import { saidBy, sameItems } from './likeness-of-shares.js';
import { isSpent } from './rate-limit.js';
import { type BatchEntry, type Shared, shareBatch } from './share-batch.js';

export interface ShareResult {
  item: KnowledgeItem;
  /**
   * `shared`: it is a new item. `known`: it had been shared before by the same id. `confirmed`: `item` says the
   * same already and now counts this share.
   */
  outcome: 'shared' | 'known' | 'confirmed';
}

export interface ShareOptions {
  /** Milliseconds that a share may wait for its turn; default 10,000. */
  waitMs?: number;
  /** What becomes of shares from a retracted source: kept for themselves, withdrawn (the default), or refused. */
  retracted?: 'keep' | 'refuse';
}

const WAIT_MS = 10_000;
/** Milliseconds that a share waits for running tasks to be told of it. */
const ANNOUNCE_MS = 2_000;
/** What one transaction takes in at most. */
const LIMITS = { entries: 100, bytes: 4_000_000 };

type Sequencer = BatchQueue<BatchEntry, Shared>;
const sequencers = new WeakMap<Store, Map<string, Sequencer>>();

/**
 * The one writer of this process for a tenant: what is shared at once goes in one transaction, to whichever channels.
 */
function sequencerOf(store: Store, tenant: string): Sequencer {
  const ofStore = sequencers.get(store) ?? new Map<string, Sequencer>();
  sequencers.set(store, ofStore);
  const found = ofStore.get(tenant);
  if (found !== undefined) return found;
  const made: Sequencer = new BatchQueue(
    (entries) => shareBatch(store, tenant, entries),
    LIMITS,
    () => ofStore.delete(tenant),
  );
  ofStore.set(tenant, made);
  return made;
}

/**
 * Shares drafts, each to its channel at the next position. With an id that was shared before, a retry returns what
 * was shared first. One that says the same as an item that is there confirms it instead. What agents share is
 * counted against their limit; what Journeyman derived and what people add is neither limited nor merged here.
 *
 * @returns how each went, in the order of the drafts. Rejected ones changed nothing, unless it is with
 * StoreUnavailableError: then a retry with the same id tells. Reasons: RateLimitError, ConflictError when the id
 * names an item with another title or a source is retracted, InvalidInputError when the channel is unknown, StoreUnavailableError
 */
export async function shareSettled(
  context: KnowledgeContext,
  drafts: readonly Draft[],
  options: ShareOptions = {},
): Promise<PromiseSettledResult<ShareResult>[]> {
  if (drafts.length === 0) return [];
  const { store, tenant } = context;
  await ensureChannels(store, tenant);
  const settled: PromiseSettledResult<ShareResult>[] = [];
  for (let from = 0; from < drafts.length; from += LIMITS.entries) {
    const some = drafts.slice(from, from + LIMITS.entries);
    const prepared = await Promise.allSettled(some.map((draft) => prepare(context, draft, options)));
    // Only now, so that they get their positions in their own order.
    const shared = prepared.map((each) =>
      each.status === 'fulfilled' ? shareOne(context, each.value, options) : Promise.reject(each.reason),
    );
    settled.push(...(await Promise.allSettled(shared)));
  }
  return settled;
}

/**
 * As {@link shareSettled}, for callers that take all or an error.
 *
 * @throws the reason of the first draft that was rejected; those beside it are shared
 */
export async function share(
  context: KnowledgeContext,
  drafts: readonly Draft[],
  options?: ShareOptions,
): Promise<ShareResult[]> {
  const settled = await shareSettled(context, drafts, options);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

interface Prepared {
  entry: BatchEntry;
  /** Roughly what it adds to a transaction. */
  bytes: number;
}

const isLimited = ({ trust }: Draft): boolean => trust === 'untrusted';

async function prepare(
  { store, tenant, settings, redactor }: KnowledgeContext,
  given: Draft,
  { retracted = 'keep' }: ShareOptions,
): Promise<Prepared> {
  const draft = redacted(given, redactor);
  // What cannot be stored fails here, by itself, rather than with all that it would be written with.
  const bytes = BSON.serialize({ content: draft.content, context: draft.context }).byteLength;
  if (draft.channel !== null) await checkChannel(store, tenant, draft.channel);
  // Nothing is searched for who is likely to be refused.
  const merges = isLimited(draft) && !isSpent(store, tenant, draft.source);
  const entry = {
    ...{ draft, merges, retracted },
    said: saidBy(draft),
    same: merges ? await sameItems(store, tenant, draft) : [],
    limit: isLimited(draft) ? settings.sharesPerMinute : null,
  };
  return { entry, bytes };
}

async function shareOne(
  context: KnowledgeContext,
  { entry, bytes }: Prepared,
  { waitMs = WAIT_MS }: ShareOptions,
): Promise<ShareResult> {
  const { store, tenant } = context;
  const shared = await sequencerOf(store, tenant).add(entry, bytes, waitMs);
  if (shared.urgent) await announced(context, shared.id);
  return { item: shared.item ?? (await itemOf(store, tenant, shared.id)), outcome: shared.outcome };
}

/** Half a character, as cutting a text leaves it, is stored as another: a retry has to have the same. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** Ids and names stay: two that look like secrets would become the same. */
function redacted(draft: Draft, redactor: Redactor): Draft {
  const { title, content, context, category, tags } = draft;
  return {
    ...draft,
    ...redactor.value({ title: wellFormed(title), content, context, category, tags }),
  };
}

async function itemOf(store: Store, tenant: string, id: string): Promise<KnowledgeItem> {
  const found = await store.run((options) =>
    knowledgeItems(store).findOne({ _id: itemKey(tenant, id), tenant }, options),
  );
  if (found === null) throw new ConflictError(`Knowledge item ${id}, which says the same, was removed since`);
  return publicItem(found);
}

/** Best effort: the evolve run announces what nobody did. */
async function announced({ announce }: KnowledgeContext, id: string): Promise<void> {
  if (announce === undefined) return;
  const told = announce(id).catch(() => {});
  await Promise.race([told, sleep(ANNOUNCE_MS, undefined, { ref: false })]);
}
