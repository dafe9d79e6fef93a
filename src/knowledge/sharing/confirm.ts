/** Shares that say what an item says already: they confirm it, and are counted there. */
import type { ClientSession } from 'mongodb';
import { priorities } from '../../shared/terms.js';
import { events, type ItemEvent } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import type { Draft } from '../insert-items.js';
import { contributionOf } from '../source.js';
import { markKey, marksOf, putMarks } from './marks.js';

/** What is read of an item before it is decided on a share. */
export type Target = Pick<
  KnowledgeDocument,
  'id' | 'title' | 'state' | 'retractedBy' | 'mergedInto' | 'prunedAt' | 'source' | 'priority'
>;

export interface Confirmation {
  draft: Draft;
  target: Target;
}

export const targetFields = {
  ...{ id: 1, title: 1, state: 1, retractedBy: 1, mergedInto: 1, prunedAt: 1, source: 1, priority: 1 },
} as const satisfies Record<keyof Target, 1>;

/** What was archived, merged or withdrawn takes no more; documents of earlier versions lack some fields. */
export const takesConfirmations = ({ state, retractedBy, mergedInto, prunedAt }: Target): boolean =>
  state !== 'ARCHIVED' &&
  (retractedBy ?? null) === null &&
  (mergedInto ?? null) === null &&
  (prunedAt ?? null) === null;

/** Whoever decided on a share did so on what is no longer so: it is to be decided anew. */
export class OutdatedError extends Error {
  override readonly name = 'OutdatedError';
}

/** Id of the event of a share that confirmed an item: by it a retry finds which. */
export const shareEventKey = (tenant: string, shareId: string): string => `${tenant}|share|${shareId}`;

/**
 * Counts shares that say the same as an item: the first of each agent but the item's own source confirms it, all
 * others repeat it. The item gets the highest of their priorities, so that what is urgent stays so, and keeps
 * their sources.
 *
 * @param found with targets as they were before the transaction
 * @returns ids of items that became CRITICAL
 * @throws OutdatedError when an item takes no confirmations any more
 */
export async function confirmItems(
  store: Store,
  tenant: string,
  found: readonly Confirmation[],
  session: ClientSession,
): Promise<Set<string>> {
  const raised = new Set<string>();
  if (found.length === 0) return raised;
  const confirmations = await asTheyAre(store, tenant, found, session);
  const keys = confirmations.map(({ draft, target }) => markKey(tenant, target.id, draft.source));
  const marks = await marksOf(store, 'confirmations')
    // What came with a merged item goes with it: of those agents, this is the first word here.
    .find({ _id: { $in: keys }, tenant, via: null }, { session, projection: { _id: 1 } })
    .toArray();
  const spoken = new Set(marks.map(({ _id }) => _id));
  const changes = new Map<string, { repeats: number; from: number; to: number }>();
  const at = new Date();
  const confirming: { id: string; key: string; at: Date }[] = [];
  const logged = confirmations.map(({ draft, target }): ItemEvent => {
    const key = markKey(tenant, target.id, draft.source);
    const repeat = draft.source === target.source || spoken.has(key);
    if (!repeat) confirming.push({ id: target.id, key: draft.source, at });
    spoken.add(key);
    const from = priorities.indexOf(target.priority);
    const change = changes.get(target.id) ?? { repeats: 0, from, to: from };
    changes.set(target.id, change);
    if (repeat) change.repeats += 1;
    const before = change.to;
    change.to = Math.max(change.to, priorities.indexOf(draft.priority));
    const priority =
      change.to === before ? {} : { priority: { from: priorities[before], to: priorities[change.to] } };
    return {
      _id: shareEventKey(tenant, draft.id),
      ...{ kind: 'item', tenant, itemId: target.id, act: 'confirmed', at, by: draft.source },
      detail: {
        ...{ shareId: draft.id, title: draft.title, repeat, channel: draft.channel },
        ...{ executionId: draft.executionId, ...priority },
      },
      generations: [],
    };
  });
  await knowledgeItems(store).bulkWrite(
    [...changes].map(([id, { repeats, from, to }]) => {
      const priority = priorities[to];
      if (to > from && priority === 'CRITICAL') raised.add(id);
      return {
        updateOne: {
          filter: { _id: itemKey(tenant, id), tenant },
          update: {
            $inc: { settled: 1, repeats },
            ...(to > from && priority !== undefined ? { $set: { priority, updatedAt: at } } : {}),
          },
        },
      };
    }),
    { session, ordered: false },
  );
  await putMarks(store, tenant, 'confirmations', confirming, session);
  const sources = confirmations.flatMap(({ draft, target }) =>
    contributionOf(draft.sources).map((mark) => ({ id: target.id, at, ...mark })),
  );
  await putMarks(store, tenant, 'sources', sources, session);
  await events(store).insertMany(logged, { session, ordered: false });
  return raised;
}

async function asTheyAre(
  store: Store,
  tenant: string,
  confirmations: readonly Confirmation[],
  session: ClientSession,
): Promise<Confirmation[]> {
  const keys = [...new Set(confirmations.map(({ target }) => itemKey(tenant, target.id)))];
  const found = await knowledgeItems(store)
    .find({ _id: { $in: keys }, tenant }, { session, projection: targetFields })
    .toArray();
  const targets = new Map(found.map((target) => [target.id, target]));
  return confirmations.map(({ draft, target: { id } }) => {
    const target = targets.get(id);
    if (target === undefined || !takesConfirmations(target))
      throw new OutdatedError(`${id} takes no confirmations any more`);
    return { draft, target };
  });
}
