/** Takes an export into a tenant: all of it, or nothing. */
import { isDeepStrictEqual } from 'node:util';
import type { AnyBulkWriteOperation } from 'mongodb';
import type { Store } from '../store/store.js';
import { type Learning, learnings } from './learning.js';
import { LEARNING_DEADLINE_MS } from './refresh.js';
import { type LearningExport, toContent } from './transfer.js';

/** What an import did, by learning. */
export interface ImportResult {
  imported: number;
  /** As they were: the same file again changes nothing. */
  unchanged: number;
  /** Left alone because the tenant's own observations say what there is to say. */
  superseded: number;
}

/**
 * Imports learnings in one transaction. Those that the tenant extracted itself stay; those imported earlier
 * are replaced where the file differs.
 *
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function importLearnings(
  store: Store,
  tenant: string,
  file: LearningExport,
): Promise<ImportResult> {
  return store.transaction(async (session) => {
    const result: ImportResult = { imported: 0, unchanged: 0, superseded: 0 };
    const stored = await learnings(store)
      .find({ tenant, _id: { $in: file.learnings.map(({ id }) => `${tenant}|${id}`) } }, { session })
      .toArray();
    const byId = new Map(stored.map((learning) => [learning.id, learning]));
    const operations: AnyBulkWriteOperation<Learning>[] = [];
    for (const exported of file.learnings) {
      const content = toContent(exported);
      const before = byId.get(exported.id);
      const _id = `${tenant}|${exported.id}`;
      if (before === undefined) {
        result.imported += 1;
        const own = { _id, tenant, id: exported.id, version: exported.version, origin: 'imported' as const };
        operations.push({ insertOne: { document: { ...own, ...content } } });
      } else if (before.origin === 'extracted') {
        result.superseded += 1;
      } else if (Object.entries(content).every(([name, value]) => isDeepStrictEqual(before[name], value))) {
        result.unchanged += 1;
      } else {
        result.imported += 1;
        const version = Math.max(before.version + 1, exported.version);
        operations.push({ updateOne: { filter: { _id }, update: { $set: { ...content, version } } } });
      }
    }
    if (operations.length > 0) await learnings(store).bulkWrite(operations, { session, ordered: false });
    return result;
  }, LEARNING_DEADLINE_MS);
}
