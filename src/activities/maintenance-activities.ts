/** One batch of maintenance: a consumer takes in its next pending records. */
import { Context } from '@temporalio/activity';
import { evolveKnowledgeBatch } from '../knowledge/evolve-batch.js';
import { extractPatternsBatch } from '../learning/extract-patterns.js';
import { findInteractions } from '../learning/interactions.js';
import { generateRecommendationsBatch } from '../performance/recommendation-batch.js';
import { reconcileExecutions } from '../recording/reconcile-executions.js';
import type { MaintenanceActivities } from '../shared/activities.js';
import type { BatchResult, MaintenanceName } from '../shared/maintenance.js';
import type { Redactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';

type Batch = (store: Store, tenant: string, limit: number, redactor: Redactor) => Promise<BatchResult>;

const batches: Record<MaintenanceName, Batch> = {
  patterns: extractPatternsBatch,
  recommendations: (store, tenant, limit) =>
    generateRecommendationsBatch(store, tenant, limit, findInteractions),
  knowledge: (store, tenant, limit) => evolveKnowledgeBatch(store, tenant, limit, findInteractions),
  executions: (store, tenant, limit, redactor) =>
    reconcileExecutions(store, Context.current().client, tenant, limit, redactor),
};

const HEARTBEAT_MS = 5_000;

export function maintenanceActivities(store: Store, redactor: Redactor): MaintenanceActivities {
  return {
    async maintainBatch({ tenant, name, limit }) {
      const context = Context.current();
      // A batch is one transaction, so there is no cursor to go back to: what is pending is the cursor.
      const heart = setInterval(() => context.heartbeat({ name, limit }), HEARTBEAT_MS);
      try {
        return await batches[name](store, tenant, limit, redactor);
      } finally {
        clearInterval(heart);
      }
    },
  };
}
