/** One batch of maintenance: a consumer takes in its next pending records. */
import { Context } from '@temporalio/activity';
import { announceMissed, announcer } from '../knowledge/announce/announce.js';
import { knowledgeContext } from '../knowledge/context.js';
import { evolveKnowledgeBatch } from '../knowledge/evolve-batch.js';
import { extractPatternsBatch } from '../learning/extract-patterns.js';
import { findCategories, findInteractions, listPastTasks } from '../learning/interactions.js';
import { learningsAsWords, sureLearnings } from '../learning/sure-learnings.js';
import { generateRecommendationsBatch } from '../performance/life/generate-batch.js';
import { foldStatistics } from '../performance/statistics/fold.js';
import { judgeExecutions, readExecutions } from '../recording/judged-executions.js';
import { reconcileExecutions } from '../recording/reconcile-executions.js';
import { findReportedUse } from '../recording/reported-use.js';
import type { MaintenanceActivities } from '../shared/activities.js';
import type { BatchResult, MaintenanceName } from '../shared/maintenance.js';
import type { Store } from '../store/store.js';
import { planPreferences } from '../strategy/stored-preferences.js';
import { refreshTaskKinds } from '../strategy/task-kinds.js';
import type { ActivityDependencies } from './dependencies.js';

/** What batches work with. */
type Dependencies = Pick<ActivityDependencies, 'store' | 'config' | 'redactor'>;
type Batch = (deps: Dependencies, tenant: string, limit: number) => Promise<BatchResult>;

const batches: Record<MaintenanceName, Batch> = {
  patterns: async ({ store }, tenant, limit) => {
    const done = await extractPatternsBatch(store, tenant, limit);
    // Once a run: with its last batch, when all that is new has been taken in.
    if (done.consumed > 0) return done;
    const emerged = await refreshTaskKinds(store, tenant, listPastTasks);
    return emerged === 0 ? done : { ...done, written: { ...done.written, 'categories emerged': emerged } };
  },
  recommendations: async ({ store }, tenant, limit) => {
    const done = await generateRecommendationsBatch(store, tenant, limit, findCategories, planPreferences);
    if (done.consumed === 0) await foldStatistics(store, tenant);
    return done;
  },
  knowledge: async (deps, tenant, limit) =>
    withAnnouncements(deps.store, tenant, await evolveBatch(deps, tenant, limit)),
  executions: ({ store, redactor }, tenant, limit) =>
    reconcileExecutions(store, Context.current().client, tenant, limit, redactor),
};

async function evolveBatch(
  { store, config, redactor }: Dependencies,
  tenant: string,
  limit: number,
): Promise<BatchResult> {
  const { client, info, log } = Context.current();
  const context = knowledgeContext(store, tenant, redactor, {
    settings: config.knowledge,
    announce: announcer(client, tenant, info.taskQueue),
    executions: readExecutions,
  });
  return evolveKnowledgeBatch(
    context,
    limit,
    {
      findExecutions: findInteractions,
      findReportedUse,
      judge: judgeExecutions,
      learnings: { sure: sureLearnings, byId: learningsAsWords },
    },
    {
      // One for all batches of a run.
      ...(info.workflowExecution && { run: `prune-${info.workflowExecution.runId}` }),
      onProblem: (what, error) =>
        log.warn('A part of what knowledge was to take in failed; the next run tries again', { what, error }),
    },
  );
}

/** Starts the announcements that nobody came to start: once a run, with its last batch. */
async function withAnnouncements(store: Store, tenant: string, done: BatchResult): Promise<BatchResult> {
  if (done.consumed > 0) return done;
  const { client, info, log } = Context.current();
  try {
    const announced = await announceMissed(store, client, tenant, info.taskQueue);
    return announced === 0
      ? done
      : { ...done, written: { ...done.written, 'items announced late': announced } };
  } catch (error) {
    // What a run takes in must not wait for what tasks are told.
    log.warn('CRITICAL items could not be announced; the next run tries again', { error });
    return done;
  }
}

const HEARTBEAT_MS = 5_000;

export function maintenanceActivities(deps: Dependencies): MaintenanceActivities {
  return {
    async maintainBatch({ tenant, name, limit }) {
      const context = Context.current();
      // A batch is one transaction, so there is no cursor to go back to: what is pending is the cursor.
      const heart = setInterval(() => context.heartbeat({ name, limit }), HEARTBEAT_MS);
      try {
        return await batches[name](deps, tenant, limit);
      } finally {
        clearInterval(heart);
      }
    },
  };
}
