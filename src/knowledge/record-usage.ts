/** Uses of items that are reported by hand rather than by a task's record. */
import type { ClientSession } from 'mongodb';
import { KNOWLEDGE_USAGE } from '../evidence/usage.js';
import { NotFoundError } from '../shared/errors.js';
import { applyIncrements, type Increment } from '../store/counters.js';
import { appendEvent, type DirectEvent, events } from '../store/event-log.js';
import { ensureLedger, enterLedger } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import { itemKey, knowledgeItems } from './collections.js';
import { inTurn } from './in-turn.js';
import { settleItems } from './transitions.js';

export interface Application {
  itemId: string;
  /** Null when it is not known how it went. */
  success: boolean | null;
  by: string;
  /** Unique for this application among the item's: the same again changes nothing. */
  key: string;
  taskId?: string;
}

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

/**
 * Counts an application of an item's current version and moves the item to the state that follows.
 *
 * @returns false when this application had been counted before
 * @throws NotFoundError when the tenant has no such item
 */
export async function recordApplication(
  store: Store,
  tenant: string,
  application: Application,
): Promise<boolean> {
  await ensureLedger(store, tenant);
  return inTurn(store, itemKey(tenant, application.itemId), () =>
    store.transaction((session) => applyOnce(store, tenant, application, session)),
  );
}

async function applyOnce(
  store: Store,
  tenant: string,
  { itemId, success, by, key, taskId }: Application,
  session: ClientSession,
): Promise<boolean> {
  const generations = await enterLedger(store, tenant, session);
  const item = await knowledgeItems(store).findOne({ _id: itemKey(tenant, itemId), tenant }, { session });
  if (item === null) throw new NotFoundError('knowledge item', itemId);
  const increment = applicationIncrement(itemId, item.version, {
    successes: success === true ? 1 : 0,
    failures: success === false ? 1 : 0,
    unknown: success === null ? 1 : 0,
  });
  const detail = { itemId, version: item.version, success, ...(taskId === undefined ? {} : { taskId }) };
  const event = usageEvent(tenant, `${itemId}|${key}`, by, [increment], detail, generations);
  if ((await events(store).findOne({ _id: event._id }, { session, projection: { _id: 1 } })) !== null)
    return false;
  await appendEvent(store, event, session);
  await applyIncrements(store, tenant, generations, [increment], session);
  const live = generations[0];
  if (live !== undefined) await settleItems(store, tenant, new Map([[itemId, event.at]]), live, session);
  return true;
}
