/** The interactions: one immutable document an execution, the source of all that is learned. */
import type { Document, Filter } from 'mongodb';
import type { ExecutionRecord } from '../shared/task.js';
import type { Store } from '../store/store.js';

/** An execution as stored. Nothing in it is ever changed. */
export interface Interaction extends ExecutionRecord, Document {
  /** The execution id. */
  _id: string;
  recordedAt: Date;
  /** Generations of projections that it was applied to when it was recorded. */
  generations: string[];
  /** Projections that it moves: direct calls move only the caller's own. */
  parts: InteractionPart[];
}

/** Characters of a description that tell its kind. */
const SUMMARY_CHARS = 1_000;

export type InteractionPart = 'learning' | 'performance' | 'strategy';
export const allParts: readonly InteractionPart[] = ['learning', 'performance', 'strategy'];

export const interactions = (store: Store) => store.collection<Interaction>('interactions');

/** All executions of a task, newest first. */
export function findTaskInteractions(store: Store, tenant: string, taskId: string): Promise<Interaction[]> {
  return store.run((options) =>
    interactions(store).find({ tenant, taskId }, options).sort({ endedAt: -1 }).toArray(),
  );
}

/** Interactions by their execution ids, in no promised order. */
export function findInteractions(
  store: Store,
  tenant: string,
  executionIds: readonly string[],
): Promise<Interaction[]> {
  return store.run((options) =>
    interactions(store)
      .find({ tenant, _id: { $in: [...executionIds] } }, options)
      .toArray(),
  );
}

/** The categories of executions, `unknown` among them where one was not analysed. */
export async function findCategories(
  store: Store,
  tenant: string,
  executionIds: readonly string[],
): Promise<string[]> {
  const found = await store.run((options) =>
    interactions(store)
      .find({ tenant, _id: { $in: [...executionIds] } }, options)
      .project<{ category?: string }>({ _id: 0, category: '$analysis.category' })
      .toArray(),
  );
  return [...new Set(found.map(({ category }) => category ?? 'unknown'))].sort();
}

/** A task as far as its kind matters. */
export interface TaskSummary {
  executionId: string;
  /** The first thousand characters. */
  description: string;
  /** The category that its context gave. */
  given: string | null;
  /** The category that the analysis put it into. */
  category: string;
}

/** A tenant's newest tasks that were analysed, newest first. */
export function listPastTasks(store: Store, tenant: string, limit: number): Promise<TaskSummary[]> {
  return store.run(async (options) => {
    const found = await interactions(store)
      .find({ tenant }, options)
      .sort({ endedAt: -1 })
      .limit(limit)
      .project<{ _id: string; description: string; given?: unknown; category?: string }>({
        description: { $substrCP: ['$description', 0, SUMMARY_CHARS] },
        given: '$context.category',
        category: '$analysis.category',
      })
      .toArray();
    return found.map(({ _id, description, given, category }) => ({
      executionId: _id,
      description,
      given: typeof given === 'string' ? given : null,
      category: category ?? 'unknown',
    }));
  });
}

export interface InteractionQuery {
  category?: string;
  agentType?: string;
  success?: boolean;
  /** At most this many. Default 50. */
  limit?: number;
}

/** A tenant's newest interactions. `success` is what was recorded first, before any later word. */
export function listInteractions(
  store: Store,
  tenant: string,
  query: InteractionQuery = {},
): Promise<Interaction[]> {
  const filter: Filter<Interaction> = { tenant };
  if (query.category !== undefined) filter['analysis.category'] = query.category;
  if (query.agentType !== undefined) filter['attempts.agentType'] = query.agentType;
  if (query.success !== undefined) filter['outcome.success'] = query.success;
  return store.run((options) =>
    interactions(store)
      .find(filter, options)
      .sort({ endedAt: -1 })
      .limit(query.limit ?? 50)
      .toArray(),
  );
}
