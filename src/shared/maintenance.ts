/** The maintenance workflows: their names, inputs and progress. */

/** Those that take in pending records. */
export const consumerNames = ['patterns', 'recommendations', 'knowledge'] as const;
/** The consumer's name in the pending collection. */
export type ConsumerName = (typeof consumerNames)[number];

/** All; `executions` records those that the server closed without running their code. */
export const maintenanceNames = [...consumerNames, 'executions'] as const;
export type MaintenanceName = (typeof maintenanceNames)[number];

/** Type of each maintenance workflow, as the Temporal UI shows it. */
export const maintenanceWorkflows: Record<MaintenanceName, string> = {
  patterns: 'ExtractPatternsWorkflow',
  recommendations: 'GenerateRecommendationsWorkflow',
  knowledge: 'EvolveKnowledgeWorkflow',
  executions: 'ReconcileExecutionsWorkflow',
};

/** Pending records that one call of the batch activity takes in at most. */
export const batchSizes: Record<MaintenanceName, number> = {
  // Each batch writes the groups of patterns that it touches: fewer, larger ones write them less often.
  patterns: 1_000,
  // Each batch tests the categories that it touches: fewer, larger ones test them less often.
  recommendations: 1_000,
  knowledge: 100,
  executions: 100,
};

export interface MaintenanceInput {
  tenant: string;
  /** Carried over continue-as-new. */
  progress?: MaintenanceProgress;
}

/** Counts so far; `done` is the number of pending records consumed. */
export interface MaintenanceProgress {
  done: number;
  batches: number;
  /** What the batches wrote, by kind, e.g. `learnings written`. */
  written: Record<string, number>;
  finished: boolean;
}

/** What one batch did; `consumed` 0 ends the run. */
export interface BatchResult {
  consumed: number;
  written: Record<string, number>;
}
