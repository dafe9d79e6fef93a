/** Later words on how an execution went: appended to the log, applied as the difference they make. */
import type { ClientSession } from 'mongodb';
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

/** What somebody says. */
export interface LaterWord {
  outcome: Outcome;
  /** Who says so, e.g. a person's name or a build's address. */
  by: string;
  comment?: string;
  /** When it was found, where that is not when it is taken in. */
  foundAt?: Date;
  /** Of all with the same, only the first is taken in. */
  deliveryId?: string;
}

export interface LaterOutcome extends LaterWord {
  tenant: string;
  executionId: string;
}

/**
 * Appends an outcome event and moves every counter from what was believed before to what is now.
 *
 * @returns the event, with the belief before and after it
 * @throws NotFoundError when the tenant has no such execution
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function addOutcome(store: Store, later: LaterOutcome): Promise<OutcomeEvent> {
  const { tenant, executionId, ...word } = later;
  await ensureLedger(store, tenant);
  return store.transaction(async (session) => {
    const interaction = await interactions(store).findOne({ _id: executionId, tenant }, { session });
    if (interaction === null) throw new NotFoundError('execution', executionId);
    return appendOutcome(store, interaction, word, session);
  });
}

/** Appends a word on a recorded execution and applies it, inside the caller's transaction. */
export async function appendOutcome(
  store: Store,
  interaction: Interaction,
  word: LaterWord,
  session: ClientSession,
): Promise<OutcomeEvent> {
  const { tenant, executionId } = interaction;
  const generations = await enterLedger(store, tenant, session);
  const earlier = await events(store)
    .find({ tenant, kind: 'outcome', executionId }, { session })
    .sort({ _id: 1 })
    .toArray();
  const event = outcomeEvent(interaction, earlier as OutcomeEvent[], word, generations);
  await appendEvent(store, event, session);
  if (interaction.parts.includes('learning'))
    await addPending(store, { tenant, executionId, eventId: event._id, generations }, session);
  await applyIncrements(store, tenant, generations, outcomeDifference(interaction, event), session);
  return event;
}

/** The event that a word becomes, after the earlier ones on the same execution. */
export function outcomeEvent(
  interaction: Interaction,
  earlier: readonly OutcomeEvent[],
  word: LaterWord,
  generations: string[],
  at = new Date(),
): OutcomeEvent {
  const { tenant, executionId, taskId } = interaction;
  const before = effectiveOutcome(interaction, earlier);
  const event: OutcomeEvent = {
    // Numbered: of two at once, the second meets the first's id and is retried after it.
    _id: `${executionId}#${String(earlier.length + 1).padStart(6, '0')}`,
    kind: 'outcome',
    tenant,
    executionId,
    taskId,
    at,
    ...word,
    before,
    after: before,
    generations,
  };
  return { ...event, after: effectiveOutcome(interaction, [...earlier, event]) };
}

/** What an outcome event changes in the counters. Pure. */
export const outcomeDifference = (interaction: Interaction, event: OutcomeEvent) =>
  difference(contributionsOf(interaction, event.before), contributionsOf(interaction, event.after));

/**
 * How an execution is known to have gone, given its outcome events in order: the most trusted of the words that
 * stand. Pure.
 */
export function effectiveOutcome(
  interaction: Pick<Interaction, 'outcome'>,
  later: readonly OutcomeEvent[],
): Outcome {
  return standing(later).reduce((known, event) => moreTrusted(known, event.outcome), interaction.outcome);
}

/**
 * Leaves out what somebody said who has spoken again since; not to know takes nothing back. What was found before
 * what they said last takes no effect, such as a delivery that is repeated or late. Pure.
 */
export function standing(later: readonly OutcomeEvent[]): OutcomeEvent[] {
  const stands = new Set<OutcomeEvent>();
  for (const event of later) {
    const { by, outcome } = event;
    if (outcome.success !== null) {
      const own = [...stands].filter((one) => one.by === by && one.outcome.source === outcome.source);
      if (own.some((one) => one.outcome.success !== null && isFoundBefore(event, one))) continue;
      for (const one of own) stands.delete(one);
    }
    stands.add(event);
  }
  return [...stands];
}

/** Where neither says when, they were found in the order they were said: clocks of two processes differ. */
const isFoundBefore = (one: OutcomeEvent, other: OutcomeEvent): boolean =>
  (one.foundAt ?? other.foundAt) !== undefined && (one.foundAt ?? one.at) < (other.foundAt ?? other.at);

/** The outcome events of some executions; those of each in the order they were taken in. */
export function findOutcomes(
  store: Store,
  tenant: string,
  executionIds: readonly string[],
): Promise<OutcomeEvent[]> {
  return store.run(async (options) => {
    const found = await events(store)
      .find({ tenant, kind: 'outcome', executionId: { $in: [...executionIds] } }, options)
      // Their numbers, not their times: clocks of two processes differ.
      .sort({ _id: 1 })
      .toArray();
    return found as OutcomeEvent[];
  });
}
