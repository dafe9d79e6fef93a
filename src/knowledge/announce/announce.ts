/** Starting announcements: a CRITICAL item is taken to the tenant's running tasks by a workflow of its own. */
import type { Client } from '@temporalio/client';
import { ANNOUNCE_WORKFLOW, type AnnounceInput } from '../../shared/announcement.js';
import { announceWorkflowId } from '../../shared/ids.js';
import type { Store } from '../../store/store.js';
import { announcements } from '../collections.js';

/** Milliseconds that a share may be held up by its announcement. */
const START_DEADLINE_MS = 2_000;
const HOUR_MS = 3_600_000;
/** Announcements that one look for missed ones starts at most, the newest items first. */
const MAX_MISSED = 100;

/**
 * Starts an item's announcement, unless it is running already.
 *
 * @param taskQueue of Journeyman's own worker
 * @throws Error when Temporal cannot be reached in time
 */
export async function startAnnouncement(
  client: Client,
  taskQueue: string,
  input: AnnounceInput,
): Promise<void> {
  await client.withDeadline(Date.now() + START_DEADLINE_MS, () =>
    client.workflow.start(ANNOUNCE_WORKFLOW, {
      workflowId: announceWorkflowId(input.tenant, input.itemId),
      taskQueue,
      // Raised again after it was lowered, an item is announced again; tasks take each item once.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}

/**
 * What a KnowledgeContext takes as its `announce`. Never throws: the wish was noted with the item, and where Temporal
 * is away the evolve run sees to it.
 *
 * @param taskQueue of Journeyman's own worker
 */
export function announcer(
  client: Client,
  tenant: string,
  taskQueue: string,
): (itemId: string) => Promise<void> {
  return (itemId) => startAnnouncement(client, taskQueue, { tenant, itemId }).catch(() => {});
}

/**
 * Starts the announcements that nobody came to start, of items that became CRITICAL within the last hour. What is
 * older is no news.
 *
 * @returns how many were started
 * @throws StoreUnavailableError when MongoDB is away
 * @throws Error when Temporal cannot be reached
 */
export async function announceMissed(
  store: Store,
  client: Client,
  tenant: string,
  taskQueue: string,
): Promise<number> {
  const since = new Date(Date.now() - HOUR_MS);
  const wanted = await store.run((options) =>
    announcements(store)
      .find({ tenant, announcedAt: null, at: { $gte: since } }, { projection: { id: 1 }, ...options })
      .sort({ at: -1 })
      .limit(MAX_MISSED)
      .toArray(),
  );
  for (const { id: itemId } of wanted) await startAnnouncement(client, taskQueue, { tenant, itemId });
  return wanted.length;
}
