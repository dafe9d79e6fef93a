/** Giving an item of the tenant what a file says of it since, as a new version. */
import { ConflictError } from '../../shared/errors.js';
import { itemKey, knowledgeItems } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import { editItem } from '../versions/edit-item.js';
import { pickVersioned } from '../versions/next-version.js';
import { findVersion } from '../versions/read-versions.js';
import type { Import } from './apply-items.js';
import type { FileItem } from './file-format.js';

const MAX_CHANGES = 2_000;

/**
 * Makes a version of what the file says, where that was written later than what the tenant's item says.
 *
 * @returns false when the tenant's item stays: it is newer, was merged into another or withdrawn, or is being removed
 */
export async function replaceItem(
  { store, tenant }: KnowledgeContext,
  { id: importId, file, by }: Import,
  item: FileItem,
): Promise<boolean> {
  const last = item.versions.at(-1);
  const own = await store.run(async (options) => {
    const found = await knowledgeItems(store).findOne({ _id: itemKey(tenant, item.id), tenant }, options);
    // Of what is being removed for good, versions are gone.
    if (found === null || found.removing === true) return null;
    return findVersion(store, tenant, item.id, found.version, options);
  });
  if (last === undefined || own === null || last.at <= own.at) return false;
  try {
    return await editItem(store, tenant, item.id, pickVersioned(item), {
      by,
      changes: `imported from ${file}: ${last.changes}`.slice(0, MAX_CHANGES),
      trust: 'untrusted',
      source: { kind: 'import', ref: importId },
      expectedVersion: own.version,
      at: last.at,
    });
  } catch (error) {
    // Merged into another, or edited meanwhile and so newer.
    if (error instanceof ConflictError) return false;
    throw error;
  }
}
