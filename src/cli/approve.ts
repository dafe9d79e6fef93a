/** `journeyman approvals`, `approve` and `reject`: a person's part in running tasks. */
import {
  type Client,
  type Connection,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { Command } from 'commander';
import { connectStore } from '../connections.js';
import { findTaskInteractions } from '../learning/interactions.js';
import { type ApprovalDecision, type ApprovalOutcome, decisionSchema } from '../shared/approval.js';
import { checkInput } from '../shared/check-input.js';
import { InvalidInputError, NotFoundError } from '../shared/errors.js';
import { createRedactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import { type TaskHandle, taskHandle } from '../task-handle.js';
import { askProgress } from './ask-progress.js';
import { approvalText } from './change-text.js';
import { addCommonOptions, type CommandContext, commandContext } from './common-options.js';
import { moment, plain } from './format.js';
import { localUser } from './local-user.js';
import { printJson, printLine, printTable } from './print.js';
import { locateServers, openTemporal } from './servers.js';
import { waitingTasks } from './waiting-tasks.js';

/** Milliseconds in which a worker takes an answer in. */
const ANSWER_MS = 20_000;

type CliClient = Client & { connection: Connection };

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
    .option('--by <name>', 'who decides (default: user@host)')
    .option('--comment <text>', 'why; it stands in the record')
    .addHelpText(
      'after',
      `
Examples:
  journeyman approvals
  journeyman ${name} release-7
  journeyman ${name} release-7 --by ana@example.org --comment "${approved ? 'looks right' : 'touches the billing tables'}"`,
    )
    .action(async (taskId: string, options: { by?: string; comment?: string }, command: Command) => {
      const context = await commandContext(command);
      const { by, comment } = options;
      // Fails now, before a server is asked.
      const decision = checkInput(decisionSchema, {
        approved,
        by: by ?? localUser(),
        ...(comment !== undefined && { comment }),
      });
      const outcome = await decide(context, taskId, decision);
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
            approval == null ? 'no worker tells it' : plain(approval.question),
            approval == null ? '-' : moment(approval.deadline),
            approval == null ? '-' : approval.onDeadline,
            plain(plan ?? '-'),
          ]),
          'No task waits for approval.',
        );
      } finally {
        await client.connection.close();
      }
    });
}

/**
 * Answers for a person.
 *
 * @throws NotFoundError when there is no such task
 * @throws InvalidInputError when it waits for no approval
 * @throws Error when no worker takes the answer in
 */
async function decide(
  context: CommandContext,
  taskId: string,
  decision: ApprovalDecision,
): Promise<ApprovalOutcome> {
  const { config, tenant } = await locateServers(context);
  const temporal = await openTemporal(config);
  const store = connectStore(config);
  try {
    const task = taskHandle({ temporal, store, redactor: createRedactor(config.redact) }, tenant, taskId);
    return await temporal
      .withDeadline(Date.now() + ANSWER_MS, () => task.decide(decision))
      .catch(async (error: unknown) => {
        if (error instanceof NotFoundError) throw await notAsked(temporal, store, tenant, task);
        if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
          throw new Error(
            `no worker took the answer within ${ANSWER_MS / 1_000} s: is "journeyman worker" running? ` +
              '"journeyman approvals" shows whether the task still waits',
            { cause: error },
          );
        throw error;
      });
  } finally {
    await Promise.all([temporal.connection.close(), store.close()]);
  }
}

/** Why an answer was not taken: the task is not known, is over, or asks nothing just now. */
async function notAsked(temporal: CliClient, store: Store, tenant: string, task: TaskHandle): Promise<Error> {
  const { taskId } = task;
  const [record] = await findTaskInteractions(store, tenant, taskId);
  const given = record?.approvals?.map(approvalText).join('; ');
  const state =
    record !== undefined
      ? `is over${given === undefined ? '' : ` (${given})`}`
      : (await isRunning(temporal, task))
        ? `is ${(await askProgress(temporal, task))?.phase ?? 'not waiting'}`
        : 'is over';
  return new InvalidInputError('task', taskId, `a task that waits for approval; this one ${state}`);
}

/** @throws NotFoundError when Temporal does not know the task */
async function isRunning(temporal: CliClient, { taskId, workflowId }: TaskHandle): Promise<boolean> {
  try {
    return (await temporal.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new NotFoundError('task', taskId);
    throw error;
  }
}
