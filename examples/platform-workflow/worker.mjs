/** The platform's worker. With learning: one plugin. */
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { JourneymanPlugin } from 'journeyman/plugin';
import * as activities from './activities.mjs';

export const TASK_QUEUE = 'example-releases';

export const createPlatformWorker = (connection, namespace, config) =>
  Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: path.join(import.meta.dirname, 'workflows.mjs'),
    activities,
    plugins: [new JourneymanPlugin({ config })],
  });
