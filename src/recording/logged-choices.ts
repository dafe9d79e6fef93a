/** The log of choices, each with what its task is known to have come to by now. */
import {
  type InteractionScan,
  type ScannedInteraction,
  scanInteractions,
} from '../learning/scan-interactions.js';
import type { Outcome } from '../shared/task.js';
import type { Store } from '../store/store.js';
import type { LoggedChoice } from '../strategy/what-if/logged-choice.js';
import { findOutcomes } from './outcomes.js';

/**
 * Reads a tenant's choices, oldest first, with the outcomes that later words made of them.
 *
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function* loggedChoices(
  store: Store,
  tenant: string,
  scan: InteractionScan = {},
): AsyncGenerator<LoggedChoice> {
  for await (const batch of scanInteractions(store, tenant, scan)) {
    const ids = batch.map(({ executionId }) => executionId);
    const later = new Map<string, Outcome>();
    // In the order they were taken in: what the last one left is what is believed.
    for (const { executionId, after } of await findOutcomes(store, tenant, ids))
      later.set(executionId, after);
    for (const interaction of batch)
      yield loggedChoice(interaction, later.get(interaction.executionId) ?? interaction.outcome);
  }
}

/** An interaction as the log of choices has it. Pure. */
export function loggedChoice(
  { analysis, choice, attempts, steps, startedAt, endedAt }: ScannedInteraction,
  outcome: Outcome,
): LoggedChoice {
  const costs = attempts.flatMap(({ started, report }) => (started === false ? [] : (report.cost ?? [])));
  return {
    category: analysis?.category ?? 'unknown',
    plan: choice.plan.key,
    propensity: choice.propensity,
    candidates: choice.candidates.map(({ key, propensity, mean, cost }) => ({
      plan: key,
      propensity,
      mean,
      cost: cost ?? null,
    })),
    success: outcome.success,
    score: outcome.score ?? null,
    cost: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
    // How long a person takes to answer says nothing of the plan.
    seconds: (endedAt - startedAt - (steps.approval ?? 0)) / 1_000,
  };
}
