/** All workflows of a Journeyman worker; the entry of the workflow bundle. */
export { AnnounceKnowledgeWorkflow } from './announce-knowledge.js';
export { ExecuteTaskWorkflow } from './execute-task.js';
export {
  EvolveKnowledgeWorkflow,
  ExtractPatternsWorkflow,
  GenerateRecommendationsWorkflow,
  ReconcileExecutionsWorkflow,
} from './maintenance.js';
export { RecordExecutionWorkflow } from './record-execution.js';
