/** What a task is, what was decided for it, and the record that remains: plain JSON, safe in a history. */
import type { AgentReport, Caps, Json, KnowledgeExcerpt, Lesson } from './agent-contract.js';
import type { ResultPaths } from './agent-declaration.js';
import type { ApprovalOutcome, ApprovalRequest } from './approval.js';
import type { Complexity, Ending, LearningMode, OutcomeSource, Strategy } from './terms.js';
import type { Verifier, Word } from './verdict.js';
import type { AppliedChange, WorkspaceChange, WorkspaceRequest } from './workspace.js';

/** A plan named by the caller instead of chosen. */
export interface PlanRequest {
  strategy: Strategy;
  agents: string[];
  /** What a failed stage of a sequential plan does; `next` falls to the next agent. */
  onFailure?: 'next' | 'stop';
  /** Agent type that judges the answers of a consensus plan. */
  verifier?: string;
  approval?: ApprovalRequest;
}

/** Input of ExecuteTaskWorkflow. */
export interface TaskInput {
  tenant: string;
  taskId: string;
  description: string;
  context: Record<string, Json>;
  /** Overrides the tenant's and the configuration's mode. */
  learning?: LearningMode;
  /** Only these agent types may be chosen. */
  agents?: string[];
  /** Fixes the plan; the record then says that it was requested. */
  plan?: PlanRequest;
  /** Directory that the agents work in, or how each attempt gets one of its own. */
  workspace?: string | WorkspaceRequest;
  /** Program and arguments that decide success. */
  verify?: string[];
  /** All that decide success, the most trusted first. */
  verifiers?: Verifier[];
  /** An agent that goes over one of these is stopped. */
  caps?: Caps;
  /** USD a task, to be held on average over the tenant's tasks; instead of the configuration's. */
  budget?: number;
  /** Besides what the plan asks for. */
  approval?: ApprovalRequest;
}

/** What the analysis concluded, each conclusion with its evidence. */
export interface TaskAnalysis {
  complexity: Complexity;
  category: string;
  requirements: string[];
  keywords: string[];
  suggestedAgents: string[];
  /** Seconds. */
  estimatedDuration: number;
  /** Seconds between which four of five such tasks take; absent where no past task tells. */
  durationInterval?: { low: number; high: number };
  /** What those who ran similar tasks said of how they went. */
  experience?: { whatWorked: string[]; improvements: string[] };
  /** One line a conclusion. */
  evidence: string[];
}

/** An agent of a plan with everything the workflow needs to call it. */
export interface PlannedAgent {
  type: string;
  taskQueue: string;
  /** Run by Journeyman's own worker; otherwise by a worker of somebody else's, in any language. */
  hosted: boolean;
  idempotent: boolean;
  startToCloseSeconds: number;
  scheduleToStartSeconds: number;
  heartbeatSeconds: number;
  /** Calls that wait for a slot, over all workers, may wait this long before they start. */
  slotSeconds?: number;
  /** Present when the agent is a workflow: its type, its arguments and how its result is read. */
  workflow?: { type: string; args: Json[]; result: ResultPaths };
}

export interface Plan {
  /** Names strategy and agents, e.g. `sequential(code>review)`; the bandit's arm. */
  key: string;
  strategy: Strategy;
  agents: PlannedAgent[];
  onFailure: 'next' | 'stop';
  verifier?: PlannedAgent;
  approval?: ApprovalRequest;
}

/** One plan that could have been chosen. */
export interface PlanCandidate {
  key: string;
  /** Probability with which the policy chooses it here. */
  propensity: number;
  /** Posterior mean of success. */
  mean: number;
  /** Executions the posterior stands on. */
  executions: number;
  /** Standard deviation of the belief in the mean. */
  deviation?: number;
  /** USD that the choice reckoned with: what is expected, and less while little is known. */
  cost?: number;
  /** Seconds, likewise. */
  duration?: number;
}

export interface PlanChoice {
  /** Plan and category, e.g. `single(code)@api_development`; what recordOutcome takes. */
  strategyId: string;
  plan: Plan;
  /** Expected probability of success; null when nothing learned was used. */
  confidence: number | null;
  /** Probability of this choice; null when it was not drawn by the policy. */
  propensity: number | null;
  source: 'posterior' | 'requested' | 'configuration';
  reason: string;
  /** By propensity, highest first. */
  candidates: PlanCandidate[];
  learning: LearningMode;
  /** Reward that one USD weighed: what is configured, or what holding the budget takes. */
  price?: number;
  /** Candidates that no earlier task of the tenant was offered. */
  introduced?: string[];
  /** Agent types left out because nobody answered for them lately. */
  unavailable?: string[];
  /** The accepted advice that changed the draw. */
  preferred?: string;
  /** Present and true where chance took a plan that is not expected to be the best. */
  explored?: true;
}

/** A learning or knowledge item that a look-up offered, and whether chance let it be shown. */
export interface OfferedItem {
  id: string;
  version: number;
  score: number;
  shown: boolean;
  /** Probability of being shown under the withholding in force. */
  probability: number;
}

export interface LearningLookup {
  offered: OfferedItem[];
  lessons: Lesson[];
}

export interface KnowledgeLookup {
  offered: OfferedItem[];
  items: KnowledgeExcerpt[];
  /** Learnings that offered items were made from, by the item's id; until it is known which learnings are offered. */
  madeFrom?: Record<string, string>;
}

/** One call of one agent. */
export interface Attempt {
  agentType: string;
  role: 'worker' | 'lead-split' | 'part' | 'lead-integrate' | 'verifier';
  report: AgentReport;
  /** As decided by the most trusted source at the time; null when unknown. */
  success: boolean | null;
  source: OutcomeSource;
  /** Milliseconds of work, by the worker's clock. */
  durationMs: number;
  /** Milliseconds from schedule to result, by the workflow's clock: work and queueing. */
  elapsedMs: number;
  /** Whether the task's outcome is this attempt's: later corrections reach it. */
  decisive: boolean;
  /** False where the agent was never started, for a mistake in what it was to be given. */
  started?: false;
  /** True where nobody took the call: no worker of the agent's was there, or none had room. */
  unanswered?: true;
  reason?: string;
  /** The agent's own word; absent in records that were made before it was kept. */
  claimed?: boolean | null;
  /** What each verifier said of it. */
  words?: Word[];
  /** What it changed in a workspace of its own. */
  change?: WorkspaceChange;
}

/** How a task went, and who says so. */
export interface Outcome {
  success: boolean | null;
  source: OutcomeSource;
  /** 0 to 1, where a source grades more finely than yes or no. */
  score?: number;
  /** Among words of the same source, the higher is the more trusted; 0 when absent. */
  precedence?: number;
  /** Who gave the score, where that is not who decided over success. */
  gradedBy?: { source: OutcomeSource; precedence?: number };
}

/** What a finished execution hands to recording. Times are epoch milliseconds of the workflow's clock. */
export interface ExecutionRecord {
  schemaVersion: 1;
  executionId: string;
  tenant: string;
  taskId: string;
  workflowId: string | null;
  runId: string | null;
  /** First run of the chain: a reset's execution is linked by it to the one it repeats. */
  firstRunId: string | null;
  origin: 'workflow' | 'direct' | 'reconciled';
  description: string;
  context: Record<string, Json>;
  learning: LearningMode;
  analysis: TaskAnalysis | null;
  choice: PlanChoice | null;
  learnings: OfferedItem[];
  knowledge: OfferedItem[];
  /** Parts that were not to be had: `analysis`, `strategy`, `learnings`, `knowledge`. */
  missing: string[];
  attempts: Attempt[];
  /** Position among the attempts of the one whose work the result is. */
  winner?: number;
  ending: Ending;
  outcome: Outcome;
  reason?: string;
  /** All that was said of how it went until it was recorded; `outcome` is the most trusted of it. */
  words?: Word[];
  approvals?: ApprovalOutcome[];
  /** What became of the winner's change. */
  applied?: AppliedChange;
  startedAt: number;
  endedAt: number;
  /** Milliseconds of each step. */
  steps: { analyse: number; lookUp: number; execute: number; approval?: number };
}

/** Result of ExecuteTaskWorkflow. */
export interface TaskResult {
  taskId: string;
  executionId: string;
  success: boolean | null;
  source: OutcomeSource;
  output: Json;
  reason?: string;
  plan: string;
  category: string;
  /** USD, over all agents. */
  cost: number;
  /** Seconds from start to result. */
  duration: number;
  lessons: string[];
  /** `recorded`, `deferred` to the detached recorder, or `off`. */
  recording: 'recorded' | 'deferred' | 'off';
  /** What the winner changed in its workspace, and whether it went into the source. */
  change?: WorkspaceChange & Partial<AppliedChange>;
  approvals?: ApprovalOutcome[];
}

/** Where a running task stands; what the progress query answers. */
export interface TaskProgress {
  phase: 'preparing' | 'awaiting approval' | 'executing' | 'recording' | 'done';
  category: string | null;
  plan: string | null;
  reason: string | null;
  lessons: { id: string; title: string }[];
  agents: { agentType: string; role: string; state: 'running' | 'done' | 'failed'; detail: string }[];
  /** What a person is asked just now. `deadline` in epoch milliseconds. */
  approval?: {
    when: 'before' | 'after';
    question: string;
    deadline: number;
    onDeadline: 'approve' | 'reject';
    /** What is decided on, when it is a result. */
    result?: ShownResult;
  };
}

/** A result as far as it is known before anybody accepts it. */
export interface ShownResult {
  success: boolean | null;
  output: Json;
  change?: WorkspaceChange;
}
