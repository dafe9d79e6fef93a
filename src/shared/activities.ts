/** The activities that workflows call: their names, arguments and results. */
import type { AgentCall, AgentOutcome } from './agent-call.js';
import type { AgentReport, AgentTask, Json } from './agent-contract.js';
import type { ResultPaths } from './agent-declaration.js';
import type { AnnouncePass, AnnounceRequest } from './announcement.js';
import type { BatchResult, MaintenanceName } from './maintenance.js';
import type {
  ExecutionRecord,
  KnowledgeLookup,
  LearningLookup,
  PlanChoice,
  PlannedAgent,
  PlanRequest,
  TaskAnalysis,
  TaskInput,
} from './task.js';
import type { LearningMode } from './terms.js';
import type { RankedVerifier, Word } from './verdict.js';
import type { AppliedChange, WorkspaceChange, WorkspaceRequest } from './workspace.js';

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
  /** USD a task. */
  budget?: number;
  /** Whether a program judges each agent's work. */
  verified?: boolean;
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
  /** The agents among the task's verifiers. */
  verifiers?: PlannedAgent[];
  /** Parts that were not to be had: `strategy`, `learnings`, `knowledge`. */
  missing: string[];
  /** Milliseconds. */
  steps: { analyse: number; lookUp: number };
}

/**
 * The steps before the agents, each by itself: for workflows that take only some of them. Deadlines are in
 * milliseconds.
 */
export interface LookupActivities {
  analyzeTask(input: TaskInput): Promise<AnalyzedTask>;
  selectStrategy(request: StrategyRequest, deadlineMs?: number): Promise<SelectedStrategy>;
  findLearnings(request: LookupRequest, deadlineMs?: number): Promise<LearningLookup>;
  queryKnowledge(request: LookupRequest, deadlineMs?: number): Promise<KnowledgeLookup>;
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
  /**
   * Journeyman's own worker takes the call and answers with an outcome, other workers take the task alone and
   * answer with the bare report.
   */
  runAgent(task: AgentTask, call?: AgentCall): Promise<AgentOutcome | AgentReport>;
}

export interface VerifyActivities {
  /** Runs the task's verify programs for an agent that another worker ran; a word for each. */
  verifyWork(
    request: (
      | { verifiers: readonly RankedVerifier[] }
      // From workflows of an earlier version, which knew one program only.
      | { verify: string[] }
    ) & { workspace?: string },
  ): Promise<Word[]>;
}

/** Steps around agents that are workflows; quick, and run as local activities. */
export interface WorkflowAgentActivities {
  /** @throws ApplicationFailure (InvalidInput) when a path finds nothing */
  workflowArguments(task: AgentTask, args: Json[]): Promise<Json[]>;
  /** @throws ApplicationFailure (InvalidReport) when what the paths find is no report */
  reportOfResult(result: Json, paths: ResultPaths): Promise<AgentReport>;
}

/** Workspaces of agents that other workers run, and changes that go back into their source. */
export interface WorkspaceActivities {
  openWorkspace(request: {
    tenant: string;
    /** Names the attempt; opening the same one again makes it anew. */
    key: string;
    workspace: WorkspaceRequest;
    changes: readonly WorkspaceChange[];
  }): Promise<{ folder: string; notes: string[] }>;
  /** Takes the change out of a workspace and removes it, unless it is to be kept. Idempotent. */
  closeWorkspace(request: {
    tenant: string;
    key: string;
    workspace: WorkspaceRequest;
    success: boolean | null;
  }): Promise<WorkspaceChange>;
  /** Puts a change into its source, whole or not at all. Idempotent. */
  applyChange(request: { tenant: string; source: string; change: WorkspaceChange }): Promise<AppliedChange>;
}

export interface AnnounceActivities {
  /** One pass over the tenant's running tasks; a later attempt goes on where the last heartbeat was. */
  announceKnowledge(request: AnnounceRequest): Promise<AnnouncePass>;
}

export interface MaintenanceActivities {
  /** Takes in one batch of pending records; a repeated call takes in the next one. */
  maintainBatch(request: { tenant: string; name: MaintenanceName; limit: number }): Promise<BatchResult>;
}
