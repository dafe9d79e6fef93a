/** What a batch of shares is decided on, read in one call before its transaction begins. */
import type { Document } from 'mongodb';
import { events } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import { itemKey, knowledgeItems, shareRates } from '../collections.js';
import type { Draft } from '../insert-items.js';
import { removedKey } from '../lifecycle/removed.js';
import { type RetractionDocument, retractions } from '../provenance/retractions.js';
import { sourceKey } from '../source.js';
import { shareEventKey, type Target, targetFields } from './confirm.js';
import type { Slots } from './rate-limit.js';

/** The item that an earlier share confirmed. */
export interface Earlier {
  id: string;
  title: string;
}

export interface Before {
  items: Map<string, Target>;
  /** By share id. */
  earlier: Map<string, Earlier>;
  /** Ids that were removed for good. */
  removed: Set<string>;
  /** Shares of agents, by agent. */
  slots: Map<string, Slots>;
  /** Retractions that stand, by source. */
  standing: Map<string, RetractionDocument>;
}

type Found =
  | { kind: 'item'; is: Target }
  | { kind: 'event'; is: { _id: string; itemId: string; detail: Record<string, unknown> } }
  | { kind: 'rate'; is: { agent: string; slots: Slots } }
  | { kind: 'retraction'; is: RetractionDocument };

const eventFields = { itemId: 1, 'detail.shareId': 1, 'detail.title': 1 };

/**
 * Reads what is known of drafts and of other items. It may be outdated when it is written by: all that is written
 * conflicts then.
 *
 * @param ids of other items
 * @param agents whose shares are counted
 */
export async function readBefore(
  store: Store,
  tenant: string,
  drafts: readonly Draft[],
  ids: readonly string[],
  agents: readonly string[],
): Promise<Before> {
  const before: Before = {
    ...{ items: new Map(), earlier: new Map(), removed: new Set() },
    ...{ slots: new Map(), standing: new Map() },
  };
  const items = [...drafts.map(({ id }) => id), ...ids].map((id) => itemKey(tenant, id));
  const removals = new Map(drafts.map(({ id }) => [removedKey(tenant, id), id]));
  const shares = drafts.map(({ id }) => shareEventKey(tenant, id));
  const rates = agents.map((agent) => `${tenant}|${agent}`);
  const sources = drafts.flatMap((draft) => draft.sources.map(sourceKey));
  const stages = [
    ...of('item', { _id: { $in: unique(items) }, tenant }, targetFields),
    beside(
      events(store),
      of('event', { _id: { $in: [...shares, ...removals.keys()] }, tenant }, eventFields),
    ),
    beside(
      retractions(store),
      of('retraction', { tenant, source: { $in: unique(sources) }, standing: true }, { tenant: 0 }),
    ),
    beside(shareRates(store), of('rate', { _id: { $in: unique(rates) }, tenant }, { agent: 1, slots: 1 })),
  ];
  const found = await store.run((options) =>
    knowledgeItems(store).aggregate<Found>(stages, options).toArray(),
  );
  for (const { kind, is } of found)
    if (kind === 'item') before.items.set(is.id, is);
    else if (kind === 'rate') before.slots.set(is.agent, is.slots);
    else if (kind === 'retraction') before.standing.set(is.source, is);
    else {
      const removed = removals.get(is._id);
      if (removed !== undefined) before.removed.add(removed);
      else {
        const { shareId, title } = is.detail;
        before.earlier.set(String(shareId), { id: is.itemId, title: String(title) });
      }
    }
  return before;
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Stages that read some documents and say which kind they are. */
const of = (kind: Found['kind'], where: Document, fields: Document): Document[] => [
  { $match: where },
  { $project: fields },
  { $replaceRoot: { newRoot: { kind, is: '$$ROOT' } } },
];

const beside = ({ collectionName }: { collectionName: string }, pipeline: Document[]): Document => ({
  $unionWith: { coll: collectionName, pipeline },
});
