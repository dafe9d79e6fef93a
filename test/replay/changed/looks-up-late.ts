/** The platform's workflow, were `withLearning` to be put around fewer of its steps. */
import { proxyActivities } from '@temporalio/workflow';
import { withLearning } from '../../../src/workflow.js';
import type { PlatformActivities } from '../platform-workflows.js';

const { draft } = proxyActivities<PlatformActivities>({ startToCloseTimeout: '1 minute' });

export async function ReleaseWorkflow(name: string): Promise<string> {
  const drafted = await draft({ name });
  return withLearning({ tenant: 'acme', description: 'Document the release' }, async () => drafted);
}
