/** The sample platform's workflow. */
import { proxyActivities } from '@temporalio/workflow';
import type * as activities from './activities.js';
import type { Published, Release } from './release.js';

const { writeNotes, runChecks, publish } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '2 seconds',
  retry: { initialInterval: '100 milliseconds' },
});

/** Writes notes, runs the checks and publishes. */
export async function publishRelease({ name, suite }: Release): Promise<Published> {
  const hints = '';
  const notes = await writeNotes({ name, hints });
  const passed = await runChecks({ suite });
  await publish({ name });
  return { name, notes, passed };
}
