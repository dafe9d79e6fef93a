/** One batch of maintenance: a consumer takes in its next pending records. */
import { Context } from '@temporalio/activity';
import { evolveKnowledgeBatch } from '../knowledge/evolve-batch.js';
import { extractPatternsBatch } from '../learning/extract-patterns.js';
import { findInteractions, listPastTasks } from '../learning/interactions.js';
import { generateRecommendationsBatch } from '../performance/recommendation-batch.js';
import { reconcileExecutions } from '../recording/reconcile-executions.js';
import type { MaintenanceActivities } from '../shared/activities.js';
import type { BatchResult, MaintenanceName } from '../shared/maintenance.js';
import type { Redactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import { refreshTaskKinds } from '../strategy/task-kinds.js';

type Batch = (store: Store, tenant: string, limit: number, redactor: Redactor) => Promise<BatchResult>;

const batches: Record<MaintenanceName, Batch> = {
  patterns: async (store, tenant, limit) => {
    const done = await extractPatternsBatch(store, tenant, limit);
    // Once a run: with its last batch, when all that is new has been taken in.
    if (done.consumed > 0) return done;
    const emerged = await refreshTaskKinds(store, tenant, listPastTasks);
    return emerged === 0 ? done : { ...done, written: { ...done.written, 'categories emerged': emerged } };
  },
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
