/** Workspaces of agents that other workers run, as activities of Journeyman's own workers. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Workspaces } from '../agents/workspaces/workspaces.js';
import type { WorkspaceActivities } from '../shared/activities.js';
import { ErrorType, InvalidInputError } from '../shared/errors.js';

const HEARTBEAT_MS = 5_000;

/**
 * Makes the activities. They have to run on the machine of the agents, or on one that shares its disk.
 */
export function workspaceActivities(workspaces: Workspaces): WorkspaceActivities {
  return {
    openWorkspace: (request) =>
      beating(async (signal) => {
        // Its agent lives elsewhere, so the folder must outlive this worker.
        const { folder, notes } = await workspaces.open({ ...request, detached: true }, signal);
        return { folder, notes };
      }),

    closeWorkspace: ({ tenant, key, success }) =>
      beating(() => workspaces.closeByKey({ tenant, key, success })),

    applyChange: ({ tenant, source, change }) => beating(() => workspaces.apply(tenant, source, change)),
  };
}

/** Copies may be long. Input that no retry mends becomes a failure that is not retried. */
async function beating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const heart = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await work(context.cancellationSignal);
  } catch (error) {
    if (error instanceof InvalidInputError)
      throw ApplicationFailure.nonRetryable(error.message, ErrorType.invalidInput);
    throw error;
  } finally {
    clearInterval(heart);
  }
}
