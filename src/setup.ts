/** What has to exist before tasks run: indexes, search attributes, schedules. All created where missing. */
import {
  type Client,
  type Connection,
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { evidenceIndexes } from './evidence/indexes.js';
import { knowledgeIndexes } from './knowledge/collections.js';
import { learningIndexes } from './learning/learning.js';
import { performanceIndexes } from './performance/indexes.js';
import { recordingIndexes } from './recording/indexes.js';
import { vectorIndexes } from './retrieval/vectors.js';
import { maintenanceWorkflowId } from './shared/ids.js';
import { type MaintenanceName, maintenanceNames, maintenanceWorkflows } from './shared/maintenance.js';
import { requiredSearchAttributes } from './shared/search-attributes.js';
import { ensureIndexes, storeIndexes } from './store/indexes.js';
import type { Store } from './store/store.js';
import { strategyIndexes } from './strategy/evidence-indexes.js';

/** Creates the indexes of all components. */
export function setUpStore(store: Store): Promise<void> {
  return ensureIndexes(store, [
    ...storeIndexes,
    ...recordingIndexes,
    ...evidenceIndexes,
    ...learningIndexes,
    ...knowledgeIndexes,
    ...performanceIndexes,
    ...strategyIndexes,
    ...vectorIndexes,
  ]);
}

const attributeTypes = { KEYWORD: 2, BOOL: 5, KEYWORD_LIST: 7 } as const;

/** Registers our search attributes in the namespace. @returns the names of those that were missing */
export async function setUpSearchAttributes(
  { operatorService }: Pick<Connection, 'operatorService'>,
  namespace: string,
): Promise<string[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = requiredSearchAttributes.filter(({ name }) => !(name in (customAttributes ?? {})));
  if (missing.length > 0)
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, attributeTypes[type]])),
    });
  return missing.map(({ name }) => name);
}

const everyMinutes: Record<MaintenanceName, number> = {
  patterns: 5,
  recommendations: 15,
  knowledge: 15,
  executions: 10,
};

/** Creates a tenant's maintenance schedules; those that exist stay as they are. */
export async function setUpSchedules(client: Client, tenant: string, taskQueue: string): Promise<void> {
  for (const name of maintenanceNames) {
    try {
      await client.schedule.create({
        scheduleId: maintenanceWorkflowId(tenant, name),
        spec: { intervals: [{ every: everyMinutes[name] * 60_000 }] },
        policies: { overlap: ScheduleOverlapPolicy.SKIP },
        action: {
          type: 'startWorkflow',
          workflowType: maintenanceWorkflows[name],
          workflowId: maintenanceWorkflowId(tenant, name),
          taskQueue,
          args: [{ tenant }],
        },
      });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  }
}
