/** A tenant's documents in forms that can be compared. */
import { channelsOf, knowledgeItems, knowledgeVersions } from '../../src/knowledge/collections.js';
import { retractions } from '../../src/knowledge/provenance/retractions.js';
import { type MarkKind, markKinds, marksOf, type StoredMark } from '../../src/knowledge/sharing/marks.js';
import { readUsage } from '../../src/knowledge/usage/usage.js';
import { interactions } from '../../src/learning/interactions.js';
import { events, type ItemEvent } from '../../src/store/event-log.js';
import { liveGeneration } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';
import { allCounters } from './recording-data.js';

/** All that is known of one tenant's knowledge. */
export async function pictureOf(store: Store, tenant: string) {
  const generation = await liveGeneration(store, tenant);
  // Of one moment: a query's answer does not wait for long until its views are counted.
  const { items, marks } = await store.transaction(async (session) => {
    const found = await knowledgeItems(store).find({ tenant }, { session }).sort({ _id: 1 }).toArray();
    const all: Partial<Record<MarkKind, StoredMark[]>> = {};
    for (const kind of markKinds)
      all[kind] = await marksOf(store, kind).find({ tenant }, { session }).toArray();
    return { items: found, marks: all as Record<MarkKind, StoredMark[]> };
  });
  const [versions, log, recorded, channels, retracted, sums] = await Promise.all([
    knowledgeVersions(store).find({ tenant }).sort({ id: 1, version: 1 }).toArray(),
    events(store).find({ tenant }).sort({ at: 1, _id: 1 }).toArray(),
    interactions(store).find({ tenant }).toArray(),
    channelsOf(store).find({ tenant }).toArray(),
    retractions(store).find({ tenant }).toArray(),
    allCounters(store, tenant, generation),
  ]);
  return {
    ...{ items, marks, versions, log, recorded, channels, sums, retracted },
    standing: new Set(retracted.filter((each) => each.standing).map(({ source }) => source)),
    acts: log.filter((event): event is ItemEvent => event.kind === 'item'),
    usageOf: await readUsage(store, tenant, generation, items),
  };
}
export type Picture = Awaited<ReturnType<typeof pictureOf>>;

/** All documents of a tenant as text, but for the rates of shares, which go by themselves. */
export async function everythingOf(store: Store, tenant: string): Promise<string> {
  const names = (await store.db.listCollections({}, { nameOnly: true }).toArray())
    .map(({ name }) => name)
    .filter((name) => name !== 'shareRates')
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
