/** Reads a tenant's interactions from the oldest on, without what is large in them. */
import type { Filter } from 'mongodb';
import type { ExecutionRecord } from '../shared/task.js';
import type { Store } from '../store/store.js';
import { type Interaction, interactions } from './interactions.js';

/** Which interactions are read. */
export interface InteractionScan {
  /** Those that ended at this time or later. */
  since?: Date;
  category?: string;
}

/** What a choice was made from and what came of it. */
export interface ScannedInteraction
  extends Pick<ExecutionRecord, 'executionId' | 'outcome' | 'startedAt' | 'endedAt'> {
  analysis: { category: string } | null;
  choice: {
    plan: { key: string };
    propensity: number | null;
    candidates: { key: string; propensity: number; mean: number; cost?: number }[];
  };
  attempts: { started?: false; report: { cost?: number } }[];
  steps: { approval?: number };
}

const BATCH = 1_000;
const BATCH_DEADLINE_MS = 30_000;

const fields = {
  _id: 0,
  executionId: 1,
  outcome: 1,
  startedAt: 1,
  endedAt: 1,
  'analysis.category': 1,
  'choice.plan.key': 1,
  'choice.propensity': 1,
  'choice.candidates.key': 1,
  'choice.candidates.propensity': 1,
  'choice.candidates.mean': 1,
  'choice.candidates.cost': 1,
  'attempts.started': 1,
  'attempts.report.cost': 1,
  'steps.approval': 1,
} as const;

/**
 * Reads the interactions that have a plan, in batches, by the time they ended.
 *
 * @throws StoreUnavailableError when MongoDB is away or a batch takes too long
 */
export async function* scanInteractions(
  store: Store,
  tenant: string,
  { since, category }: InteractionScan = {},
): AsyncGenerator<ScannedInteraction[]> {
  const filter: Filter<Interaction> = { tenant, choice: { $ne: null }, parts: 'strategy' };
  if (since !== undefined) filter.endedAt = { $gte: since.getTime() };
  if (category !== undefined) filter['analysis.category'] = category;
  const cursor = interactions(store)
    .find(filter, { batchSize: BATCH })
    .sort({ endedAt: 1 })
    .project<ScannedInteraction>(fields);
  try {
    for (;;) {
      const batch = await store.run(async () => {
        const read: ScannedInteraction[] = [];
        while (read.length < BATCH) {
          const next = await cursor.next();
          if (next === null) break;
          read.push(next);
        }
        return read;
      }, BATCH_DEADLINE_MS);
      if (batch.length === 0) return;
      yield batch;
    }
  } finally {
    await cursor.close();
  }
}
