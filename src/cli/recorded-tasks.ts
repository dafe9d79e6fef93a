/** Recorded executions with what later words made of their outcome. */
import { type Interaction, type InteractionQuery, listInteractions } from '../learning/interactions.js';
import { effectiveOutcome, findOutcomes } from '../recording/outcomes.js';
import type { Outcome } from '../shared/task.js';
import type { OutcomeEvent } from '../store/event-log.js';
import type { Store } from '../store/store.js';

/** An execution as it is believed to have gone now. */
export interface RecordedTask {
  interaction: Interaction;
  /** Later words on it, oldest first. */
  later: OutcomeEvent[];
  outcome: Outcome;
}

/** How far a search by outcome goes back at most. */
const MOST_EXAMINED = 20_000;

/** Adds the later words to executions, in the executions' order. */
export async function withOutcomes(
  store: Store,
  tenant: string,
  found: readonly Interaction[],
): Promise<RecordedTask[]> {
  const ids = found.map(({ _id }) => _id);
  const events = ids.length === 0 ? [] : await findOutcomes(store, tenant, ids);
  return found.map((interaction) => {
    const later = events.filter(({ executionId }) => executionId === interaction._id);
    return { interaction, later, outcome: effectiveOutcome(interaction, later) };
  });
}

/**
 * The newest executions.
 *
 * @param query `success` is the outcome as it is known now; null asks for those of unknown outcome
 */
export async function listTasks(
  store: Store,
  tenant: string,
  query: { limit: number; category?: string; agentType?: string; success?: boolean | null },
): Promise<RecordedTask[]> {
  const { success, ...rest } = query;
  // Later words may have changed any outcome, so the stored one cannot be searched by: look back until
  // enough are found.
  for (let examined = query.limit; ; examined *= 4) {
    const wanted: InteractionQuery = { ...rest, limit: Math.min(examined, MOST_EXAMINED) };
    const found = await listInteractions(store, tenant, wanted);
    const all = await withOutcomes(store, tenant, found);
    const fitting = success === undefined ? all : all.filter(({ outcome }) => outcome.success === success);
    const exhausted = found.length < examined || examined >= MOST_EXAMINED;
    if (fitting.length >= query.limit || exhausted) return fitting.slice(0, query.limit);
  }
}

/** USD over all agents of an execution. */
export const totalCost = ({ attempts }: Interaction): number =>
  attempts.reduce((sum, { report }) => sum + (report.cost ?? 0), 0);

/** Seconds from start to end. */
export const duration = ({ startedAt, endedAt }: Interaction): number => (endedAt - startedAt) / 1_000;
