/** What was tried after an error, and whether it worked. Pure. */
import { errorSignature } from '../shared/error-signature.js';
import type { Attempt } from '../shared/task.js';
import { actionKey } from './action-key.js';

/** An action tried after a kind of error, once an attempt however often it was tried. */
export interface Recovery {
  signature: string;
  action: string;
  worked: boolean;
}

/** Kinds of errors and tries that are counted of one attempt; more is no longer a search but noise. */
const MAX_RECOVERIES = 200;

/**
 * The recoveries of one attempt. An error holds from the first failure that reports one until an action
 * succeeds; whatever is done meanwhile is a try to recover from it, other than repeating the type of action
 * that raised it (running the tests again tells that they fail, and repairs nothing).
 */
export function recoveriesOf(attempt: Attempt): { errors: string[]; recoveries: Recovery[] } {
  const { actions, results } = attempt.report;
  const tries = new Map<string, Recovery>();
  const errors = new Set<string>();
  let open: { signature: string; raisedBy: string } | null = null;
  for (const [index, action] of actions.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    if (open !== null && action.type !== open.raisedBy) {
      const { signature } = open;
      const key = actionKey(action);
      const id = `${signature}\u0000${key}`;
      const tried = tries.get(id);
      if (tried !== undefined) tried.worked ||= result.success;
      else if (tries.size < MAX_RECOVERIES) tries.set(id, { signature, action: key, worked: result.success });
    }
    if (result.success) open = null;
    else if (open === null) {
      const signature = errorSignature(result.error ?? '');
      if (signature === '') continue;
      open = { signature, raisedBy: action.type };
      if (errors.size < MAX_RECOVERIES) errors.add(signature);
    }
  }
  return { errors: [...errors], recoveries: [...tries.values()] };
}
