/** Taking merges apart where one side is withdrawn, and making them again when it comes back. */
import type { ClientSession } from 'mongodb';
import { ConflictError, NotFoundError } from '../../shared/errors.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems, knowledgeSources } from '../collections.js';
import { mergeItems, unmergeItem } from '../likeness/merge-items.js';
import { type EffectDocument, effectId, type RetractionDocument, retractionEffects } from './retractions.js';

interface Scope {
  store: Store;
  tenant: string;
  retraction: RetractionDocument;
  by: string;
}

/** Absorbed items that are looked at in one read. */
const SOME = 100;

/**
 * Takes the merges of withdrawn items apart: each leaves the item that spoke for it, and what was merged into it and
 * has sources that stand leaves it. Doing it again does what is left to do.
 *
 * @returns items whose usage changed with it
 */
export async function takeApart(scope: Scope, ids: readonly string[]): Promise<Set<string>> {
  const { store, tenant, retraction } = scope;
  const changed = new Set<string>();
  const withdrawn = await store.run((options) =>
    knowledgeItems(store)
      .find(
        {
          _id: { $in: ids.map((id) => itemKey(tenant, id)) },
          ...{ tenant, retractedBy: retraction.id },
          $or: [{ mergedInto: { $ne: null } }, { absorbed: { $gt: 0 } }],
        },
        options,
      )
      .toArray(),
  );
  for (const item of withdrawn) {
    if (item.mergedInto != null) {
      changed.add(item.mergedInto);
      await takeOut(scope, item, false);
    }
    if (item.absorbed > 0)
      for (const part of await standingParts(store, tenant, item.id)) {
        await takeOut(scope, part, false);
        changed.add(part.id);
      }
  }
  if (changed.size > 0) await mergeAgain(scope, { 'merge.passing': true });
  return changed;
}

/** What was merged into an item and has a contribution of its own that stands. */
async function standingParts(store: Store, tenant: string, into: string): Promise<KnowledgeDocument[]> {
  const standing: KnowledgeDocument[] = [];
  for (let after = ''; ; ) {
    const parts = await store.run((options) =>
      knowledgeItems(store)
        .find({ tenant, mergedInto: into, _id: { $gt: after } }, options)
        .sort({ _id: 1 })
        .limit(SOME)
        .toArray(),
    );
    const own = { tenant, id: { $in: parts.map(({ id }) => id) }, via: null, retractedBy: null };
    const marks = await store.run((options) => knowledgeSources(store).distinct('id', own, options));
    standing.push(...parts.filter(({ id }) => marks.includes(id)));
    if (parts.length < SOME) return standing;
    after = parts.at(-1)?._id ?? '';
  }
}

/**
 * @param passing only to reach one that is merged into it
 */
async function takeOut(scope: Scope, item: KnowledgeDocument, passing: boolean): Promise<void> {
  const { store, tenant, retraction, by } = scope;
  const { id, mergedInto } = item;
  if (mergedInto == null) return;
  const into = await itemOf(store, tenant, mergedInto);
  if (into === null) return;
  // A chain opens from its end: what it was merged into has to stand alone for the moment.
  if (into.mergedInto != null) await takeOut(scope, into, true);
  const effect: Pick<EffectDocument, 'retraction' | 'item' | 'outOf' | 'merge'> = {
    ...{ retraction: retraction.id, item: id, outOf: into.id },
    merge: {
      mergedAtVersion: item.mergedAtVersion ?? null,
      keptApart: item.keptApart ?? [],
      versions: { into: into.version, from: item.version },
      passing,
    },
  };
  await store.run((options) =>
    retractionEffects(store).updateOne(
      { _id: effectId(tenant, retraction.id, id), tenant },
      { $set: effect },
      { ...options, upsert: true },
    ),
  );
  await unmergeItem(store, tenant, id, { by, reason: `${retraction.source} was retracted` });
}

/**
 * Makes merges again that a retraction took apart, as far as both items stand alone, unarchived, at the versions of
 * then: others stay apart.
 *
 * @param which further conditions on what the retraction noted
 * @returns items whose usage changed with it
 */
async function mergeAgain(scope: Scope, which: object): Promise<Set<string>> {
  const { store, tenant, retraction } = scope;
  const changed = new Set<string>();
  const noted = await store.run((options) =>
    retractionEffects(store)
      .find({ tenant, retraction: retraction.id, outOf: { $exists: true }, ...which }, options)
      .toArray(),
  );
  for (const effect of noted) if (await mergeOne(scope, effect)) changed.add(effect.outOf ?? '');
  return changed;
}

/** As {@link mergeAgain}, of some items on either side. */
export const mergeAgainOf = (scope: Scope, ids: readonly string[]): Promise<Set<string>> =>
  mergeAgain(scope, { $or: [{ item: { $in: [...ids] } }, { outOf: { $in: [...ids] } }] });

async function mergeOne(scope: Scope, { _id, item, outOf, merge }: EffectDocument): Promise<boolean> {
  const { store, tenant, retraction, by } = scope;
  if (outOf === undefined || merge === undefined) return false;
  const { versions, mergedAtVersion, keptApart } = merge;
  const into = await itemOf(store, tenant, outOf);
  if (into?.mergedInto != null) await takeOut(scope, into, true);
  try {
    const merged = await store.transaction(async (session) => {
      const reason = `${retraction.source} is no longer retracted`;
      const options = { by, reason, versions, mergedAtVersion };
      const done = await mergeItems(store, tenant, outOf, item, options, session);
      const where = { _id: itemKey(tenant, item), tenant };
      if (done) await knowledgeItems(store).updateOne(where, { $set: { keptApart } }, { session });
      await forget(store, tenant, _id, session);
      return done;
    });
    return merged;
  } catch (error) {
    // Archived still, changed by others since, or removed for good.
    if (error instanceof ConflictError || error instanceof NotFoundError) return false;
    throw error;
  } finally {
    if (into?.mergedInto != null) await mergeAgain(scope, { 'merge.passing': true, item: into.id });
  }
}

async function forget(store: Store, tenant: string, _id: string, session: ClientSession): Promise<void> {
  await retractionEffects(store).updateOne(
    { _id, tenant },
    { $unset: { outOf: '', merge: '' } },
    { session },
  );
}

const itemOf = (store: Store, tenant: string, id: string): Promise<KnowledgeDocument | null> =>
  store.run((options) => knowledgeItems(store).findOne({ _id: itemKey(tenant, id), tenant }, options));
