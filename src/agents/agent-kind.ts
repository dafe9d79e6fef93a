/** What every kind of agent implements. */
import type { AgentReport, AgentTask } from '../shared/agent-contract.js';

/** What a kind of agent is told besides the task. */
export interface KindRun {
  /** Aborted by cancellation and by the deadline; the agent is then ended. */
  signal: AbortSignal;
  /** Milliseconds between asking an agent's processes to end and killing them. */
  graceMs: number;
  /** 1 at first. */
  attempt: number;
  /** Told the size of every piece of output. */
  onBytes: (bytes: number) => void;
}

/** Gets an agent's report; throws AgentFailure when there is none to be had. */
export type AgentKind = (task: AgentTask, run: KindRun) => Promise<AgentReport>;
