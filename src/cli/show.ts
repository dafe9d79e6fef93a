/** `journeyman show`: one task, what was chosen for it, why, and how it went. */
import type { Client, Connection } from '@temporalio/client';
import { Command } from 'commander';
import pc from 'picocolors';
import { findTaskInteractions } from '../learning/interactions.js';
import { findEarlyWords } from '../recording/early-words.js';
import { wordsOn } from '../recording/words.js';
import { NotFoundError } from '../shared/errors.js';
import { createRedactor } from '../shared/redact.js';
import type { TaskProgress } from '../shared/task.js';
import type { WaitingWord } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import { type TaskHandle, taskHandle } from '../task-handle.js';
import { askProgress } from './ask-progress.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { describeExecution, field, wordsTable } from './describe-execution.js';
import { plain } from './format.js';
import { offeredTitles } from './offered-titles.js';
import { printJson, printLine } from './print.js';
import { noPatch, patchOf, printPatch } from './print-patch.js';
import { withOutcomes } from './recorded-tasks.js';
import { type LocatedContext, namespaceOf, openTemporal, withStore, workflowPage } from './servers.js';
import { progressLines } from './task-progress.js';
import { wrap } from './wrap.js';

export function showCommand(): Command {
  return addCommonOptions(new Command('show'))
    .summary('show one task: what was chosen, why, and how it went')
    .description(
      'Shows every execution of a task: the plan and why it was chosen, the plans it was chosen from, the ' +
        'lessons and knowledge shown and withheld, the agents with what they used and changed, the result, and ' +
        'all that was said of it. A * marks the word that counts, and the agents whose result it is.',
    )
    .argument('<task>', "the task's id")
    .option('--diff', 'print only the change that the result stands for, as a git patch')
    .addHelpText(
      'after',
      `
Examples:
  journeyman show build-2026-01-31
  journeyman show build-2026-01-31 --json
  journeyman show build-2026-01-31 --diff | git apply`,
    )
    .action(async (taskId: string, { diff }: { diff?: true }, command: Command) => {
      await withStore(await commandContext(command), async (store, context) => {
        const executions = await findTaskInteractions(store, context.tenant, taskId);
        const [latest] = executions;
        if (diff === true)
          return latest === undefined
            ? printUnrecordedPatch(taskId, store, context)
            : printPatch(taskId, await patchOf(store, latest), context.json);
        if (latest === undefined) return showUnrecorded(taskId, store, context);
        const [recorded, titles] = await Promise.all([
          withOutcomes(store, context.tenant, executions),
          offeredTitles(store, context.tenant, executions),
        ]);
        const { json, tenant, uiUrl, config } = context;
        const pageOf = (workflowId: string | null, runId: string | null): string | null =>
          workflowId === null ? null : workflowPage(uiUrl, namespaceOf(config), workflowId, runId);
        if (json) {
          printJson({
            taskId,
            tenant,
            executions: recorded.map(({ interaction, later, outcome }) => {
              const { _id, generations: _, ...execution } = interaction;
              return {
                ...execution,
                learnings: titles.learnings(interaction.learnings),
                knowledge: titles.knowledge(interaction.knowledge),
                effectiveOutcome: outcome,
                words: wordsOn(interaction, later),
                uiUrl: pageOf(interaction.workflowId, interaction.runId),
              };
            }),
          });
          return;
        }
        printLine(`${pc.bold(plain(taskId))} ${pc.dim(`tenant ${tenant}`)}`);
        for (const line of wrap(plain(latest.description), process.stdout.columns)) printLine(line);
        recorded.forEach((task, at) => {
          printLine();
          if (recorded.length > 1)
            printLine(pc.bold(`Execution ${recorded.length - at} of ${recorded.length}`));
          const page = pageOf(task.interaction.workflowId, task.interaction.runId);
          for (const line of describeExecution(task, titles, page)) printLine(line);
        });
      });
    });
}

/** They count once the task is recorded. */
const wordsThatWait = (words: readonly WaitingWord[]) =>
  words.map(({ at, by, outcome, comment }) => ({
    ...outcome,
    by,
    ...(comment === undefined ? {} : { reason: comment }),
    at,
  }));

/** A task without a record is still running, or its record is on its way: Temporal knows. */
async function showUnrecorded(taskId: string, store: Store, context: LocatedContext): Promise<void> {
  const { config, tenant, uiUrl, json } = context;
  await withTask(taskId, store, context, async (handle, temporal) => {
    const progress = await askProgress(temporal, handle);
    const page = workflowPage(uiUrl, namespaceOf(config), handle.workflowId);
    const waiting = wordsThatWait(await findEarlyWords(store, tenant, taskId));
    if (json) return printJson({ taskId, tenant, executions: [], progress, words: waiting, uiUrl: page });
    printLine(`${pc.bold(plain(taskId))} ${pc.dim(`tenant ${tenant}`)} ${standing(progress)}`);
    const { news } = progress === null ? { news: [] } : progressLines(progress, 0, taskId);
    for (const line of news) printLine(line);
    if (waiting.length > 0) for (const line of field('Said', wordsTable(waiting))) printLine(line);
    if (page !== null) printLine(page);
  });
}

function standing(progress: TaskProgress | null): string {
  if (progress === null)
    return 'is not recorded, and no worker tells where it stands: is "journeyman worker" running?';
  return progress.phase === 'done'
    ? 'is over and not recorded: it ran with learning off, or its record follows'
    : `is not recorded yet: ${progress.phase}`;
}

/** Temporal has the result of what ran with learning off. */
async function printUnrecordedPatch(taskId: string, store: Store, context: LocatedContext): Promise<void> {
  await withTask(taskId, store, context, async (task, temporal) => {
    const patch = await task.patch().catch(async (error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
      // A task that is not known has no progress either, and says so.
      await askProgress(temporal, task);
      throw noPatch(taskId, 'it has no result yet');
    });
    if (patch === null) throw noPatch(taskId, 'nothing was changed in a workspace of its own');
    printPatch(taskId, patch, context.json);
  });
}

async function withTask(
  taskId: string,
  store: Store,
  { config, tenant }: LocatedContext,
  action: (task: TaskHandle, temporal: Client & { connection: Connection }) => Promise<void>,
): Promise<void> {
  const temporal = await openTemporal(config);
  try {
    const redactor = createRedactor(config.redact);
    await action(taskHandle({ temporal, store, redactor }, tenant, taskId), temporal);
  } finally {
    await temporal.connection.close();
  }
}
