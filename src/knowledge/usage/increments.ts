/** Applications that no record counts by itself, as counters and the event log hold them. Pure. */
import { KNOWLEDGE_USAGE } from '../../evidence/usage.js';
import type { Increment } from '../../store/counters.js';
import type { DirectEvent } from '../../store/event-log.js';

/** Applications of one version of an item, by outcome, as counters hold them. */
export function applicationIncrement(
  id: string,
  version: number,
  { successes, failures, unknown }: { successes: number; failures: number; unknown: number },
): Increment {
  return {
    projection: KNOWLEDGE_USAGE,
    dimensions: { id, version: String(version) },
    sums: {
      applied: successes + failures + unknown,
      appliedSuccesses: successes,
      appliedFailures: failures,
      appliedUnknown: unknown,
    },
  };
}

/** One application of a version of an item. */
export const oneApplication = (id: string, version: number, success: boolean | null): Increment =>
  applicationIncrement(id, version, {
    successes: success === true ? 1 : 0,
    failures: success === false ? 1 : 0,
    unknown: success === null ? 1 : 0,
  });

/** The event of usage that no interaction stands for; a rebuild applies its increments again. */
export const usageEvent = (
  tenant: string,
  key: string,
  by: string,
  increments: Increment[],
  detail: Record<string, unknown>,
  generations: string[],
): DirectEvent => ({
  _id: `${tenant}|usage|${key}`,
  kind: 'usage',
  tenant,
  at: new Date(),
  by,
  increments,
  detail,
  generations,
});
