/** Which actions agents took, how long they took, and which of them had been taken before. */
import { createHash } from 'node:crypto';
import type { Action, ActionResult, Json } from '../../shared/agent-contract.js';
import { startedAttempts } from '../../shared/attempt.js';
import { canonicalJson } from '../../shared/canonical-json.js';
import { MAX_SECONDS } from '../../shared/figure-limits.js';
import { CUT } from '../../shared/sizes.js';
import type { Attempt, ExecutionRecord } from '../../shared/task.js';
import type { Increment } from '../../store/counters.js';
import { placeOf, timeSums, workedMs } from './executions.js';
import { ACTIONS } from './projections.js';

/** Types of action of one attempt that are counted by themselves, the most frequent ones. */
const MOST_TYPES = 12;

/** Stands for the types beyond those. */
export const OTHER_ACTIONS = '(others)';

/** Buckets that actions are spread over by their input and result: one far above the rest holds repeated ones. */
export const REPEAT_BUCKETS = 256;

/**
 * What an execution adds to the actions: one increment an attempt and type. An action is known to repeat an earlier
 * one of the attempt where both tell the same input and the same output, and succeeded. Pure.
 */
export function actionsOf(record: ExecutionRecord): Increment[] {
  const { category, day } = placeOf(record);
  return startedAttempts(record).flatMap((attempt) => {
    const sums = sumsByType(attempt);
    return [...sums].map(([action, of]) => ({
      projection: ACTIONS,
      dimensions: { agentType: attempt.agentType, category, action, day },
      sums: { executions: 1, ...of },
    }));
  });
}

function sumsByType(attempt: Attempt): Map<string, Record<string, number>> {
  const { actions, results } = attempt.report;
  const kept = keptTypes(actions);
  const each = actions.length === 0 ? 0 : Math.round(workedMs(attempt) / actions.length);
  const seen = new Set<string>();
  const byType = new Map<string, Record<string, number>>();
  for (const [index, action] of actions.entries()) {
    const result = results[index];
    const ms = measuredMs(result);
    const type = kept.has(action.type) ? action.type : OTHER_ACTIONS;
    const into = byType.get(type) ?? {};
    byType.set(type, into);
    add(into, { count: 1, ...(ms === null ? {} : { measured: 1, ms, ...timeSums(ms) }) });
    const digest = digestOf(action, result);
    if (digest === null) continue;
    if (seen.has(digest)) add(into, { repeats: 1, repeatMs: ms ?? each });
    seen.add(digest);
    const bucket = Number.parseInt(digest.slice(0, 2), 16) % REPEAT_BUCKETS;
    add(into, { [`r${bucket}`]: 1, ...(ms === null ? {} : { [`m${bucket}`]: ms }) });
  }
  return byType;
}

function keptTypes(actions: readonly Action[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { type } of actions) counts.set(type, (counts.get(type) ?? 0) + 1);
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Set(byCount.slice(0, MOST_TYPES).map(([type]) => type));
}

/** The time that an action is said to have taken. Workers of other people may say anything. */
function measuredMs(result: ActionResult | undefined): number | null {
  const seconds: unknown = result?.seconds;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= MAX_SECONDS)) return null;
  return Math.round(seconds * 1_000);
}

/** What makes two actions the same; null where it is not known, or the action failed. */
function digestOf({ type, input }: Action, result: ActionResult | undefined): string | null {
  if (result?.success !== true || !isKnown(input) || !isKnown(result.output)) return null;
  return createHash('sha256')
    .update(canonicalJson([type, input, result.output]))
    .digest('hex');
}

const isKnown = (value: Json | undefined): value is Json => value !== undefined && value !== CUT;

function add(into: Record<string, number>, sums: Record<string, number>): void {
  for (const [name, value] of Object.entries(sums)) into[name] = (into[name] ?? 0) + value;
}
