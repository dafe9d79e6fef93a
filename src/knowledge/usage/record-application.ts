/** Uses of items that are reported by hand rather than by a task's record. */
import type { ClientSession } from 'mongodb';
import { NotFoundError } from '../../shared/errors.js';
import { applyIncrements } from '../../store/counters.js';
import { appendEvent, events } from '../../store/event-log.js';
import { ensureLedger, enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { itemKey, knowledgeItems } from '../collections.js';
import { settleItems } from '../lifecycle/transitions.js';
import { onItem } from '../on-item.js';
import { refuseRetracted, reportedBy } from '../provenance/standing.js';
import { usageEventsOf } from './applications.js';
import { oneApplication, usageEvent } from './increments.js';
import { leaveToSettle } from './marked-tasks.js';

export interface Application {
  itemId: string;
  /** Null when it is not known how it went. */
  success: boolean | null;
  by: string;
  /** Unique for this application among the item's: the same again changes nothing. */
  key: string;
  /** Task that it was applied in: the application follows how that is known to have gone, now and later. */
  taskId?: string;
}

/**
 * Counts an application of an item's current version and moves the item to the state that follows. One that is tied
 * to a task is counted once a task, whoever marks it, and not beside a record of the task that names it too.
 *
 * @returns false when this application had been counted before
 * @throws NotFoundError when the tenant has no such item
 * @throws ConflictError when who reports it, or the task, is retracted
 */
export async function recordApplication(
  store: Store,
  tenant: string,
  application: Application,
): Promise<boolean> {
  await ensureLedger(store, tenant);
  return onItem(store, application.itemId, itemKey(tenant, application.itemId), (session) =>
    applyOnce(store, tenant, application, session),
  );
}

async function applyOnce(
  store: Store,
  tenant: string,
  { itemId, success, by, key, taskId }: Application,
  session: ClientSession,
): Promise<boolean> {
  const generations = await enterLedger(store, tenant, session);
  await refuseRetracted(store, tenant, reportedBy(by, taskId), { session });
  const item = await knowledgeItems(store).findOne({ _id: itemKey(tenant, itemId), tenant }, { session });
  if (item === null) throw new NotFoundError('knowledge item', itemId);
  const { version } = item;
  const detail = { itemId, version, success, ...(taskId === undefined ? {} : { taskId }) };
  const event = usageEvent(tenant, `${itemId}|${key}`, by, [], detail, generations);
  if ((await events(store).findOne({ _id: event._id }, { session, projection: { _id: 1 } })) !== null)
    return false;
  const counts = taskId === undefined || !(await isMarked(store, tenant, itemId, taskId, session));
  const increments = counts ? [oneApplication(itemId, version, success)] : [];
  await appendEvent(store, { ...event, increments }, session);
  if (taskId !== undefined) await leaveToSettle(store, tenant, taskId, session);
  await applyIncrements(store, tenant, generations, increments, session);
  const live = generations[0];
  // Also where nothing is counted: of two marks at once the second must see the first.
  if (live !== undefined) await settleItems(store, tenant, new Map([[itemId, event.at]]), live, session);
  return counts;
}

/** Whether somebody marked the item as applied in the task before. */
async function isMarked(
  store: Store,
  tenant: string,
  itemId: string,
  taskId: string,
  session: ClientSession,
): Promise<boolean> {
  const found = await usageEventsOf(store, tenant, [taskId], session);
  return found.some(({ detail }) => detail.itemId === itemId && detail.settles === undefined);
}
