/** Audits a tenant's learnings as they are stored. */
import { z } from 'zod';
import { LEARNING_USAGE } from '../evidence/usage.js';
import { checkInput } from '../shared/check-input.js';
import { readLiveCounters } from '../store/counters.js';
import type { Store } from '../store/store.js';
import { AUDIT_SETTINGS, type AuditReport, audit } from './audit.js';
import { interactions } from './interactions.js';
import { learnings } from './learning.js';
import { LEARNING_DEADLINE_MS } from './refresh.js';

const settingsSchema = z.strictObject({
  staleDays: z.number().int().min(1).default(AUDIT_SETTINGS.staleDays),
  unusedAfter: z.number().int().min(1).default(AUDIT_SETTINGS.unusedAfter),
});
export type AuditOptions = z.input<typeof settingsSchema>;

/**
 * Looks for learnings that are not worth keeping as they are. Writes nothing.
 *
 * @throws InvalidInputError naming the setting, the value and what is allowed
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function auditTenant(
  store: Store,
  tenant: string,
  options: AuditOptions = {},
): Promise<AuditReport> {
  const settings = checkInput(settingsSchema, options, 'audit');
  const [all, usage, newest, longAgo] = await store.run(
    (deadline) =>
      Promise.all([
        learnings(store)
          .find({ tenant, state: { $ne: 'retired' } }, deadline)
          .sort({ _id: 1 })
          .toArray(),
        readLiveCounters(store, LEARNING_USAGE, tenant, ['id'], {}, deadline),
        endOfNewest(store, tenant, 0, deadline),
        endOfNewest(store, tenant, settings.unusedAfter, deadline),
      ]),
    LEARNING_DEADLINE_MS,
  );
  const byId = new Map(usage.map(({ dimensions, sums }) => [dimensions['id'] ?? '', sums]));
  return audit(all, { usage: byId, newest, longAgo }, settings);
}

/** When the execution ended that so many others followed; null when there were fewer. */
async function endOfNewest(
  store: Store,
  tenant: string,
  others: number,
  deadline: { timeoutMS: number },
): Promise<Date | null> {
  const [found] = await interactions(store)
    .find({ tenant }, deadline)
    .sort({ endedAt: -1 })
    .skip(others)
    .limit(1)
    .project<{ endedAt: number }>({ endedAt: 1 })
    .toArray();
  return found === undefined ? null : new Date(found.endedAt);
}
