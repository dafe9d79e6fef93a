/** The activities that workflows call: their names, arguments and results. */
import type { AgentOutcome, AgentReport, AgentTask, Json } from './agent-contract.js';
import type { BatchResult, MaintenanceName } from './maintenance.js';
import type {
  ExecutionRecord,
  KnowledgeLookup,
  LearningLookup,
  PlanChoice,
  PlanRequest,
  TaskAnalysis,
  TaskInput,
} from './task.js';
import type { LearningMode } from './terms.js';

export interface AnalyzedTask {
  analysis: TaskAnalysis;
  /** The mode in force: the task's own, else the tenant's, else the configuration's. */
  learning: LearningMode;
  /** Names of the search attributes that the namespace knows; setting another would stall the workflow. */
  searchAttributes: string[];
}

export interface StrategyRequest {
  tenant: string;
  executionId: string;
  analysis: TaskAnalysis | null;
  learning: LearningMode;
  agents?: string[];
  plan?: PlanRequest;
}

export interface SelectedStrategy {
  choice: PlanChoice;
  /** Whether the store could not be read, so that nothing learned went into the choice. */
  missing: boolean;
}

export interface LookupRequest {
  tenant: string;
  executionId: string;
  description: string;
  context: Record<string, Json>;
  category: string;
}

/** All that is decided before the agents are called. */
export interface PreparedTask extends AnalyzedTask {
  /** Null when it was refused. */
  choice: PlanChoice | null;
  /** Why no plan could be had: input that no retry mends. */
  refused?: { type: string; message: string };
  learnings: LearningLookup;
  knowledge: KnowledgeLookup;
  /** Parts that were not to be had: `strategy`, `learnings`, `knowledge`. */
  missing: string[];
  /** Milliseconds. */
  steps: { analyse: number; lookUp: number };
}

/** The steps before the agents, each by itself: for workflows that take only some of them. */
export interface LookupActivities {
  analyzeTask(input: TaskInput): Promise<AnalyzedTask>;
  selectStrategy(request: StrategyRequest): Promise<SelectedStrategy>;
  findLearnings(request: LookupRequest): Promise<LearningLookup>;
  queryKnowledge(request: LookupRequest): Promise<KnowledgeLookup>;
}

/** The quick steps around the agents, run as local activities: they read, or write idempotently. */
export interface CoreActivities {
  /**
   * Analysis, then strategy, learnings and knowledge at once. One activity, because each one that a workflow
   * waits for by itself costs it more than its look-up takes.
   */
  prepareTask(input: TaskInput, executionId: string): Promise<PreparedTask>;
  recordExecution(record: ExecutionRecord): Promise<{ applied: boolean }>;
}

export interface AgentActivities {
  /** Journeyman's own worker answers with an outcome, other workers with the bare report. */
  runAgent(task: AgentTask): Promise<AgentOutcome | AgentReport>;
}

export interface VerifyActivities {
  /** Runs the task's verify program for an agent that another worker ran. */
  verifyWork(request: {
    verify: string[];
    workspace?: string;
  }): Promise<{ success: boolean; reason?: string }>;
}

export interface MaintenanceActivities {
  /** Takes in one batch of pending records; a repeated call takes in the next one. */
  maintainBatch(request: { tenant: string; name: MaintenanceName; limit: number }): Promise<BatchResult>;
}
