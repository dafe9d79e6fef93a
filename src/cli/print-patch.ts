/** `journeyman show --diff`: the change that a task's result stands for. */
import { isUtf8 } from 'node:buffer';
import type { Interaction } from '../learning/interactions.js';
import { storeArtifacts } from '../store/artifacts.js';
import type { Store } from '../store/store.js';
import { changeOf, winnerOf } from '../task-record.js';
import { plain } from './format.js';
import { printJson } from './print.js';

/**
 * The patch of a recorded execution.
 *
 * @throws Error saying why there is none
 */
export async function patchOf(store: Store, execution: Interaction): Promise<Buffer> {
  const diff = changeOf(execution)?.diff;
  if (diff == null) throw noPatch(execution.taskId, reasonOf(execution));
  return Buffer.from(await storeArtifacts(store).get(execution.tenant, diff));
}

/** That a task has no patch, and why. */
export const noPatch = (taskId: string, reason: string): Error =>
  new Error(`task ${JSON.stringify(taskId)} has no patch: ${reason}`);

function reasonOf(execution: Interaction): string {
  const change = changeOf(execution);
  if (change?.problem !== undefined) return plain(change.problem);
  if (change !== undefined) return 'nothing was changed';
  return winnerOf(execution) === undefined
    ? "its result is no agent's work"
    : 'its agent had no workspace of its own';
}

/** Prints the patch alone: its bytes, or in JSON as text or base64. */
export function printPatch(taskId: string, patch: Buffer, json: boolean): void {
  if (!json) return void process.stdout.write(patch);
  // Text of another encoding would be lost in JSON's.
  const encoding = isUtf8(patch) ? 'utf8' : 'base64';
  printJson({ taskId, diff: patch.toString(encoding), encoding });
}
