import type { Step } from './measures.js';

/** What one seed's replay came to. */
export interface SeedReplay {
  /** In the tasks' order. */
  steps: readonly Step[];
  /** Tasks that ended with a result. */
  completed: number;
  /** Executions in the record. */
  recorded: number;
  /** Whose record it is; null when it was kept in memory only. */
  tenant: string | null;
}
