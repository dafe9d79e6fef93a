/** What a task of the workload is. */
import type { Json } from '../../shared/agent-contract.js';
import type { Family } from './defects.js';

/** One commit of a task's history: the files it writes, whole. */
export interface TaskCommit {
  readonly message: string;
  readonly files: Readonly<Record<string, string>>;
}

/** A damaged module with its suite, to be repaired. */
export interface RepairTask {
  readonly id: string;
  /** The report of whoever met the bug. */
  readonly description: string;
  readonly context: Readonly<Record<string, Json>>;
  /** The workspace as it is handed to the agent. */
  readonly files: Readonly<Record<string, string>>;
  /** Present when the workspace is a git repository; its last commit equals `files`. */
  readonly history?: readonly TaskCommit[];
  /** Program and arguments that decide success, run in the workspace. */
  readonly verify: readonly string[];
  /** For the judge only: never given to an agent. */
  readonly family: Family;
  /** For the judge only: the damaged files in their healthy state. */
  readonly healthy: Readonly<Record<string, string>>;
}
