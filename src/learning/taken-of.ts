/** What executions say as they are known now, with all later words on them. */
import type { ClientSession } from 'mongodb';
import { groupBy } from '../shared/group-by.js';
import type { Outcome } from '../shared/task.js';
import { events, type OutcomeEvent } from '../store/event-log.js';
import type { PendingEntry } from '../store/pending.js';
import type { Store } from '../store/store.js';
import type { Interaction } from './interactions.js';
import { observationsOf } from './observations-of.js';
import type { TakenObservation } from './take-observations.js';

/** What was said of executions later, in order. */
export async function wordsOn(
  store: Store,
  tenant: string,
  executionIds: readonly string[],
  session?: ClientSession,
): Promise<Map<string, OutcomeEvent[]>> {
  const filter = { tenant, kind: 'outcome' as const, executionId: { $in: [...executionIds] } };
  const read = (options: object) => events(store).find(filter, options).sort({ _id: 1 }).toArray();
  const found = await (session === undefined ? store.run(read) : read({ session }));
  return groupBy(found as OutcomeEvent[], ({ executionId }) => executionId);
}

/** What an execution says now. Its rows count as seen once: with the entry that first tells how it went. */
export function takenOf(
  interaction: Interaction,
  words: readonly OutcomeEvent[],
  entries: readonly Pick<PendingEntry, 'eventId'>[],
): TakenObservation[] {
  const outcome: Outcome = words.at(-1)?.after ?? interaction.outcome;
  const eventIds = new Set(entries.map(({ eventId }) => eventId));
  const isOwn = eventIds.has(undefined);
  const isToldNow = (known: boolean): boolean =>
    (isOwn && known) || words.some(({ _id, before }) => eventIds.has(_id) && before.success === null);
  const isFirst = isToldNow(interaction.outcome.success !== null);
  return observationsOf(interaction, outcome).map((one) => ({
    ...one,
    executionId: interaction._id,
    category: interaction.analysis?.category ?? 'unknown',
    isFirst: one.kind === 'recovery' ? isOwn : isFirst,
  }));
}
