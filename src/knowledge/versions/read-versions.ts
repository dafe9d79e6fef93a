/** Reading what items were like. */
import type { ClientSession } from 'mongodb';
import { NotFoundError } from '../../shared/errors.js';
import type { Store } from '../../store/store.js';
import { type KnowledgeVersion, knowledgeVersions, type VersionDocument } from '../collections.js';
import type { HistoryRequest } from '../inputs.js';
import { type VersionDiff, versionDiff } from './version-diff.js';

interface ReadOptions {
  timeoutMS?: number;
  session?: ClientSession;
}

const publicVersion = ({ _id, tenant: _tenant, id: _id2, ...version }: VersionDocument): KnowledgeVersion =>
  version;

/** @throws NotFoundError when the tenant has no such item, or it has no such version */
export async function findVersion(
  store: Store,
  tenant: string,
  id: string,
  version: number,
  options: ReadOptions = {},
): Promise<KnowledgeVersion> {
  const found = await knowledgeVersions(store).findOne({ tenant, id, version }, options);
  if (found !== null) return publicVersion(found);
  const [last] = await knowledgeVersions(store)
    .find({ tenant, id }, { ...options, projection: { version: 1 } })
    .sort({ version: -1 })
    .limit(1)
    .toArray();
  if (last === undefined) throw new NotFoundError('knowledge item', id);
  throw new NotFoundError(
    'version',
    String(version),
    `knowledge item ${id} has versions 1 to ${last.version}`,
  );
}

/**
 * Versions of an item from one on, oldest first.
 *
 * @throws NotFoundError when the tenant has no such item
 */
export async function findVersions(
  store: Store,
  tenant: string,
  id: string,
  { from, limit }: HistoryRequest,
): Promise<KnowledgeVersion[]> {
  return store.run(async (options) => {
    const found = await knowledgeVersions(store)
      .find({ tenant, id, version: { $gte: from } }, options)
      .sort({ version: 1 })
      .limit(limit)
      .toArray();
    // Every item has a first version: of one that is not there, this says so.
    if (found.length === 0) await findVersion(store, tenant, id, 1, options);
    return found.map(publicVersion);
  });
}

/** How an item differs between two of its versions; the later may come first. @throws as {@link findVersion} */
export async function diffVersions(
  store: Store,
  tenant: string,
  id: string,
  from: number,
  to: number,
): Promise<VersionDiff> {
  const [before, after] = await store.run((options) =>
    Promise.all([findVersion(store, tenant, id, from, options), findVersion(store, tenant, id, to, options)]),
  );
  return versionDiff(before, after);
}
