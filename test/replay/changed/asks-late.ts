/** ExecuteTaskWorkflow that asks for every approval on the result, where it used to be asked before the agents. */
import type { TaskInput, TaskResult } from '../../../src/shared/task.js';
import { ExecuteTaskWorkflow as unchanged } from '../../../src/workflows/execute-task.js';

export async function ExecuteTaskWorkflow(input: TaskInput): Promise<TaskResult> {
  const { approval } = input;
  return unchanged(approval === undefined ? input : { ...input, approval: { ...approval, when: 'after' } });
}
