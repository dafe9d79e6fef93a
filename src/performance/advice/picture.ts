/** What the rules of advice look at: the statistics of one category over a window of days. */
import type { CounterRow } from '../../store/counters.js';

/** Rows keep the day, so that an agent can be held against itself earlier. */
export interface Picture {
  category: string;
  /** First and last day of the window, `YYYY-MM-DD`, UTC, both included. */
  from: string;
  to: string;
  /** By `agentType`, `strategy`, `complexity` and `day`. */
  executions: readonly CounterRow[];
  /** By `step` and `day`. */
  steps: readonly CounterRow[];
  /** By `agentType`, `signature` and `day`. */
  errors: readonly CounterRow[];
  /** By `agentType`, `action` and `day`. */
  actions: readonly CounterRow[];
  /** By `first`, `then` and `day`. */
  stages: readonly CounterRow[];
}
