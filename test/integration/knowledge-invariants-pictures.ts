/** A tenant's documents in forms that can be compared. */
import type { Store } from '../../src/store/store.js';
import type { Picture } from './knowledge-invariants-checks.js';

/** All documents of a tenant, of all collections, as text. */
export async function everythingOf(store: Store, tenant: string): Promise<string> {
  const names = (await store.db.listCollections({}, { nameOnly: true }).toArray())
    .map(({ name }) => name)
    .sort();
  const all = await Promise.all(
    names.map(async (name) => [
      name,
      await store.db.collection(name).find({ tenant }).sort({ _id: 1 }).toArray(),
    ]),
  );
  return JSON.stringify(all.filter(([, documents]) => documents?.length !== 0));
}

/** What of a tenant does not depend on when it was done and what the tenant is called. */
export function sameIn({ items, versions, acts, marks, sums, channels, usageOf }: Picture): unknown {
  const plain = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(plain);
    const fields = Object.entries(value).filter(
      ([name, each]) => !(each instanceof Date) && !hidden.has(name),
    );
    return Object.fromEntries(fields.map(([name, each]) => [name, plain(each)]));
  };
  const sorted = (list: readonly unknown[]): string[] =>
    list.map((each) => JSON.stringify(plain(each))).sort();
  return {
    items: items.map((item) => ({ ...(plain(item) as object), usage: usageOf(item.id) })),
    versions: sorted(versions),
    acts: sorted(acts),
    marks: Object.values(marks).map(sorted),
    channels: sorted(channels),
    sums,
  };
}
const hidden = new Set(['_id', 'tenant', 'settled', 'executionId']);
