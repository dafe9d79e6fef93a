import type { ReplayOutcome } from './anonymised-replay.js';

/** What was chosen for one task, what was expected of it, and what came of it. */
export interface ReplayStep extends Pick<ReplayOutcome, 'reward' | 'cost'> {
  /** What selection was told; null where the task ended without a result. */
  success: boolean | null;
  /** The reward that was expected of the chosen plan, 0 to 1; null where nothing learned was used. */
  confidence: number | null;
  /** The probability with which the plan was drawn; null where it was not. */
  propensity: number | null;
  /** The plan's key, of an agent under its drawn name; empty where the task ended without a result. */
  plan: string;
  category: string;
}

/** What one seed's replay came to. */
export interface SeedReplay {
  /** In the order of the tasks of the replay that was run. */
  steps: readonly ReplayStep[];
  /** Tasks that ended with a result. */
  completed: number;
  /** Executions in the record. */
  recorded: number;
  /** Whose record it is; null when it was kept in memory only. */
  tenant: string | null;
}
