/** What is known of the use of items, read from the counters that recording moves. */
import type { ClientSession } from 'mongodb';
import { KNOWLEDGE_USAGE } from '../evidence/usage.js';
import { readCounters } from '../store/counters.js';
import { liveGeneration } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import { type KnowledgeDocument, type KnowledgeItem, publicItem } from './collections.js';

/** The use of one version of an item. */
export interface ItemUsage {
  /** Tasks that it was shown in. */
  views: number;
  /** Times that an agent says it applied it. */
  applied: number;
  /** Applications by outcome; those that are neither are of unknown outcome. */
  successes: number;
  failures: number;
  /** Successes among applications of known outcome; null without any. */
  successRate: number | null;
}

/** An item with the use of its current version. */
export interface MeasuredItem extends KnowledgeItem {
  usage: ItemUsage;
}

const NO_USAGE: ItemUsage = { views: 0, applied: 0, successes: 0, failures: 0, successRate: null };

/** Looks up the use of a version of an item. */
export type UsageOf = (id: string, version: number) => ItemUsage;

/**
 * Reads the use of items in one generation of projections.
 *
 * @param ids the items, or null for all of the tenant
 */
export async function readUsage(
  store: Store,
  tenant: string,
  generation: string,
  ids: readonly string[] | null,
  options: { timeoutMS?: number; session?: ClientSession } = {},
): Promise<{ of: UsageOf; rows: { id: string; version: number; usage: ItemUsage }[] }> {
  const where = ids === null ? {} : { id: { $in: [...ids] } };
  const counters = await readCounters(
    store,
    KNOWLEDGE_USAGE,
    tenant,
    generation,
    ['id', 'version'],
    where,
    options,
  );
  const rows = counters.map(({ dimensions, sums }) => {
    const successes = sums['appliedSuccesses'] ?? 0;
    const failures = sums['appliedFailures'] ?? 0;
    const known = successes + failures;
    return {
      id: dimensions['id'] ?? '',
      version: Number(dimensions['version']),
      usage: {
        views: sums['shown'] ?? 0,
        applied: sums['applied'] ?? 0,
        successes,
        failures,
        successRate: known === 0 ? null : successes / known,
      },
    };
  });
  const byVersion = new Map(rows.map((row) => [`${row.id}|${row.version}`, row.usage]));
  return { of: (id, version) => byVersion.get(`${id}|${version}`) ?? NO_USAGE, rows };
}

/** Adds to items what is known of their use. */
export async function measured(
  store: Store,
  tenant: string,
  documents: readonly KnowledgeDocument[],
): Promise<MeasuredItem[]> {
  if (documents.length === 0) return [];
  const usage = await store.run(async (options) =>
    readUsage(
      store,
      tenant,
      await liveGeneration(store, tenant, options),
      documents.map((document) => document.id),
      options,
    ),
  );
  return documents.map((document) => ({
    ...publicItem(document),
    usage: usage.of(document.id, document.version),
  }));
}
