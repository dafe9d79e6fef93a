/** Starting announcements: a CRITICAL item is taken to the tenant's running tasks by a workflow of its own. */
import type { Client } from '@temporalio/client';
import { ANNOUNCE_WORKFLOW, type AnnounceInput } from '../../shared/announcement.js';
import { announceWorkflowId } from '../../shared/ids.js';
import type { Store } from '../../store/store.js';
import { announcements, itemKey, knowledgeItems } from '../collections.js';
import { activeStates } from '../search.js';
import { noteWanted } from './announcements.js';

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
 * What a KnowledgeContext takes as its `announce`. Never throws: where Temporal is away, the wish is noted in the
 * store, and the evolve run sees to it.
 *
 * @param taskQueue of Journeyman's own worker
 */
export function announcer(
  store: Store,
  client: Client,
  tenant: string,
  taskQueue: string,
): (itemId: string) => Promise<void> {
  return async (itemId) => {
    try {
      await startAnnouncement(client, taskQueue, { tenant, itemId });
    } catch {
      // Should the store be away as well: items that were just shared are found by what they are.
      await noteWanted(store, tenant, itemId).catch(() => {});
    }
  };
}

/**
 * Starts the announcements that nobody came to start: of CRITICAL items that were shared within the last hour, or
 * were to be announced then. What is older is no news.
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
  const missed = await store.run(async (options) => {
    const wanted = await announcements(store)
      .find({ tenant, announcedAt: null, at: { $gte: since } }, options)
      .sort({ at: -1 })
      .limit(MAX_MISSED)
      .toArray();
    const shared = await knowledgeItems(store)
      .find(
        {
          tenant,
          state: { $in: [...activeStates] },
          createdAt: { $gte: since },
          priority: 'CRITICAL',
          // What was added to the base, or imported, was told to nobody.
          channel: { $ne: null },
        },
        { projection: { id: 1 }, ...options },
      )
      .sort({ createdAt: -1 })
      .limit(MAX_MISSED)
      .toArray();
    const known = await announcements(store)
      .find(
        { _id: { $in: shared.map(({ id }) => itemKey(tenant, id)) }, tenant },
        { projection: { id: 1 }, ...options },
      )
      .toArray();
    const announced = new Set(known.map(({ id }) => id));
    return [
      ...wanted.map(({ id }) => id),
      ...shared.map(({ id }) => id).filter((id) => !announced.has(id)),
    ].slice(0, MAX_MISSED);
  });
  for (const itemId of missed) await startAnnouncement(client, taskQueue, { tenant, itemId });
  return missed.length;
}
