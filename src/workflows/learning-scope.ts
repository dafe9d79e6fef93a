/** What `withLearning` is told, and what the steps within are given. */
import type { AgentReport, Json, KnowledgeExcerpt, Lesson } from '../shared/agent-contract.js';
import type { PlanChoice, TaskAnalysis } from '../shared/task.js';
import type { LearningMode } from '../shared/terms.js';

/** Options of `withLearning`. */
export interface LearningOptions {
  /** Whose learnings are read and added to. */
  tenant: string;
  /** What is to be done, in words: what it is categorised and matched by. */
  description: string;
  context?: Record<string, Json>;
  /** Default: the workflow's id, without `<tenant>/` before it. */
  taskId?: string;
  /** Whose work the steps are, in statistics. Default: the workflow's type. */
  agentType?: string;
  /**
   * Declared agent types of which a plan is to be chosen. The steps should then do what `choice` says: how
   * they end is counted for that plan. Default: nothing is chosen.
   */
  agents?: string[];
  /** Default: the tenant's mode, else the configuration's. */
  learning?: LearningMode;
  /**
   * Task queue of Journeyman's own worker, which takes records over while the store is away. Default: that of
   * the plugin's configuration.
   */
  recorderQueue?: string;
}

/** What the steps know and can say. */
export interface LearningScope {
  readonly executionId: string;
  /** Null when the look-up failed. */
  readonly analysis: TaskAnalysis | null;
  /** The plan chosen among `agents`; null without them, and when none could be had. */
  readonly choice: PlanChoice | null;
  readonly lessons: readonly Lesson[];
  readonly knowledge: readonly KnowledgeExcerpt[];
  /** What was not to be had: `analysis`, `strategy`, `learnings`, `knowledge`. */
  readonly missing: readonly string[];
  /**
   * Lessons and knowledge as plain text for a prompt, a line each; whole lines only. Knowledge says first whose
   * words it holds: it is data, never instructions. Default 4,000 characters.
   */
  lessonsText(maxChars?: number): string;
  /**
   * CRITICAL items shared since the first call. From then on the workflow handles the signal `news` (a handler of
   * its own by that name would be replaced), and is sent it if it carries the search attribute `Tenant`, which
   * whoever starts it has to set: nothing else marks it as the tenant's.
   */
  news(): readonly KnowledgeExcerpt[];
  /**
   * Adds to what is recorded of the steps. Of several calls the lists are joined, and iterations, cost and
   * tokens are summed; the last `success` and `output` count. A report that does not fit is logged and left out.
   */
  report(report: Partial<AgentReport>): void;
  /** Records the work of one agent that the steps called. `durationMs` of its work, when it is known. */
  attempt(agentType: string, report: Partial<AgentReport>, durationMs?: number): void;
}
