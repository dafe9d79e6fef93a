/** Later words on how an execution went: appended to the log, applied as the difference they make. */
import { type Interaction, interactions } from '../learning/interactions.js';
import { NotFoundError } from '../shared/errors.js';
import { moreTrusted } from '../shared/outcome.js';
import type { Outcome } from '../shared/task.js';
import { applyIncrements, difference } from '../store/counters.js';
import { appendEvent, events, type OutcomeEvent } from '../store/event-log.js';
import { ensureLedger, enterLedger } from '../store/ledger.js';
import { addPending } from '../store/pending.js';
import type { Store } from '../store/store.js';
import { contributionsOf } from './contributions.js';

export interface LaterOutcome {
  tenant: string;
  executionId: string;
  outcome: Outcome;
  /** Who says so, e.g. a person's name or a build's address. */
  by: string;
  comment?: string;
}

/**
 * Appends an outcome event and moves every counter from what was believed before to what is now.
 *
 * @returns the event, with the belief before and after it
 * @throws NotFoundError when the tenant has no such execution
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function addOutcome(store: Store, later: LaterOutcome): Promise<OutcomeEvent> {
  const { tenant, executionId } = later;
  await ensureLedger(store, tenant);
  return store.transaction(async (session) => {
    const generations = await enterLedger(store, tenant, session);
    const interaction = await interactions(store).findOne({ _id: executionId, tenant }, { session });
    if (interaction === null) throw new NotFoundError('execution', executionId);
    const log = events(store);
    const earlier = await log
      .find({ tenant, kind: 'outcome', executionId }, { session })
      .sort({ at: 1, _id: 1 })
      .toArray();
    const before = effectiveOutcome(interaction, earlier as OutcomeEvent[]);
    const event: OutcomeEvent = {
      // Numbered: of two at once, the second meets the first's id and is retried after it.
      _id: `${executionId}#${String(earlier.length + 1).padStart(6, '0')}`,
      kind: 'outcome',
      tenant,
      executionId,
      taskId: interaction.taskId,
      at: new Date(),
      by: later.by,
      outcome: later.outcome,
      ...(later.comment === undefined ? {} : { comment: later.comment }),
      before,
      after: moreTrusted(before, later.outcome),
      generations,
    };
    await appendEvent(store, event, session);
    if (interaction.parts.includes('learning'))
      await addPending(store, { tenant, executionId, eventId: event._id, generations }, session);
    await applyIncrements(store, tenant, generations, outcomeDifference(interaction, event), session);
    return event;
  });
}

/** What an outcome event changes in the counters. Pure. */
export const outcomeDifference = (interaction: Interaction, event: OutcomeEvent) =>
  difference(contributionsOf(interaction, event.before), contributionsOf(interaction, event.after));

/** How an execution is known to have gone, given its outcome events in order. Pure. */
export function effectiveOutcome(interaction: Interaction, later: readonly OutcomeEvent[]): Outcome {
  return later.reduce((known, event) => moreTrusted(known, event.outcome), interaction.outcome);
}

/** The outcome events of some executions, oldest first. */
export function findOutcomes(
  store: Store,
  tenant: string,
  executionIds: readonly string[],
): Promise<OutcomeEvent[]> {
  return store.run(async (options) => {
    const found = await events(store)
      .find({ tenant, kind: 'outcome', executionId: { $in: [...executionIds] } }, options)
      .sort({ at: 1, _id: 1 })
      .toArray();
    return found as OutcomeEvent[];
  });
}
