/**
 * Two things that the SDK knows and does not publish. Read from its own object in the sandbox; where that has
 * changed, the answer is what holds for most workers. Workflow code only.
 */
import { ContinueAsNew, isCancellation, patched, TemporalFailure, workflowInfo } from '@temporalio/workflow';

interface Activator {
  registeredActivityNames?: ReadonlySet<string>;
  isConfiguredFailureException?(error: unknown): boolean;
}

const activator = (): Activator =>
  (globalThis as { __TEMPORAL_ACTIVATOR__?: Activator }).__TEMPORAL_ACTIVATOR__ ?? {};

/**
 * Whether the worker lacks an activity, so that calling it locally would throw. The SDK itself looks only
 * while the workflow is not replayed, and such a call leaves nothing in the history: the replay would wait for
 * an activity that never ran. So a "yes" is written into the history, by a marker of its own.
 *
 * @param id of this very question in the workflow
 */
export function isLacking(activity: string, id: string): boolean {
  const marker = `journeyman: no ${activity} (${id})`;
  if (workflowInfo().unsafe.isReplaying) return patched(marker);
  const names = activator().registeredActivityNames;
  return names !== undefined && !names.has(activity) && !names.has('default') && patched(marker);
}

/**
 * Whether an error, thrown out of a workflow, ends it as failed or cancelled. Any other fails the task at hand
 * only, which is tried again until the code is mended: nothing has come out yet.
 */
export function endsWorkflow(error: unknown): boolean {
  if (error instanceof ContinueAsNew) return false;
  if (error instanceof TemporalFailure || isCancellation(error)) return true;
  return activator().isConfiguredFailureException?.(error) === true;
}
