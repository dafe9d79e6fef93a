/** Records workflows of a platform that uses `withLearning`, on a worker with the plugin and on one without. */
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { JourneymanPlugin } from '../../src/plugin.js';
import type { Harness } from '../workflow/harness.js';
import type { Keeper, NamedHistory } from './keep-history.js';
import type { PlatformActivities } from './platform-workflows.js';

const activities: PlatformActivities = {
  async draft({ name }) {
    return `Notes of ${name}`;
  },
  async check({ suite }) {
    throw ApplicationFailure.nonRetryable(`${suite}: 2 checks of 12 failed`, 'ChecksFailed');
  },
};

/** Workflow type and arguments, by the name of the file. */
const runs: Record<string, [type: string, ...args: string[]]> = {
  'platform-learns': ['ReleaseWorkflow', 'one'],
  'platform-step-fails': ['FailingReleaseWorkflow', 'one'],
  'platform-learns-twice': ['TwoReleasesWorkflow', 'one', 'two'],
};

export async function platform(harness: Harness, keep: Keeper): Promise<NamedHistory[]> {
  const { config, store } = harness;
  const taskQueue = `${config.temporal.taskQueue}-platform`;
  const record = async (name: string, [type, ...args]: [string, ...string[]], plugin: boolean) => {
    const worker = await Worker.create({
      connection: harness.connection,
      taskQueue: `${taskQueue}-${name}`,
      workflowsPath: fileURLToPath(new URL('./platform-workflows.ts', import.meta.url)),
      activities: { ...activities },
      plugins: plugin ? [new JourneymanPlugin({ config, store, host: false })] : [],
    });
    return worker.runUntil(async () => {
      const handle = await harness.temporal.workflow.start(type, {
        workflowId: `acme/${name}`,
        taskQueue: `${taskQueue}-${name}`,
        args,
      });
      await handle.result().catch((error: unknown) => error);
      return keep(name, handle.workflowId);
    });
  };
  const kept: NamedHistory[] = [];
  for (const [name, run] of Object.entries(runs)) kept.push(await record(name, run, true));
  kept.push(await record('platform-without-plugin', ['ReleaseWorkflow', 'one'], false));
  return kept;
}
