/** Items that come in while a source of theirs is retracted: they are kept, withdrawn, and come back with the rest. */
import type { ClientSession } from 'mongodb';
import { events, type ItemEvent } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import type { KnowledgeDocument } from '../collections.js';
import { type Source, sourceKey } from '../source.js';
import { effectId, type RetractionDocument, retractionEffects } from './retractions.js';
import { standingFor } from './standing.js';

/** The retractions that stand for some of the sources of drafts, by the draft's id. One indexed read. */
export async function retractedDrafts(
  store: Store,
  tenant: string,
  drafts: readonly { id: string; sources: readonly Source[] }[],
  session: ClientSession,
): Promise<Map<string, RetractionDocument>> {
  const keys = drafts.flatMap(({ sources }) => sources.map(sourceKey));
  const standing = await standingFor(store, tenant, keys, { session });
  if (standing.size === 0) return new Map();
  return new Map(
    drafts.flatMap(({ id, sources }) => {
      const [retraction] = sources.flatMap((source) => standing.get(sourceKey(source)) ?? []);
      return retraction === undefined ? [] : [[id, retraction] as const];
    }),
  );
}

/** Notes of items that were inserted withdrawn what their return needs, and logs why they are. */
export async function noteWithdrawn(
  store: Store,
  items: readonly {
    item: KnowledgeDocument;
    from: KnowledgeDocument['state'];
    retraction: RetractionDocument;
  }[],
  session: ClientSession,
): Promise<void> {
  if (items.length === 0) return;
  await retractionEffects(store).insertMany(
    items.map(({ item: { tenant, id }, from, retraction }) => ({
      _id: effectId(tenant, retraction.id, id),
      ...{ tenant, retraction: retraction.id, item: id, archivedFrom: from },
    })),
    { session },
  );
  await events(store).insertMany(
    items.map(({ item: { tenant, id, createdAt, version }, from, retraction }): ItemEvent => {
      const { source, by, reason } = retraction;
      return {
        _id: `${tenant}|item|${id}|retracted|${retraction.id}`,
        ...{ kind: 'item', tenant, itemId: id, act: 'retracted', at: createdAt, by },
        detail: { source, retraction: retraction.id, from, to: 'ARCHIVED', reason, version },
        generations: [],
      };
    }),
    { session },
  );
}
