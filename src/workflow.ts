/** What a platform's own workflows import: code that runs inside the workflow sandbox, and types. */
export type {
  Action,
  ActionResult,
  AgentReport,
  Discovery,
  Json,
  KnowledgeExcerpt,
  Lesson,
} from './shared/agent-contract.js';
export { inboxQuery, newsSignal } from './shared/messages.js';
export type { PlanChoice, TaskAnalysis } from './shared/task.js';
export type { LearningOptions, LearningScope } from './workflows/learning-scope.js';
export { withLearning } from './workflows/with-learning.js';
