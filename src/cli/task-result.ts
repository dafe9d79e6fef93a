/** How a task ended, in lines or as JSON. */
import pc from 'picocolors';
import { recorderWorkflowId } from '../shared/ids.js';
import type { TaskResult } from '../shared/task.js';
import type { TaskFailedError, TaskHandle } from '../task-handle.js';
import { approvalText, changeLines } from './change-text.js';
import { clip, cost, outcomeText, plain, seconds } from './format.js';
import { printJson, printLine } from './print.js';
import { type LocatedContext, namespaceOf, workflowPage } from './servers.js';
import { wrap } from './wrap.js';

const INDENT = 10;
const OUTPUT_CHARS = 600;

/** A task that has ended: with a result, or without one because it was cancelled, terminated or invalid. */
export type FinishedTask = { result: TaskResult } | { error: TaskFailedError };

/**
 * Prints the end of a task. `temporary` servers are gone afterwards, and the link with them; `storeAway` is why a
 * record is deferred.
 */
export function printFinishedTask(
  finished: FinishedTask,
  { config, uiUrl, json }: LocatedContext,
  { handle, temporary, storeAway }: { handle: TaskHandle; temporary: boolean; storeAway: boolean },
): void {
  const { taskId, workflowId } = handle;
  const page = workflowPage(uiUrl, namespaceOf(config), workflowId);
  if (json) {
    if ('result' in finished) printJson({ ...finished.result, workflowId, uiUrl: page });
    else {
      const { type, message } = finished.error;
      printJson({ taskId, workflowId, success: null, error: { type, message }, uiUrl: page });
    }
    return;
  }
  const { columns } = process.stdout;
  const width = columns === undefined ? undefined : columns - INDENT;
  const line = (name: string, text: string): void =>
    wrap(text, width).forEach((part, at) =>
      printLine(`${at === 0 ? pc.bold(name.padEnd(INDENT)) : ' '.repeat(INDENT)}${part}`),
    );
  line('Task', taskId);
  if ('result' in finished) describeResult(finished.result, storeAway, line);
  else line('Result', `${pc.red(finished.error.type)}: ${plain(finished.error.message)}`);
  line('Why', `journeyman show ${taskId}`);
  if (page !== null) line('Temporal', temporary ? `${page} ${pc.dim('(while "journeyman up" runs)')}` : page);
}

function describeResult(
  result: TaskResult,
  storeAway: boolean,
  line: (name: string, text: string) => void,
): void {
  const { reason, output, recording, change, approvals = [] } = result;
  const because = reason === undefined ? '' : `: ${plain(reason)}`;
  line('Result', `${outcomeText(result)}${because}`);
  if (change !== undefined) changeLines(change).forEach((text, at) => line(at === 0 ? 'Change' : '', text));
  for (const approval of approvals) line('Approval', approvalText(approval));
  line('Plan', `${result.plan} for ${result.category}`);
  line('Took', `${seconds(result.duration)}, ${cost(result.cost)}, lessons given: ${result.lessons.length}`);
  if (recording === 'deferred')
    line(
      'Record',
      pc.yellow(
        storeAway
          ? 'MongoDB is away: it follows when it is back'
          : `was not taken at once: the workflow ${recorderWorkflowId(result.executionId)} brings it`,
      ),
    );
  if (recording === 'off') line('Record', 'none: learning is off');
  const said = output === null ? '' : outputText(output);
  if (said !== '') line('Output', said);
}

/** An agent's output, shortened. */
export function outputText(output: unknown): string {
  return clip(plain(typeof output === 'string' ? output.trim() : JSON.stringify(output)), OUTPUT_CHARS);
}
