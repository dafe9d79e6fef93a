/** What an item came from, and what came from a source. */
import { NotFoundError } from '../../shared/errors.js';
import type { SourceKind } from '../../shared/terms.js';
import type { Store } from '../../store/store.js';
import { itemKey, knowledgeItems, knowledgeSources } from '../collections.js';
import { parseSource, type Source, sourceKey } from '../source.js';

/** One source of an item. */
export interface ItemSource extends Source {
  kind: SourceKind;
  /** When it first became one. */
  at: Date;
  /** Sources of the same contribution, e.g. the task in which an agent shared it. */
  with: string[];
  /** The merged item that it came by; null for the item's own. */
  via: string | null;
  /** The retraction that withdrew it; null while it stands. */
  retractedBy: string | null;
}

const MOST_SOURCES = 1_000;

/**
 * The sources of an item, oldest first: the tasks, agents, learnings, imports and people that it came from, with
 * those of the items that were merged into it.
 *
 * @param limit of sources; by default the first thousand
 * @throws NotFoundError when the tenant has no such item
 */
export async function sourcesOf(
  store: Store,
  tenant: string,
  id: string,
  limit = MOST_SOURCES,
): Promise<ItemSource[]> {
  return store.run(async (options) => {
    const marks = await knowledgeSources(store)
      .find({ tenant, id }, options)
      .sort({ at: 1, _id: 1 })
      .limit(limit)
      .toArray();
    if (marks.length === 0) {
      const item = await knowledgeItems(store).findOne(
        { _id: itemKey(tenant, id), tenant },
        { ...options, projection: { _id: 1 } },
      );
      if (item === null) throw new NotFoundError('knowledge item', id);
    }
    return marks.map(({ key, at, with: beside = [], via, retractedBy }) => ({
      ...parseSource(key),
      at,
      with: beside,
      via,
      retractedBy,
    }));
  });
}

/** Ids of the items that came from a source, by id; items that took it over by merging are among them. */
export async function itemsOf(
  store: Store,
  tenant: string,
  source: Source,
  { limit = 100, after = null }: { limit?: number; after?: string | null } = {},
): Promise<string[]> {
  const marks = await store.run((options) =>
    knowledgeSources(store)
      .find(
        { tenant, key: sourceKey(source), ...(after === null ? {} : { id: { $gt: after } }) },
        { ...options, projection: { id: 1 } },
      )
      .sort({ id: 1 })
      .limit(limit)
      .toArray(),
  );
  return marks.map(({ id }) => id);
}
