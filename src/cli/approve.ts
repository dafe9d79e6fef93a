/** `journeyman approvals`, `approve` and `reject`: a person's part in running tasks. */
import { userInfo } from 'node:os';
import type { Client } from '@temporalio/client';
import { Command } from 'commander';
import { connectStore } from '../connections.js';
import { taskOfWorkflowId } from '../shared/ids.js';
import { searchAttributes } from '../shared/search-attributes.js';
import type { TaskProgress } from '../shared/task.js';
import { type TaskHandle, taskHandle } from '../task-handle.js';
import { addCommonOptions, type CommandContext, commandContext } from './common-options.js';
import { moment, plain } from './format.js';
import { printJson, printLine, printTable } from './print.js';
import { locateServers, openTemporal } from './servers.js';

export const approveCommand = (): Command => decisionCommand('approve', true);
export const rejectCommand = (): Command => decisionCommand('reject', false);

function decisionCommand(name: 'approve' | 'reject', approved: boolean): Command {
  return addCommonOptions(new Command(name))
    .summary(`${name} what a running task waits for`)
    .description(
      approved
        ? 'Approves what a running task asks: that its agents start, or that its result is accepted.'
        : 'Rejects what a running task asks. Its agents do not start, or its result counts as failed.',
    )
    .argument('<task>', "the task's id")
    .option('--by <name>', 'who decides', userInfo().username)
    .option('--comment <text>', 'why; it stands in the record')
    .addHelpText(
      'after',
      `
Examples:
  journeyman approvals
  journeyman ${name} release-7
  journeyman ${name} release-7 --by ana@example.org --comment "${approved ? 'looks right' : 'touches the billing tables'}"`,
    )
    .action(async (taskId: string, options: { by: string; comment?: string }, command: Command) => {
      const context = await commandContext(command);
      const { by, comment } = options;
      const outcome = await withTask(context, taskId, (task) =>
        task.decide({ approved, by, ...(comment !== undefined && { comment }) }),
      );
      if (context.json) return printJson({ taskId, tenant: context.tenant, ...outcome });
      const what = outcome.when === 'before' ? 'its agents may start' : 'its result is accepted';
      const not = outcome.when === 'before' ? 'its agents do not start' : 'its result counts as failed';
      printLine(`${plain(taskId)}: ${approved ? what : not}`);
    });
}

export function approvalsCommand(): Command {
  return addCommonOptions(new Command('approvals'))
    .summary('list the tasks that wait for a person')
    .description(
      'Lists running tasks that wait for approval, with the question and what counts after the deadline.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman approvals
  journeyman approvals --json`,
    )
    .action(async (_options: object, command: Command) => {
      const context = await commandContext(command);
      const located = await locateServers(context);
      const client = await openTemporal(located.config);
      try {
        const waiting = await waitingTasks(client, context.tenant);
        if (context.json) return printJson(waiting);
        printTable(
          [
            { title: 'task', flexible: true },
            { title: 'asks', flexible: true },
            { title: 'until' },
            { title: 'then' },
            { title: 'plan', flexible: true },
          ],
          waiting.map(({ taskId, plan, approval }) => [
            plain(taskId),
            plain(approval.question),
            moment(approval.deadline),
            approval.onDeadline,
            plain(plan ?? ''),
          ]),
          'No task waits for approval.',
        );
      } finally {
        await client.connection.close();
      }
    });
}

interface WaitingTask {
  taskId: string;
  plan: string | null;
  approval: NonNullable<TaskProgress['approval']>;
}

async function waitingTasks(client: Client, tenant: string): Promise<WaitingTask[]> {
  const waiting: WaitingTask[] = [];
  const found = client.workflow.list({
    query:
      `WorkflowType = 'ExecuteTaskWorkflow' AND ExecutionStatus = 'Running' ` +
      `AND ${searchAttributes.tenant.name} = '${tenant}' AND ${searchAttributes.awaitingApproval.name} = true`,
  });
  for await (const { workflowId } of found) {
    const progress = await client.workflow.getHandle(workflowId).query<TaskProgress>('progress');
    const task = taskOfWorkflowId(workflowId);
    // It may have been decided since it was listed.
    if (task === null || progress.approval === undefined) continue;
    waiting.push({ taskId: task.taskId, plan: progress.plan, approval: progress.approval });
  }
  return waiting;
}

async function withTask<T>(
  context: CommandContext,
  taskId: string,
  action: (task: TaskHandle) => Promise<T>,
): Promise<T> {
  const { config, tenant } = await locateServers(context);
  const client = await openTemporal(config);
  const store = connectStore(config);
  try {
    return await action(taskHandle(client, store, tenant, taskId));
  } finally {
    await Promise.all([client.connection.close(), store.close()]);
  }
}
