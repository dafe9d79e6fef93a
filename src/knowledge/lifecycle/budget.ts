/** Which items a tenant's budget lets go of: the least valuable, found in flat memory. */
import { randomBytes } from 'node:crypto';
import type { KnowledgeState } from '../../shared/terms.js';
import { liveGeneration } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import type { Measurable } from '../usage/counted-versions.js';
import { type ItemUsage, readUsage } from '../usage/usage.js';
import { pruneReason } from './prune-rules.js';
import { valueOf } from './value.js';

/** An item as its value is computed from. */
export type ValuedRow = Pick<
  KnowledgeDocument,
  | 'title'
  | 'state'
  | keyof Measurable
  | 'trust'
  | 'priority'
  | 'votes'
  | 'downvotes'
  | 'confirmations'
  | 'createdAt'
  | 'updatedAt'
  | 'lastUsedAt'
  | 'settled'
>;

export const valuedFields = Object.fromEntries(
  [
    ...['id', 'title', 'state', 'version', 'contentVersion', 'earlierRuns', 'absorbed', 'mergedAtVersion'],
    ...['trust', 'priority', 'votes', 'downvotes', 'confirmations', 'createdAt', 'updatedAt', 'lastUsedAt'],
    'settled',
  ].map((name) => [name, 1]),
);

const IN_USE: KnowledgeState[] = ['EXPERIMENTAL', 'VALIDATED'];
/** Whether look-ups choose from items of a state: these make up a tenant's budget. */
export const isInUse = (state: KnowledgeState): boolean => IN_USE.includes(state);
const READ_BATCH = 1_000;
/** Items that the cutoff is found from: more would only take longer. */
const SAMPLE = 100_000;
const COUNT_DEADLINE_MS = 30_000;
/** Values lie between 0 and 2. Items within one step of 0.00003 of each other are equally valuable. */
const STEPS = 65_536;
const stepOf = (value: number): number => Math.min(STEPS - 1, Math.floor((value / 2) * STEPS));

/** How many items a tenant's look-ups choose from. */
export const countInUse = ({ store, tenant }: Pick<KnowledgeContext, 'store' | 'tenant'>): Promise<number> =>
  store.run(
    (options) => knowledgeItems(store).countDocuments({ tenant, state: { $in: IN_USE } }, options),
    COUNT_DEADLINE_MS,
  );

export interface ValuedItem {
  row: ValuedRow;
  value: number;
}

const NEVER_USED: ItemUsage = { shown: 0, applied: 0, successes: 0, failures: 0, successRate: null };

/**
 * All items in use with their values, in the order of their keys, a batch at a time.
 *
 * @param from id to begin at; those before it come last
 */
export async function* valuedItems(
  context: KnowledgeContext,
  now: Date,
  from = '',
): AsyncGenerator<ValuedItem[]> {
  const { tenant } = context;
  const end = `${tenant}}`;
  yield* valuedBetween(context, now, `${tenant}|${from}`, end);
  if (from !== '') yield* valuedBetween(context, now, `${tenant}|`, `${tenant}|${from}`);
}

async function* valuedBetween(
  { store, tenant, settings }: KnowledgeContext,
  now: Date,
  first: string,
  end: string,
): AsyncGenerator<ValuedItem[]> {
  const live = await liveGeneration(store, tenant);
  let range: { $gte: string; $lt: string } | { $gt: string; $lt: string } = { $gte: first, $lt: end };
  for (;;) {
    // By key rather than by one long cursor: a batch may be worked on for longer than a cursor lives.
    const rows = await store.run((options) =>
      knowledgeItems(store)
        .find({ tenant, _id: range, state: { $in: IN_USE } }, { ...options, projection: valuedFields })
        .sort({ _id: 1 })
        .limit(READ_BATCH)
        .toArray(),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    range = { $gt: itemKey(tenant, last.id), $lt: end };
    const usageOf = await usageOfUsed(store, tenant, live, rows);
    yield rows.map((row) => ({ row, value: valueOf(row, usageOf(row.id), now, settings) }));
  }
}

/** Most items were never used: only the others are looked up. */
async function usageOfUsed(
  store: Store,
  tenant: string,
  live: string,
  rows: readonly ValuedRow[],
): Promise<(id: string) => ItemUsage> {
  const used = rows.filter(({ lastUsedAt, absorbed }) => lastUsedAt != null || absorbed > 0);
  if (used.length === 0) return () => NEVER_USED;
  return store.run((options) => readUsage(store, tenant, live, used, options));
}

/** What has to go. */
export interface Excess {
  /** Items that are beyond the budget. */
  excess: number;
  /** Of so many in use. */
  inUse: number;
}

/** Where a pass over a tenant begins: anywhere in one that is too large to be read whole, so that no part is spared. */
export const beginning = ({ inUse }: Excess, sample = SAMPLE): string =>
  inUse <= sample ? '' : `k_${randomBytes(4).toString('hex')}`;

/** Lets go of as many of the least valuable items as are beyond the budget. */
export class Cutoff {
  private constructor(
    private readonly step: number,
    /** How many go that lie at the cutoff itself, and how many in all. */
    private atStep: number,
    private left: number,
  ) {}

  /**
   * Finds the value below which items go, from one pass over up to 100,000 items, in the memory of the steps alone.
   * For a tenant with more, they stand for all: ids are random, so what begins anywhere is a fair sample of them.
   */
  static async find(
    context: KnowledgeContext,
    { excess, inUse }: Excess,
    now: Date,
    sample = SAMPLE,
  ): Promise<Cutoff> {
    const counts = new Uint32Array(STEPS);
    let seen = 0;
    for await (const batch of valuedItems(context, now, beginning({ excess, inUse }, sample))) {
      // These go by rule before the budget is looked at.
      for (const { row, value } of batch)
        if (pruneReason(row, now, context.settings) === null) count(counts, stepOf(value));
      seen += batch.length;
      if (seen >= sample) break;
    }
    const isWhole = inUse <= sample;
    let left = isWhole ? excess : Math.ceil((excess * seen) / inUse);
    let step = 0;
    while (step < STEPS && (counts[step] ?? 0) <= left) {
      left -= counts[step] ?? 0;
      step += 1;
    }
    return new Cutoff(step, isWhole ? left : Number.POSITIVE_INFINITY, excess);
  }

  /** Whether an item goes. At the cutoff itself those that are asked about first go. */
  takes(value: number): boolean {
    const step = stepOf(value);
    if (step > this.step || this.left === 0) return false;
    if (step === this.step) {
      if (this.atStep <= 0) return false;
      this.atStep -= 1;
    }
    this.left -= 1;
    return true;
  }

  /** Whether as many went as have to. */
  get isDone(): boolean {
    return this.left === 0;
  }
}

function count(counts: Uint32Array, step: number): void {
  counts[step] = (counts[step] ?? 0) + 1;
}
