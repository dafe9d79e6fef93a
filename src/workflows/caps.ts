/** What a task may spend, and how much of it is left. Workflow code only. */
import type { Caps } from '../shared/agent-contract.js';
import type { Attempt } from '../shared/task.js';

/** A cap is used up, so no further agent is called. */
export class CapReached extends Error {
  override readonly name = 'CapReached';
}

/**
 * What is left for the next calls.
 *
 * @param caps of the whole task
 * @param attempts calls that are over
 * @param elapsedMs since the agents began
 * @param share calls that start at once, and have to make do with it together
 * @returns the caps of each of them; undefined when the task has none
 * @throws CapReached when nothing is left
 */
export function capsLeft(
  caps: Caps | undefined,
  attempts: readonly Attempt[],
  elapsedMs: number,
  share: number,
): Caps | undefined {
  if (caps === undefined) return undefined;
  const { seconds, tokens, usd } = caps;
  const spent = attempts.reduce((sum, { report }) => sum + (report.cost ?? 0), 0);
  const used = attempts.reduce(
    (sum, { report }) => sum + (report.tokens === undefined ? 0 : report.tokens.input + report.tokens.output),
    0,
  );
  const left: Caps = {
    ...(seconds === undefined ? {} : { seconds: seconds - elapsedMs / 1_000 }),
    ...(tokens === undefined ? {} : { tokens: Math.floor((tokens - used) / share) }),
    ...(usd === undefined ? {} : { usd: (usd - spent) / share }),
  };
  if (left.seconds !== undefined && left.seconds <= 0)
    throw new CapReached(`timed out: the task's ${seconds} s are used up`);
  if (left.tokens !== undefined && left.tokens <= 0)
    throw new CapReached(`the task's ${tokens} tokens are used up`);
  if (left.usd !== undefined && left.usd <= 0) throw new CapReached(`the task's $${usd} are used up`);
  return left;
}
