/** Tasks in which somebody marked items as applied, until their records were looked at for it. */
import type { ClientSession } from 'mongodb';
import { ensureLedger, enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { settleItems } from '../lifecycle/transitions.js';
import { type FindReportedUse, settleApplications } from './applications.js';

interface MarkedTask {
  /** `<tenant>|<task id>` */
  _id: string;
  tenant: string;
  taskId: string;
  /** Marks since the task was looked at; written so that a mark and a look at once conflict. */
  marks: number;
}

const markedTasks = (store: Store) => store.collection<MarkedTask>('knowledgeMarked');
const DEADLINE_MS = 30_000;

/** Notes, inside the transaction of a mark, that the records of its task have to be looked at. */
export async function leaveToSettle(
  store: Store,
  tenant: string,
  taskId: string,
  session: ClientSession,
): Promise<void> {
  await markedTasks(store).updateOne(
    { _id: `${tenant}|${taskId}`, tenant },
    { $inc: { marks: 1 }, $setOnInsert: { taskId } },
    { upsert: true, session },
  );
}

/**
 * Brings the usage of items that were marked as applied to how their tasks went: for marks that came when the task
 * was recorded and taken in already. Those that come before are found when the record is taken in, so a task without
 * a record is looked at only once.
 *
 * @param limit tasks that one call looks at: one transaction
 * @returns tasks that were looked at: fewer than `limit` when none is left
 */
export async function settleMarkedTasks(
  store: Store,
  tenant: string,
  limit: number,
  findUse: FindReportedUse,
): Promise<number> {
  await ensureLedger(store, tenant);
  return store.transaction(async (session) => {
    const found = await markedTasks(store).find({ tenant }, { session }).limit(limit).toArray();
    if (found.length === 0) return 0;
    const [live = ''] = await enterLedger(store, tenant, session);
    await markedTasks(store).deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, tenant }, { session });
    const tasks = found.map(({ taskId }) => taskId);
    const changed = await settleApplications(store, tenant, tasks, findUse, session);
    await settleItems(store, tenant, changed, live, session);
    return found.length;
  }, DEADLINE_MS);
}
