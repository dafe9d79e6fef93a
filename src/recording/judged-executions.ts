/** Executions with how they are known to have gone, for who reckons what knowledge owes them. */
import type { Filter } from 'mongodb';
import type { JudgeExecutions, ReadExecutions } from '../knowledge/provenance/executions.js';
import { type Interaction, interactions } from '../learning/interactions.js';
import type { OutcomeEvent } from '../store/event-log.js';
import { effectiveOutcome, findOutcomes } from './outcomes.js';

const BATCH = 200;

/** Tells of executions how they are known to have gone: by the most trusted word so far. */
export const judgeExecutions: JudgeExecutions = async (store, tenant, executions) => {
  const ids = executions.map(({ executionId }) => executionId);
  const later = new Map<string, OutcomeEvent[]>();
  for (const event of await findOutcomes(store, tenant, ids))
    later.set(event.executionId, [...(later.get(event.executionId) ?? []), event]);
  return executions.map((execution) => ({
    execution,
    outcome: effectiveOutcome(execution, later.get(execution.executionId) ?? []),
  }));
};

/** Reads executions of a task or an agent that were offered knowledge or applied any, oldest first. */
export const readExecutions: ReadExecutions = async function* (store, tenant, wanted, since) {
  const filter: Filter<Interaction> = {
    ...{ tenant, parts: 'learning', endedAt: { $gte: since } },
    ...('taskId' in wanted ? { taskId: wanted.taskId } : { 'attempts.agentType': wanted.agentType }),
    $or: [{ 'knowledge.0': { $exists: true } }, { 'attempts.report.applied.0': { $exists: true } }],
  };
  // Reports may be large, and nothing else of them is asked for.
  const fields = {
    ...{ executionId: 1, tenant: 1, taskId: 1, endedAt: 1, outcome: 1, learnings: 1, knowledge: 1 },
    ...{
      'attempts.agentType': 1,
      'attempts.decisive': 1,
      'attempts.started': 1,
      'attempts.report.applied': 1,
    },
  };
  let batch: Interaction[] = [];
  for await (const found of interactions(store).find(filter, { projection: fields }).sort({ endedAt: 1 })) {
    batch.push(found);
    if (batch.length < BATCH) continue;
    yield await judgeExecutions(store, tenant, batch);
    batch = [];
  }
  if (batch.length > 0) yield await judgeExecutions(store, tenant, batch);
};
