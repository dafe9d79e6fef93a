/** Journeyman: durable learning for AI agents. The public API. */

export type {
  TranscriptParser,
  TranscriptState,
  TranscriptTokens,
} from './agents/transcript/transcript-parser.js';
export { type ClientOptions, JourneymanClient } from './client.js';
export { type Config, ConfigError, loadConfig, parseConfig } from './config.js';
export { connectStore, connectTemporalClient } from './connections.js';
export type { NewLesson } from './learning/add-learning.js';
export type { AuditReport, Finding, FindingKind } from './learning/audit.js';
export type { AuditOptions } from './learning/audit-tenant.js';
export type { ActOptions, ActResult, LearningEdit } from './learning/control.js';
export type { LearningAct, LearningActName } from './learning/control-log.js';
export type { ImportOptions, ImportResult } from './learning/import-learnings.js';
export type { Learning, LearningControl, LearningState } from './learning/learning.js';
export type { LearningTrace, OfferedTask, ShownVersion } from './learning/trace.js';
export { setUpSchedules, setUpSearchAttributes, setUpStore } from './setup.js';
export * from './shared/agent-contract.js';
export type {
  AgentDeclaration,
  CommandAgent,
  HostedAgent,
  HttpAgent,
  LlmAgent,
  Price,
  PromptSettings,
  RecordedAgent,
  ResultPaths,
  WorkflowAgent,
} from './shared/agent-declaration.js';
export type { ApprovalDecision, ApprovalOutcome, ApprovalRequest } from './shared/approval.js';
export { ConflictError, InvalidInputError, NotFoundError, UnknownAgentError } from './shared/errors.js';
export type { Feedback } from './shared/feedback.js';
export type * from './shared/task.js';
export * from './shared/terms.js';
export type * from './shared/verdict.js';
export type * from './shared/workspace.js';
export { StoreUnavailableError } from './store/store.js';
export type { FeedbackResult } from './task-feedback.js';
export { TaskFailedError, type TaskHandle } from './task-handle.js';
export type { TaskRequest } from './task-request.js';
export { createWorker, type JourneymanWorker, type JourneymanWorkerOptions } from './worker.js';
export { connectTemporalWorker } from './worker-connection.js';
