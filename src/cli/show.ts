/** `journeyman show`: one task, what was chosen for it, why, and how it went. */
import { Command } from 'commander';
import pc from 'picocolors';
import { findTaskInteractions } from '../learning/interactions.js';
import { findEarlyWords } from '../recording/early-words.js';
import { wordsOn } from '../recording/words.js';
import type { WaitingWord } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import { taskHandle } from '../task-handle.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { describeExecution, field, wordsTable } from './describe-execution.js';
import { plain } from './format.js';
import { offeredTitles } from './offered-titles.js';
import { printJson, printLine } from './print.js';
import { withOutcomes } from './recorded-tasks.js';
import { type LocatedContext, namespaceOf, openTemporal, withStore, workflowPage } from './servers.js';
import { progressLines } from './task-progress.js';

export function showCommand(): Command {
  return addCommonOptions(new Command('show'))
    .summary('show one task: what was chosen, why, and how it went')
    .description(
      'Shows every execution of a task: the plan and why it was chosen, the plans it was chosen from, the ' +
        'lessons and knowledge shown and withheld, the agents, the result and all that was said of it; the ' +
        'word that counts has a *.',
    )
    .argument('<task>', "the task's id")
    .addHelpText(
      'after',
      `
Examples:
  journeyman show build-2026-01-31
  journeyman show build-2026-01-31 --json`,
    )
    .action(async (taskId: string, _options: object, command: Command) => {
      await withStore(await commandContext(command), async (store, context) => {
        const executions = await findTaskInteractions(store, context.tenant, taskId);
        if (executions.length === 0) return showUnrecorded(taskId, store, context);
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
        const [latest] = executions;
        printLine(`${pc.bold(plain(taskId))} ${pc.dim(`tenant ${tenant}`)}`);
        printLine(plain(latest?.description ?? ''));
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
  const client = await openTemporal(config);
  try {
    const handle = taskHandle(client, store, tenant, taskId);
    const progress = await handle.progress();
    const page = workflowPage(uiUrl, namespaceOf(config), handle.workflowId);
    const waiting = wordsThatWait(await findEarlyWords(store, tenant, taskId));
    if (json) return printJson({ taskId, tenant, executions: [], progress, words: waiting, uiUrl: page });
    const { news } = progressLines(progress, 0);
    printLine(
      `${pc.bold(plain(taskId))} ${pc.dim(`tenant ${tenant}`)} is not recorded yet: ${progress.phase}`,
    );
    for (const line of news) printLine(line);
    if (waiting.length > 0) for (const line of field('Said', wordsTable(waiting))) printLine(line);
    if (page !== null) printLine(page);
  } finally {
    await client.connection.close();
  }
}
