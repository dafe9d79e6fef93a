/** The maintenance workflows: each takes in its pending records batch by batch until none is left. */
import { continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { MaintenanceActivities } from '../shared/activities.js';
import {
  batchSizes,
  type MaintenanceInput,
  type MaintenanceName,
  type MaintenanceProgress,
} from '../shared/maintenance.js';
import { maintenanceQuery } from '../shared/messages.js';

const { maintainBatch } = proxyActivities<MaintenanceActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { maximumInterval: '30 seconds' },
});

async function maintain(name: MaintenanceName, input: MaintenanceInput): Promise<MaintenanceProgress> {
  const progress: MaintenanceProgress = input.progress ?? {
    done: 0,
    batches: 0,
    written: {},
    finished: false,
  };
  setHandler(maintenanceQuery, () => progress);
  for (;;) {
    const { consumed, written } = await maintainBatch({
      tenant: input.tenant,
      name,
      limit: batchSizes[name],
    });
    progress.batches += 1;
    progress.done += consumed;
    for (const [kind, count] of Object.entries(written))
      progress.written[kind] = (progress.written[kind] ?? 0) + count;
    if (consumed === 0) break;
    if (workflowInfo().continueAsNewSuggested)
      return continueAsNew<(input: MaintenanceInput) => Promise<MaintenanceProgress>>({ ...input, progress });
  }
  progress.finished = true;
  return progress;
}

/** Learns patterns from new interactions and outcomes. */
export async function ExtractPatternsWorkflow(input: MaintenanceInput): Promise<MaintenanceProgress> {
  return maintain('patterns', input);
}

/** Renews the recommendations on agents and categories that new executions concern. */
export async function GenerateRecommendationsWorkflow(input: MaintenanceInput): Promise<MaintenanceProgress> {
  return maintain('recommendations', input);
}

/** Shares discoveries, moves knowledge through its states by its usage, and prunes. */
export async function EvolveKnowledgeWorkflow(input: MaintenanceInput): Promise<MaintenanceProgress> {
  return maintain('knowledge', input);
}

/** Records executions that the server closed (terminated, timed out), which run no code of their own then. */
export async function ReconcileExecutionsWorkflow(input: MaintenanceInput): Promise<MaintenanceProgress> {
  return maintain('executions', input);
}
