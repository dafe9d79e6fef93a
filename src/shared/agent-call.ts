/** What passes between a workflow and Journeyman's own workers around an agent's task and report. */
import type { AgentReport } from './agent-contract.js';
import type { RankedVerifier, Word } from './verdict.js';
import type { WorkspaceChange, WorkspaceRequest } from './workspace.js';

/** What the workflow asks of the runner besides the task itself. */
export interface AgentCall {
  /** A workspace of the attempt's own is made from this; the task then names none. */
  workspace?: WorkspaceRequest;
  /** Earlier agents' changes, put into the workspace before the agent starts. */
  changes?: readonly WorkspaceChange[];
  /** Changes among which the agent decides; it finds them as patches in its workspace. */
  candidates?: readonly WorkspaceChange[];
  /** Programs that judge the work, each with its place among all of the task's verifiers. */
  verifiers?: readonly RankedVerifier[];
}

/** The result of the `runAgent` activity: the agent's report and who says that it succeeded. */
export interface AgentOutcome {
  /** `success` is the most trusted word's. */
  report: AgentReport;
  /** `verifier` when a verify command decided, `system` where the agent handed no report back, else `agent`. */
  source: 'agent' | 'system' | 'verifier';
  /** Milliseconds the agent worked, by the worker's own clock. */
  durationMs: number;
  /** One-line reason, present when success is false. */
  reason?: string;
  /** What the agent itself said. */
  claimed?: boolean | null;
  /** What each verifier said. */
  words?: Word[];
  /** What the agent changed in a workspace of its own. */
  change?: WorkspaceChange;
}
