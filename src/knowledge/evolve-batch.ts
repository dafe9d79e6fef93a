/** One batch of EvolveKnowledgeWorkflow: takes in what is pending; with nothing pending, tends what there is. */
import { randomUUID } from 'node:crypto';
import type { BatchResult } from '../shared/maintenance.js';
import { ensureLedger } from '../store/ledger.js';
import { nextPending, type PendingEntry } from '../store/pending.js';
import { isUnavailable } from '../store/store.js';
import type { KnowledgeContext } from './context.js';
import { followLearnings, type LearningReads } from './evolve/learned.js';
import { consolidating, deciding } from './evolve/likeness-steps.js';
import { settlingMarked } from './evolve/marked-step.js';
import { pruning, purging } from './evolve/prune-steps.js';
import { addTo, type Step } from './evolve/step.js';
import { type ExecutionReads, takeIn } from './evolve/take-in.js';
import { catchingUp } from './provenance/catch-up.js';
import { ensureChannels } from './sharing/channels.js';

/** What of other components an evolve run reads. */
export interface EvolveReads extends ExecutionReads {
  /** Left out: no learning becomes knowledge. */
  learnings?: LearningReads;
}

export interface EvolveOptions {
  now?: Date;
  /** Id by which all that the run prunes can be restored; the same for all batches of a run. */
  run?: string;
  /** Milliseconds after which a step ends with the part that it is at. Default 12,000. */
  budgetMs?: number;
  /** Told of what failed while the rest went on. */
  onProblem?: (what: string, error: unknown) => void;
}

/** All steps together within the time that an activity has, though each takes its own in full. */
const BUDGET_MS = 12_000;

/**
 * Takes in the next pending executions. When none are pending, goes through the steps of tending: learnings become
 * knowledge, near-duplicates are merged, contradictions decided, items pruned, and what was pruned long ago removed.
 * A step that has more to do ends the batch, and the next goes on with it. One that fails is left to the next run;
 * the others are done.
 *
 * @param limit pending records a batch, at most
 * @returns `consumed` 0 when nothing was pending and no step has more to do
 * @throws Error when none of the pending records could be taken in; worth a retry
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function evolveKnowledgeBatch(
  context: KnowledgeContext,
  limit: number,
  reads: EvolveReads,
  options: EvolveOptions = {},
): Promise<BatchResult> {
  const { store, tenant } = context;
  await ensureLedger(store, tenant);
  await ensureChannels(store, tenant);
  const entries = await nextPending(store, tenant, 'knowledge', limit);
  return entries.length > 0
    ? takeInSome(context, entries, reads, options)
    : tend(context, stepsOf(reads), options);
}

/** In this order: what is merged or withdrawn first need not be pruned. */
const stepsOf = ({ learnings, findReportedUse }: EvolveReads): Step[] => [
  catchingUp,
  settlingMarked(findReportedUse),
  ...(learnings === undefined ? [] : [followLearnings(learnings)]),
  consolidating,
  deciding,
  pruning,
  purging,
];

/** One record that cannot be taken in must not hold up the others, so after a failure each is tried alone. */
async function takeInSome(
  context: KnowledgeContext,
  entries: readonly PendingEntry[],
  reads: ExecutionReads,
  { onProblem }: EvolveOptions,
): Promise<BatchResult> {
  try {
    return { consumed: entries.length, written: await takeIn(context, entries, reads) };
  } catch (error) {
    if (entries.length === 1 || isUnavailable(error)) throw error;
  }
  const done: BatchResult = { consumed: 0, written: {} };
  let failure: unknown;
  for (const entry of entries)
    try {
      addTo(done.written, await takeIn(context, [entry], reads));
      done.consumed += 1;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      failure = error;
      onProblem?.(`execution ${entry.executionId}`, error);
    }
  if (done.consumed === 0) throw failure;
  return done;
}

async function tend(
  context: KnowledgeContext,
  steps: readonly Step[],
  { now = new Date(), run = `prune-${randomUUID()}`, budgetMs = BUDGET_MS, onProblem }: EvolveOptions,
): Promise<BatchResult> {
  const written: Record<string, number> = {};
  for (const step of steps)
    try {
      const signal = AbortSignal.timeout(budgetMs);
      const done = await step.run(context, { now, run, signal });
      addTo(written, done.written);
      if (!done.finished) return { consumed: 1, written };
    } catch (error) {
      if (isUnavailable(error)) throw error;
      addTo(written, { [`${step.name} failed`]: 1 });
      onProblem?.(step.name, error);
    }
  return { consumed: 0, written };
}
