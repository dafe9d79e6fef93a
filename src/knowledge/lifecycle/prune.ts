/** Pruning: items that no longer earn their place are archived, can be restored for a while, and go for good then. */
import { randomUUID } from 'node:crypto';
import type { KnowledgeState } from '../../shared/terms.js';
import { liveGeneration } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import { readUsage } from '../usage/usage.js';
import {
  beginning,
  Cutoff,
  countInUse,
  type Excess,
  isInUse,
  type ValuedRow,
  valuedFields,
  valuedItems,
} from './budget.js';
import { standingArchivers } from './lifecycle.js';
import { type PruneReason, type PruneRule, pruneFilters, pruneReason, pruneRules } from './prune-rules.js';
import { archiveItems } from './transitions.js';

/** An item that a run of pruning lets go of, or would. */
export interface PrunedItem extends PruneReason {
  id: string;
  title: string;
  /** Before. */
  state: KnowledgeState;
}

export interface PruneReport {
  /** Id by which all that it pruned can be restored; null where it pruned nothing. */
  run: string | null;
  dryRun: boolean;
  /** Items that went, or would, by rule. */
  counts: Record<PruneRule, number>;
  total: number;
  /** The first of them, {@link LISTED} at most. */
  items: PrunedItem[];
  /** False when the time given was up before all was done: the same again goes on. */
  finished: boolean;
}

export interface PruneOptions {
  /** Only tell what would go, and why. Default false. */
  dryRun?: boolean;
  /** Who prunes. */
  by: string;
  now?: Date;
  /** Id of the run, when a longer one is done in parts. */
  run?: string;
  /** Stops after the batch during which it fires. */
  signal?: AbortSignal;
}

/** Items that a report lists at most. */
const LISTED = 1_000;
const BATCH = 200;
const BATCH_DEADLINE_MS = 30_000;

/** An item that goes, as it was when that was decided. */
interface Going extends PruneReason {
  row: ValuedRow;
}

/**
 * Lets go of what the rules name (`prune-rules.ts`), then of the least valuable items beyond the tenant's budget.
 * What goes is ARCHIVED, and can be restored for `restoreDays`. What was used or changed meanwhile stays.
 */
export async function prune(context: KnowledgeContext, options: PruneOptions): Promise<PruneReport> {
  const { dryRun = false, by, now = new Date(), run = `prune-${randomUUID()}`, signal } = options;
  const report: PruneReport = {
    ...{ run: null, dryRun, total: 0, items: [], finished: true },
    counts: Object.fromEntries(pruneRules.map((rule) => [rule, 0])) as PruneReport['counts'],
  };
  let inUseGone = 0;
  const take = async (going: readonly Going[]): Promise<void> => {
    const gone = dryRun ? going : await archive(context, going, { by, now, run });
    for (const { row, rule, reason } of gone) {
      report.counts[rule] += 1;
      report.total += 1;
      if (isInUse(row.state)) inUseGone += 1;
      if (report.items.length < LISTED)
        report.items.push({ id: row.id, title: row.title, state: row.state, rule, reason });
    }
    if (!dryRun && gone.length > 0) report.run = run;
  };
  for await (const going of goingByRule(context, now, dryRun)) {
    await take(going);
    if (signal?.aborted === true) return { ...report, finished: false };
  }
  for (;;) {
    const inUse = (await countInUse(context)) - (dryRun ? inUseGone : 0);
    const excess = inUse - context.settings.maxItems;
    const before = report.total;
    if (excess <= 0) return report;
    for await (const going of goingByBudget(context, { excess, inUse }, now)) {
      await take(going);
      if (signal?.aborted === true) return { ...report, finished: false };
    }
    // What was used or changed meanwhile stayed, and a sample may have told of too few: once more, while it helps.
    if (dryRun || report.total === before) return report;
  }
}

/** What {@link prune} would do now. Writes nothing. */
export const planPruning = (context: KnowledgeContext, now: Date = new Date()): Promise<PruneReport> =>
  prune(context, { dryRun: true, by: 'system', now });

async function* goingByRule(context: KnowledgeContext, now: Date, dryRun: boolean): AsyncGenerator<Going[]> {
  const { store, tenant, settings } = context;
  for (const { rule, filter } of pruneFilters(tenant, now, settings)) {
    // What goes leaves the filter, which a cursor does not mind.
    const found = knowledgeItems(store).find<ValuedRow>(filter, { projection: valuedFields });
    for await (const rows of batches(found)) {
      const unseen = rule === 'unused' ? await withoutUsed(context, rows, now, dryRun) : rows;
      const going = unseen.flatMap((row) => {
        const why = pruneReason(row, now, settings);
        return why?.rule === rule ? [{ row, ...why }] : [];
      });
      if (going.length > 0) yield going;
    }
  }
}

async function* goingByBudget(context: KnowledgeContext, excess: Excess, now: Date): AsyncGenerator<Going[]> {
  const { settings } = context;
  const cutoff = await Cutoff.find(context, excess, now);
  let batch: Going[] = [];
  for await (const valued of valuedItems(context, now, beginning(excess))) {
    for (const { row, value } of valued) {
      if (pruneReason(row, now, settings) !== null || !cutoff.takes(value)) continue;
      const reason = `more than ${settings.maxItems} items in use; its value of ${value.toFixed(2)} is among the least`;
      batch.push({ row, rule: 'budget', reason });
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (cutoff.isDone) break;
  }
  if (batch.length > 0) yield batch;
}

/** Leaves out what was used though its record is still pending, and notes that, so that it is not looked at again. */
async function withoutUsed(
  { store, tenant }: KnowledgeContext,
  rows: readonly ValuedRow[],
  now: Date,
  dryRun: boolean,
): Promise<ValuedRow[]> {
  const usageOf = await store.run(async (options) =>
    readUsage(store, tenant, await liveGeneration(store, tenant, options), rows, options),
  );
  const isUsed = ({ id }: ValuedRow): boolean => usageOf(id).shown + usageOf(id).applied > 0;
  const used = rows.filter(isUsed).map(({ id }) => itemKey(tenant, id));
  if (!dryRun && used.length > 0)
    await store.run((options) =>
      knowledgeItems(store).updateMany(
        { _id: { $in: used }, tenant },
        { $max: { lastUsedAt: now }, $inc: { settled: 1 } },
        options,
      ),
    );
  return rows.filter((row) => !isUsed(row));
}

async function archive(
  { store, tenant }: KnowledgeContext,
  going: readonly Going[],
  { by, now, run }: { by: string; now: Date; run: string },
): Promise<Going[]> {
  return store.transaction(async (session) => {
    const found = await readItems(store, tenant, going, session);
    const gone = going.filter(({ row }) => {
      const item = found.get(row.id);
      return item !== undefined && isUnchanged(item, row);
    });
    await archiveItems(
      store,
      gone.flatMap(({ row, rule, reason }) => {
        const item = found.get(row.id);
        const act = { act: 'pruned', by, at: now, detail: { rule, run } };
        return item === undefined ? [] : [{ item, set: { prunedAt: now, prunedIn: run }, reason, act }];
      }),
      session,
    );
    return gone;
  }, BATCH_DEADLINE_MS);
}

async function readItems(
  store: Store,
  tenant: string,
  going: readonly Going[],
  session: NonNullable<Parameters<typeof archiveItems>[2]>,
): Promise<Map<string, KnowledgeDocument>> {
  const keys = going.map(({ row }) => itemKey(tenant, row.id));
  const found = await knowledgeItems(store)
    .find({ _id: { $in: keys }, tenant }, { session })
    .toArray();
  return new Map(found.map((item) => [item.id, item]));
}

/** Every vote, view, use and judgement moves `settled`; every edit and move the time of change. */
const isUnchanged = (item: KnowledgeDocument, row: ValuedRow): boolean =>
  standingArchivers(item).length === 0 &&
  item.settled === row.settled &&
  item.updatedAt.getTime() === row.updatedAt.getTime();

async function* batches<T>(cursor: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const row of cursor) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
