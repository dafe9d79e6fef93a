/** ExecuteTaskWorkflow with a timer before everything: a change that running tasks would not survive. */
import { sleep } from '@temporalio/workflow';
import type { TaskInput, TaskResult } from '../../../src/shared/task.js';
import { ExecuteTaskWorkflow as unchanged } from '../../../src/workflows/execute-task.js';

export async function ExecuteTaskWorkflow(input: TaskInput): Promise<TaskResult> {
  await sleep(1);
  return unchanged(input);
}
