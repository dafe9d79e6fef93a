/** What the record of a task tells of it, in the terms of a running one. Pure. */
import type { Interaction } from './learning/interactions.js';
import type { Attempt, ExecutionRecord, TaskProgress, TaskResult } from './shared/task.js';
import type { AppliedChange, WorkspaceChange } from './shared/workspace.js';

/** The attempt whose work the result is; undefined when it is nobody's. */
export const winnerOf = ({
  attempts,
  winner,
}: Pick<ExecutionRecord, 'attempts' | 'winner'>): Attempt | undefined =>
  winner === undefined ? undefined : attempts[winner];

/** What the winner changed in its workspace, and whether that went into the source. */
export function changeOf(
  record: Pick<ExecutionRecord, 'attempts' | 'winner' | 'applied'>,
): (WorkspaceChange & Partial<AppliedChange>) | undefined {
  const change = winnerOf(record)?.change;
  return change === undefined ? undefined : { ...change, ...record.applied };
}

/** Its result. */
export function resultOf(interaction: Interaction): TaskResult {
  const { taskId, executionId, outcome, reason, choice, analysis, attempts, approvals } = interaction;
  const change = changeOf(interaction);
  return {
    taskId,
    executionId,
    success: outcome.success,
    source: outcome.source,
    output: attempts.findLast(({ decisive }) => decisive)?.report.output ?? null,
    ...(reason === undefined ? {} : { reason }),
    plan: choice?.plan.key ?? '',
    category: analysis?.category ?? 'unknown',
    cost: attempts.reduce((sum, { report }) => sum + (report.cost ?? 0), 0),
    duration: (interaction.endedAt - interaction.startedAt) / 1_000,
    lessons: interaction.learnings.filter(({ shown }) => shown).map(({ id }) => id),
    recording: 'recorded',
    ...(change === undefined ? {} : { change }),
    ...(approvals === undefined ? {} : { approvals }),
  };
}

/** Where it stands: at its end. */
export function progressOf(interaction: Interaction): TaskProgress {
  return {
    phase: 'done',
    category: interaction.analysis?.category ?? null,
    plan: interaction.choice?.plan.key ?? null,
    reason: interaction.choice?.reason ?? null,
    lessons: interaction.learnings.filter(({ shown }) => shown).map(({ id }) => ({ id, title: id })),
    agents: interaction.attempts.map(({ agentType, role, success, reason }) => ({
      agentType,
      role,
      state: success === false ? 'failed' : 'done',
      detail: reason ?? `success ${success ?? 'unknown'}`,
    })),
  };
}
