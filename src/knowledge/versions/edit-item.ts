/** Writing new versions of items: the item, the version and the event in one transaction. */
import type { ClientSession } from 'mongodb';
import { ConflictError, NotFoundError } from '../../shared/errors.js';
import type { Trust } from '../../shared/terms.js';
import { appendEvent } from '../../store/event-log.js';
import { ensureLedger, enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { noteWanted } from '../announce/announcements.js';
import {
  itemKey,
  type KnowledgeDocument,
  type KnowledgeVersion,
  knowledgeItems,
  knowledgeVersions,
} from '../collections.js';
import { foundBy, versionDocument } from '../insert-items.js';
import { stateAfterEdit, stateByUsage } from '../lifecycle/lifecycle.js';
import { onItem } from '../on-item.js';
import { refuseRetracted, sayersOfFirst } from '../provenance/standing.js';
import { putMarks } from '../sharing/marks.js';
import { parseSource, type Source, sourceKey } from '../source.js';
import { successAtLeast } from '../usage/best.js';
import { runsOf, saysSince } from '../usage/counted-versions.js';
import { readUsage } from '../usage/usage.js';
import { type ItemChange, type NextVersion, nextVersion, restoring } from './next-version.js';
import { findVersion } from './read-versions.js';

/** Who edits, and why. */
export interface Edit {
  by: string;
  /** What changed and why, in words. */
  changes: string;
  /** How far who enters the words is trusted. */
  trust: Trust;
  /** What the words come from; becomes a source of the item where it says something else then. */
  source?: Source;
  /** Refuses the edit when the item is not, or no longer, at it. */
  expectedVersion?: number | undefined;
  /** When it was made, where that was elsewhere and earlier. Default: now. */
  at?: Date;
}

/**
 * Makes a new version of an item; a change that changes nothing makes none. An item that says something else then
 * goes back to EXPERIMENTAL and has to prove itself anew; new tags, type, category or priority leave state and
 * usage as they are.
 *
 * @returns whether a version was made
 * @throws NotFoundError when the tenant has no such item
 * @throws ConflictError when it is not, or no longer, at `expectedVersion`, was merged into another or withdrawn, or
 *   who edits was retracted as a source
 */
export function editItem(
  store: Store,
  tenant: string,
  id: string,
  change: ItemChange,
  edit: Edit,
): Promise<boolean> {
  return onItem(store, id, itemKey(tenant, id), async (session) => {
    const item = await editable(store, tenant, id, edit, session);
    // Words of others would be a source that stands of an item that has none.
    if (item.retractedBy != null)
      throw new ConflictError(
        `Knowledge item ${id} was withdrawn by retraction ${item.retractedBy}: undo that, or share it anew`,
      );
    const { source } = edit;
    if (source?.kind === 'person' || source?.kind === 'agent')
      await refuseRetracted(store, tenant, [source], { session });
    const next = nextVersion(item, change, edit.trust);
    if (next === null) return false;
    // What is imported, or made from a learning, is no news.
    const isNews = source?.kind === 'person' || source?.kind === 'agent';
    if (isNews && change.priority === 'CRITICAL') await noteWanted(store, tenant, [id], session);
    const kept = { contentVersion: saysSince(item) };
    await writeVersion(
      store,
      item,
      next,
      {
        ...{ act: 'edited', edit, detail: {} },
        says: firstToSay(item),
        fields: next.saysOther ? anew(item) : kept,
      },
      session,
    );
    return true;
  });
}

/**
 * Brings an earlier version back, as a new one. What it says has proved already what it proved then: the use of
 * all versions that said the same counts again, and the item comes to the state that it calls for.
 *
 * @returns whether a version was made: none when the item is as that version was
 * @throws NotFoundError when the tenant has no such item, or it has no such version
 * @throws ConflictError as {@link editItem} does, and when whose words it holds is retracted
 */
export async function restoreItem(
  store: Store,
  tenant: string,
  id: string,
  earlier: number,
  by: Omit<Edit, 'trust'>,
): Promise<boolean> {
  await ensureLedger(store, tenant);
  return onItem(store, id, itemKey(tenant, id), async (session) => {
    const item = await editable(store, tenant, id, by, session);
    const wanted = await findVersion(store, tenant, id, earlier, { session });
    const first = wanted.contentVersion ?? earlier;
    const said = first === earlier ? wanted : await findVersion(store, tenant, id, first, { session });
    await refuseRetracted(store, tenant, sayersOfFirst(said).map(parseSource), { session });
    const edit = { ...by, trust: wanted.trust ?? 'untrusted' };
    const next = nextVersion(item, restoring(wanted), edit.trust);
    if (next === null) return false;
    const says = next.saysOther ? first : firstToSay(item);
    const fields = next.saysOther
      ? await provedBefore(store, item, says, session)
      : { contentVersion: saysSince(item) };
    const detail = { restored: earlier };
    await writeVersion(store, item, next, { act: 'version-restored', edit, detail, says, fields }, session);
    return true;
  });
}

/** The first version of all that said what an item says. */
const firstToSay = (item: KnowledgeDocument): number => item.earlierRuns?.[0]?.[0] ?? saysSince(item);

type Standing = Pick<KnowledgeDocument, 'contentVersion'> &
  Partial<Pick<KnowledgeDocument, 'state' | 'earlierRuns' | 'successAtLeast'>>;

/** Nothing is known of what an item says now. */
const anew = ({ version, state }: KnowledgeDocument): Standing => ({
  contentVersion: version + 1,
  earlierRuns: [],
  state: stateAfterEdit(state),
  successAtLeast: 0,
});

/** What is known of what an item says again. */
async function provedBefore(
  store: Store,
  item: KnowledgeDocument,
  says: number,
  session: ClientSession,
): Promise<Standing> {
  const { tenant, id } = item;
  const [live = ''] = await enterLedger(store, tenant, session);
  const same = await knowledgeVersions(store)
    .find(
      { tenant, id, $or: [{ contentVersion: says }, { version: says }] },
      { session, projection: { version: 1 } },
    )
    .toArray();
  const standing = { ...anew(item), earlierRuns: runsOf(same.map(({ version }) => version)) };
  const restored = { ...item, ...standing, version: item.version + 1 };
  const usage = (await readUsage(store, tenant, live, [restored], { session }))(id);
  return {
    ...standing,
    state: item.state === 'ARCHIVED' ? 'ARCHIVED' : stateByUsage(restored, usage).to,
    successAtLeast: successAtLeast(usage),
  };
}

/** The item, if it may be edited now. */
async function editable(
  store: Store,
  tenant: string,
  id: string,
  { expectedVersion }: Pick<Edit, 'expectedVersion'>,
  session: ClientSession,
): Promise<KnowledgeDocument> {
  const item = await knowledgeItems(store).findOne({ _id: itemKey(tenant, id), tenant }, { session });
  if (item === null) throw new NotFoundError('knowledge item', id);
  if (item.mergedInto != null)
    throw new ConflictError(
      `Knowledge item ${id} was merged into ${item.mergedInto}: update that one, or undo the merge`,
    );
  if (expectedVersion !== undefined && expectedVersion !== item.version) {
    const last = await findVersion(store, tenant, id, item.version, { session });
    throw new ConflictError(
      `Knowledge item ${id} is at version ${item.version}, made by ${last.by} at ${last.at.toISOString()}, not at the expected ${expectedVersion}`,
    );
  }
  return item;
}

interface Written {
  act: 'edited' | 'version-restored';
  edit: Edit;
  detail: Record<string, unknown>;
  /** The first version of all that said the same. */
  says: number;
  fields: Standing;
}

async function writeVersion(
  store: Store,
  item: KnowledgeDocument,
  { saysOther, ...next }: NextVersion,
  { act, edit, detail, says, fields }: Written,
  session: ClientSession,
): Promise<void> {
  const { _id, tenant, id } = item;
  const now = new Date();
  const { by, changes, source, at = now } = edit;
  const version = item.version + 1;
  // Two edits at once write the same document: the second is tried again and reads the first's version.
  await knowledgeItems(store).updateOne(
    { _id, tenant },
    { $set: { ...next, ...fields, version, updatedAt: now, ...foundBy(next), comparedVersion: 0 } },
    { session },
  );
  const made: KnowledgeVersion = {
    ...{ version, ...next, changes, by, at },
    contentVersion: saysOther && act === 'edited' ? version : says,
    ...(detail['restored'] === undefined ? {} : { restored: Number(detail['restored']) }),
    ...(saysOther && source !== undefined ? { source: sourceKey(source) } : {}),
  };
  await knowledgeVersions(store).insertOne(versionDocument(tenant, id, made), { session });
  await appendEvent(
    store,
    {
      _id: `${tenant}|item|${id}|${act}|${version}`,
      ...{ kind: 'item', tenant, itemId: id, act, at: now, by },
      detail: { version, changes, from: item.state, to: fields.state ?? item.state, ...detail },
      generations: [],
    },
    session,
  );
  if (saysOther && source !== undefined)
    await putMarks(store, tenant, 'sources', [{ id, key: sourceKey(source), at }], session);
}
