/** AnnounceKnowledgeWorkflow: takes a CRITICAL item to the tenant's running tasks. */
import { proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { AnnounceActivities } from '../shared/activities.js';
import { type Announced, type AnnounceInput, LISTED_WITHIN_MS } from '../shared/announcement.js';

const { announceKnowledge } = proxyActivities<AnnounceActivities>({
  // News that could not be brought within an hour is none.
  scheduleToCloseTimeout: '1 hour',
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { maximumInterval: '30 seconds' },
});

/** Visibility lags behind: tasks that had just started are looked for again after so long each. */
const AGAIN_AFTER = ['5 seconds', '25 seconds'] as const;

/**
 * Signals an item to every task that was running when it started. Before each pass the item is read again: what
 * was archived, retracted or lowered in the meantime is not sent any more, and the result says so.
 */
export async function AnnounceKnowledgeWorkflow(input: AnnounceInput): Promise<Announced> {
  const startedBefore = workflowInfo().startTime.getTime();
  const first = await announceKnowledge({ ...input, startedBefore });
  const told = new Set(first.recent);
  const { recent: _, ...all } = { ...first, passes: 1 };
  for (const wait of AGAIN_AFTER) {
    if (all.over !== null) break;
    await sleep(wait);
    const startedFrom = startedBefore - LISTED_WITHIN_MS;
    const pass = await announceKnowledge({ ...input, startedBefore, startedFrom, told: [...told] });
    for (const id of pass.recent) told.add(id);
    all.passes += 1;
    all.over = pass.over;
    for (const count of ['signalled', 'ended', 'refused'] as const) all[count] += pass[count];
  }
  return all;
}
