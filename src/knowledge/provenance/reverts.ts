/** Words of a bad source in an item that has other sources: they give way to the last words that are not of it. */

import { ConflictError } from '../../shared/errors.js';
import type { KnowledgeState } from '../../shared/terms.js';
import { enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import {
  itemKey,
  type KnowledgeDocument,
  type KnowledgeVersion,
  knowledgeItems,
  knowledgeSources,
  knowledgeVersions,
  type VersionDocument,
} from '../collections.js';
import { nextState } from '../lifecycle/lifecycle.js';
import { change } from '../lifecycle/transitions.js';
import { readUsage } from '../usage/usage.js';
import { restoreItem } from '../versions/edit-item.js';
import { type EffectDocument, effectId, type RetractionDocument, retractionEffects } from './retractions.js';
import { sayersOfFirst, standingFor } from './standing.js';

interface Scope {
  store: Store;
  tenant: string;
  retraction: RetractionDocument;
  by: string;
}

/** A version that is to give way, and the one that is to be brought back. */
export interface Revert {
  id: string;
  from: number;
  to: number;
  state: KnowledgeState;
}

/** What tells who wrote a version. */
type Written = Pick<KnowledgeVersion, 'version' | 'by' | 'source' | 'contentVersion'>;

/** Whose the words of a version may be: of one that says what an earlier one said, of that. Pure. */
function sayersOf(version: Written, all: ReadonlyMap<number, Written>): string[] {
  const first = all.get(version.contentVersion ?? version.version) ?? version;
  return sayersOfFirst(first);
}

/** Names of agents and people are not told apart where nothing else is known. */
const saidBy = (source: string, version: Written, all: ReadonlyMap<number, Written>): boolean =>
  sayersOf(version, all).includes(source);

/**
 * The version that an item goes back to when the words of a source are withdrawn; null where the current ones are not
 * the source's, or none are left. Pure.
 *
 * @param gone other sources that are retracted: their words do not come back for these
 */
export function versionBefore(
  current: number,
  source: string,
  all: ReadonlyMap<number, Written>,
  gone: ReadonlySet<string> = new Set(),
): number | null {
  const now = all.get(current);
  if (now === undefined || !saidBy(source, now, all)) return null;
  for (let version = current - 1; version >= 1; version -= 1) {
    const earlier = all.get(version);
    if (earlier === undefined || saidBy(source, earlier, all)) continue;
    if (!sayersOf(earlier, all).some((sayer) => gone.has(sayer))) return version;
  }
  return null;
}

/**
 * Which of some items go back to earlier words when a source is withdrawn: those that have other sources, and whose
 * current words it wrote over others'. Items that were merged speak through another.
 */
export async function plannedReverts(
  store: Store,
  tenant: string,
  source: string,
  ids: readonly string[],
): Promise<Revert[]> {
  return store.run(async (options) => {
    const items = await knowledgeItems(store)
      .find(
        {
          _id: { $in: ids.map((id) => itemKey(tenant, id)) },
          ...{ tenant, version: { $gt: 1 }, mergedInto: null, retractedBy: null },
        },
        options,
      )
      .toArray();
    if (items.length === 0) return [];
    const some = { tenant, id: { $in: items.map(({ id }) => id) } };
    const other = { via: null, retractedBy: null, key: { $ne: source }, with: { $ne: source } };
    const held = new Set(await knowledgeSources(store).distinct('id', { ...some, ...other }, options));
    const found = await knowledgeVersions(store)
      .find(some, { ...options, projection: { id: 1, version: 1, by: 1, source: 1, contentVersion: 1 } })
      .toArray();
    const versions = new Map<string, Map<number, VersionDocument>>();
    for (const version of found)
      versions.set(version.id, (versions.get(version.id) ?? new Map()).set(version.version, version));
    const sayers = new Set(found.flatMap(sayersOfFirst));
    const gone = new Set((await standingFor(store, tenant, [...sayers], options)).keys());
    return items.flatMap(({ id, version, state }) => {
      const to = held.has(id) ? versionBefore(version, source, versions.get(id) ?? new Map(), gone) : null;
      return to === null ? [] : [{ id, from: version, to, state }];
    });
  });
}

const revertedBecause = ({ source, id }: RetractionDocument, to: number): string =>
  `${source} was retracted (${id}): back to version ${to}`;

/** Brings earlier words back. Doing it again finds none to do. */
export async function revert(scope: Scope, planned: readonly Revert[]): Promise<void> {
  const { store, tenant, retraction, by } = scope;
  for (const { id, from, to, state } of planned) {
    const reverted: EffectDocument['reverted'] = { from, to: from + 1, state };
    await store.run((options) =>
      retractionEffects(store).updateOne(
        { _id: effectId(tenant, retraction.id, id), tenant },
        { $set: { retraction: retraction.id, item: id, reverted } },
        { ...options, upsert: true },
      ),
    );
    const changes = revertedBecause(retraction, to);
    try {
      await restoreItem(store, tenant, id, to, { by, changes, expectedVersion: from });
    } catch (error) {
      // Edited meanwhile: its words are others' now, or are looked at when it is planned again.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

/** Brings the words back that a retraction took away, where nobody wrote others since. */
export async function undoReverts(scope: Scope, ids: readonly string[]): Promise<void> {
  const { store, tenant, retraction, by } = scope;
  const effects = await store.run((options) =>
    retractionEffects(store)
      .find(
        {
          _id: { $in: ids.map((id) => effectId(tenant, retraction.id, id)) },
          ...{ tenant, reverted: { $exists: true } },
        },
        options,
      )
      .toArray(),
  );
  for (const { _id, item: id, reverted } of effects) {
    if (reverted === undefined) continue;
    const { from, to, state } = reverted;
    const current = await store.run((options) =>
      knowledgeVersions(store).findOne({ _id: `${tenant}|${id}|${to}`, tenant }, options),
    );
    const changes = `${retraction.source} is no longer retracted: back to version ${from}`;
    try {
      if (current !== null && current.changes === revertedBecause(retraction, current.restored ?? 0)) {
        await restoreItem(store, tenant, id, from, { by, changes, expectedVersion: to });
        await asBefore(scope, id, to + 1, state);
      }
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
    await store.run((options) =>
      retractionEffects(store).updateOne({ _id, tenant }, { $unset: { reverted: '' } }, options),
    );
  }
}

/** The words that are back had come to a state by all that was known on the way: they keep it while usage bears it. */
async function asBefore(
  { store, tenant, retraction, by }: Scope,
  id: string,
  version: number,
  state: KnowledgeState,
): Promise<void> {
  await store.transaction(async (session) => {
    const [live = ''] = await enterLedger(store, tenant, session);
    const where = { _id: itemKey(tenant, id), tenant, version };
    const item: KnowledgeDocument | null = await knowledgeItems(store).findOne(where, { session });
    if (item === null || item.state === state || item.state === 'ARCHIVED' || state === 'ARCHIVED') return;
    const usage = (await readUsage(store, tenant, live, [item], { session }))(id);
    if (nextState(state, usage) !== null) return;
    const reason = `${retraction.source} is no longer retracted; as before`;
    const act = { act: 'retraction-undone', by };
    await change(store, [{ item, transition: { to: state, reason }, set: {}, act }], session);
  });
}
