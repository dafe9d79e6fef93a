/** Workflows of a platform that learns from its own steps; their histories are kept. */
import { proxyActivities } from '@temporalio/workflow';
import { withLearning } from '../../src/workflow.js';

export interface PlatformActivities {
  draft(release: { name: string }): Promise<string>;
  check(release: { suite: string }): Promise<number>;
}

const { draft, check } = proxyActivities<PlatformActivities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 1 },
});

const about = { tenant: 'acme', description: 'Document the release' };

export const ReleaseWorkflow = (name: string): Promise<string> =>
  withLearning({ ...about, agents: ['good', 'other'] }, async (learning) => {
    learning.attempt('good', { success: true, cost: 0.5 });
    return draft({ name });
  });

/** Its second step fails. */
export const FailingReleaseWorkflow = (name: string): Promise<number> =>
  withLearning(about, async () => {
    await draft({ name });
    return check({ suite: 'broken' });
  });

export async function TwoReleasesWorkflow(first: string, second: string): Promise<string[]> {
  const one = await withLearning(about, () => draft({ name: first }));
  const two = await withLearning({ ...about, taskId: 'second' }, () => draft({ name: second }));
  return [one, two];
}
