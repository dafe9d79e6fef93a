/** Writing a tenant's knowledge to a file. */
import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import type { Store } from '../store/store.js';
import { knowledgeItems, knowledgeVersions, type VersionDocument } from './collections.js';
import { FILE_FORMAT, FILE_VERSION, type KnowledgeFileInput } from './inputs.js';
import { measured } from './usage.js';

const EXPORT_DEADLINE_MS = 60_000;

/** Writes all items of a tenant, by id; a failure leaves the file as it was. Returns how many. */
export async function exportItems(store: Store, tenant: string, file: string): Promise<number> {
  const { documents, versions } = await store.transaction(async (session) => {
    const all = knowledgeItems(store).find({ tenant }, { session }).sort({ _id: 1 });
    const kept = knowledgeVersions(store).find({ tenant }, { session }).sort({ version: 1 });
    return { documents: await all.toArray(), versions: await kept.toArray() };
  }, EXPORT_DEADLINE_MS);
  const byItem = new Map<string, VersionDocument[]>();
  for (const version of versions) byItem.set(version.id, [...(byItem.get(version.id) ?? []), version]);
  const items = (await measured(store, tenant, documents)).map((item) => {
    const { id, type, category, title, content, context, priority, tags, source, state, version } = item;
    const { successes, failures, applied } = item.usage;
    return {
      ...{ id, type, category, title, content, context, priority, tags, source, state, version },
      usage: { successes, failures, unknown: applied - successes - failures },
      versions: (byItem.get(id) ?? []).map((each) => ({
        version: each.version,
        title: each.title,
        content: each.content,
        changes: each.changes,
        by: each.by,
        at: each.at.toISOString(),
      })),
    };
  });
  const whole: KnowledgeFileInput = {
    format: FILE_FORMAT,
    version: FILE_VERSION,
    exportedAt: new Date().toISOString(),
    items,
  };
  const partial = `${file}.${randomUUID()}.partial`;
  try {
    await writeFile(partial, `${JSON.stringify(whole, null, 2)}\n`);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return items.length;
}
