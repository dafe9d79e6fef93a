/** The executions that a retraction looks at; recording brings them along. */
import type { ExecutionRecord, Outcome } from '../../shared/task.js';
import type { Store } from '../../store/store.js';

/** An execution and how it is known to have gone, later words included. */
export interface JudgedExecution {
  execution: ExecutionRecord;
  outcome: Outcome;
}

/** Tells of executions how they are known to have gone. */
export type JudgeExecutions = (
  store: Store,
  tenant: string,
  executions: readonly ExecutionRecord[],
) => Promise<JudgedExecution[]>;

/** Executions of a task, or those that an agent worked in. */
export type ExecutionsWanted = { taskId: string } | { agentType: string };

/**
 * Reads the executions of a tenant that were offered knowledge, in batches of some hundreds, oldest first.
 *
 * @param since epoch milliseconds of the end of the first
 */
export type ReadExecutions = (
  store: Store,
  tenant: string,
  wanted: ExecutionsWanted,
  since: number,
) => AsyncIterable<JudgedExecution[]>;
