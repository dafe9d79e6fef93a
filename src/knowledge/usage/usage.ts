/** What is known of the use of items, read from the counters that recording moves. */
import type { ClientSession } from 'mongodb';
import { KNOWLEDGE_USAGE } from '../../evidence/usage.js';
import { readCounters } from '../../store/counters.js';
import { liveGeneration } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { type KnowledgeDocument, type KnowledgeItem, publicItem } from '../collections.js';
import { counted, type Measurable } from './counted-versions.js';
import { mergedInto } from './merged.js';

/** The use of what an item says now, that of the items that were merged into it included. */
export interface ItemUsage {
  /** Tasks that it was shown in. */
  shown: number;
  /** Times that it was applied. */
  applied: number;
  /** Applications by outcome; those that are neither are of unknown outcome. */
  successes: number;
  failures: number;
  /** Successes among applications of known outcome; null without any. */
  successRate: number | null;
}

/** An item with its use. */
export interface MeasuredItem extends KnowledgeItem {
  usage: ItemUsage;
}

/** Looks up the use of an item that was read. */
export type UsageOf = (id: string) => ItemUsage;

interface ReadOptions {
  timeoutMS?: number;
  session?: ClientSession;
}

/**
 * Reads the use of items in one generation of projections: of all versions that say what the item says now, and of
 * the items that were merged into it while it said so.
 *
 * @param items as stored, some hundreds at most
 * @returns what gives each item's use; ids that were not asked for were never used
 */
export async function readUsage(
  store: Store,
  tenant: string,
  generation: string,
  items: readonly Measurable[],
  options: ReadOptions = {},
): Promise<UsageOf> {
  const merged = await mergedInto(store, tenant, items, options);
  const ids = new Set([...items, ...[...merged.values()].flat()].map(({ id }) => id));
  const rows =
    ids.size === 0
      ? []
      : await readCounters(
          store,
          KNOWLEDGE_USAGE,
          tenant,
          generation,
          ['id', 'version'],
          { id: { $in: [...ids] } },
          options,
        );
  const byId = new Map<string, VersionSums[]>();
  for (const { dimensions, sums } of rows) {
    const id = dimensions['id'] ?? '';
    byId.set(id, [...(byId.get(id) ?? []), { version: Number(dimensions['version']), sums }]);
  }
  const usage = new Map(
    items.map((item) => [
      item.id,
      usageOfSums(
        [item, ...(merged.get(item.id) ?? [])].flatMap((each) =>
          (byId.get(each.id) ?? []).filter(({ version }) => counted(each, version)),
        ),
      ),
    ]),
  );
  return (id) => usage.get(id) ?? usageOfSums([]);
}

interface VersionSums {
  version: number;
  sums: Record<string, number>;
}

function usageOfSums(rows: readonly VersionSums[]): ItemUsage {
  const total = (name: string): number => rows.reduce((sum, { sums }) => sum + (sums[name] ?? 0), 0);
  const successes = total('appliedSuccesses');
  const failures = total('appliedFailures');
  const known = successes + failures;
  return {
    shown: total('shown'),
    applied: total('applied'),
    successes,
    failures,
    successRate: known === 0 ? null : successes / known,
  };
}

/** Adds to items what is known of their use. */
export async function measured(
  store: Store,
  tenant: string,
  documents: readonly KnowledgeDocument[],
): Promise<MeasuredItem[]> {
  if (documents.length === 0) return [];
  const usageOf = await store.run(async (options) =>
    readUsage(store, tenant, await liveGeneration(store, tenant, options), documents, options),
  );
  return documents.map((document) => ({ ...publicItem(document), usage: usageOf(document.id) }));
}
