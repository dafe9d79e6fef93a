/** Bundles the workflows once, at build time, so that workers start quickly. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { WORKFLOW_BUNDLE } from './workflow-bundle-path.js';

const workflowsPath = fileURLToPath(new URL('./workflows/index.js', import.meta.url));
const { code } = await bundleWorkflowCode({
  workflowsPath,
  // Evaluated once a worker instead of once a workflow. None of our modules holds any state: what belongs to
  // a workflow lives in the TaskRun that it makes.
  preloadModules: ['@temporalio/common', '@temporalio/workflow', workflowsPath],
  logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
});
await writeFile(fileURLToPath(new URL(`./${WORKFLOW_BUNDLE}`, import.meta.url)), code);
