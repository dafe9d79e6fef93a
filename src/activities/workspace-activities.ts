/** Workspaces of agents that other workers run, as activities of Journeyman's own workers. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Workspaces } from '../agents/workspaces/workspaces.js';
import type { WorkspaceActivities } from '../shared/activities.js';
import { ErrorType, InvalidInputError } from '../shared/errors.js';
import { isUnavailable } from '../store/store.js';

const HEARTBEAT_MS = 5_000;
/** Tries to put a change in that fail for other reasons than a store that is away. */
const MAX_TRIES = 5;

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

    applyChange: ({ tenant, source, change }) =>
      beating(async (signal) => {
        try {
          return await workspaces.apply(tenant, source, change, signal);
        } catch (error) {
          if (signal.aborted || isUnavailable(error) || Context.current().info.attempt < MAX_TRIES)
            throw error;
          throw ApplicationFailure.nonRetryable(error instanceof Error ? error.message : String(error));
        }
      }),
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
