/** Words that came before their task was recorded, and what becomes of them when it is. */
import { randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import type { Interaction } from '../learning/interactions.js';
import { appendEvent, events, type OutcomeEvent, type WaitingWord } from '../store/event-log.js';
import { expectEarlyWords } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import { type LaterWord, outcomeEvent } from './outcomes.js';

/** A word on a task, about one execution of it or whichever is recorded. */
export interface SaidWord extends LaterWord {
  tenant: string;
  taskId: string;
  executionId?: string;
}

/** Keeps a word for a task that has no record yet, inside the transaction that found none. */
export async function keepEarlyWord(
  store: Store,
  { tenant, taskId, executionId, ...word }: SaidWord,
  session: ClientSession,
): Promise<WaitingWord> {
  const event: WaitingWord = {
    _id: `${tenant}|waiting|${randomUUID()}`,
    kind: 'waiting',
    tenant,
    taskId,
    executionId: executionId ?? null,
    at: new Date(),
    ...word,
    generations: [],
  };
  await expectEarlyWords(store, tenant, taskId, session);
  await appendEvent(store, event, session);
  return event;
}

/**
 * Puts outcome events in the place of the words that wait for an execution, inside the transaction that records
 * it: each word is taken in exactly once, by the first execution that it fits.
 *
 * @returns the events, in the order they were said
 */
export async function takeEarlyWords(
  store: Store,
  interaction: Interaction,
  session: ClientSession,
): Promise<OutcomeEvent[]> {
  const { tenant, taskId, executionId } = interaction;
  const log = events(store);
  const found = await log
    .find({ tenant, taskId, kind: 'waiting', executionId: { $in: [null, executionId] } }, { session })
    .sort({ at: 1, _id: 1 })
    .toArray();
  if (found.length === 0) return [];
  const taken: OutcomeEvent[] = [];
  for (const { at, by, outcome, comment, foundAt, deliveryId } of found as WaitingWord[]) {
    const word = {
      by,
      outcome,
      ...(comment === undefined ? {} : { comment }),
      ...(foundAt === undefined ? {} : { foundAt }),
      ...(deliveryId === undefined ? {} : { deliveryId }),
    };
    taken.push(outcomeEvent(interaction, taken, word, interaction.generations, at));
  }
  // First, as those that come in their place have the same deliveries.
  await log.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, { session });
  await log.insertMany(taken, { session });
  return taken;
}

/** The words that wait for a task to be recorded, oldest first. */
export function findEarlyWords(store: Store, tenant: string, taskId: string): Promise<WaitingWord[]> {
  return store.run(async (options) => {
    const found = await events(store)
      .find({ tenant, taskId, kind: 'waiting' }, options)
      .sort({ at: 1, _id: 1 })
      .toArray();
    return found as WaitingWord[];
  });
}
