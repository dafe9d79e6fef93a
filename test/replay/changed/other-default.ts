/** ExecuteTaskWorkflow that takes silence for a no: the same commands, and another end. */
import type { TaskInput, TaskResult } from '../../../src/shared/task.js';
import { ExecuteTaskWorkflow as unchanged } from '../../../src/workflows/execute-task.js';

export async function ExecuteTaskWorkflow(input: TaskInput): Promise<TaskResult> {
  const { approval } = input;
  return unchanged(
    approval === undefined ? input : { ...input, approval: { ...approval, onDeadline: 'reject' } },
  );
}
