/** What executions say of the knowledge that their agents applied, for those who count it. */
import type { FindReportedUse } from '../knowledge/usage/applications.js';
import { type Interaction, interactions } from '../learning/interactions.js';
import { startedAttempts } from '../shared/attempt.js';
import { events, type OutcomeEvent } from '../store/event-log.js';
import { effectiveOutcome } from './outcomes.js';

/** Reads what all recorded executions of some tasks say, each with its outcome as it is known now. */
export const findReportedUse: FindReportedUse = async (store, tenant, taskIds, session) => {
  // Direct calls that move other components only say nothing of knowledge.
  const found = await interactions(store)
    .find(
      { tenant, taskId: { $in: [...taskIds] }, parts: 'learning' },
      {
        session,
        projection: {
          ...{ executionId: 1, taskId: 1, endedAt: 1, outcome: 1, 'knowledge.id': 1 },
          ...{ 'attempts.started': 1, 'attempts.report.applied': 1 },
        },
      },
    )
    .toArray();
  const later = (await events(store)
    .find({ tenant, kind: 'outcome', executionId: { $in: found.map(({ _id }) => _id) } }, { session })
    .sort({ _id: 1 })
    .toArray()) as OutcomeEvent[];
  const ofExecution = new Map<string, OutcomeEvent[]>();
  for (const event of later)
    ofExecution.set(event.executionId, [...(ofExecution.get(event.executionId) ?? []), event]);
  return found.map((interaction) => ({
    ...{ executionId: interaction._id, taskId: interaction.taskId, endedAt: interaction.endedAt },
    success: effectiveOutcome(interaction, ofExecution.get(interaction._id) ?? []).success,
    offered: interaction.knowledge.map(({ id }) => id),
    applied: appliedIn(interaction),
  }));
};

const appliedIn = (interaction: Interaction): string[] =>
  startedAttempts(interaction).flatMap(({ report }) => report.applied);
