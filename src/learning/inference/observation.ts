/** What one run says of patterns: what it did, for which task, and how that went. */
export interface Observation {
  /** Execution id; of tries within an execution, with their position. */
  id: string;
  /** Trials of the same task share it: they are not independent of each other. */
  task: string;
  /** Types of the agents that acted, sorted and joined. */
  agent: string;
  /** Keys of the features that it shows, each once, sorted. */
  features: readonly string[];
  success: boolean;
  /** Actions that were taken: longer runs show more features, and differ in how they end. */
  length: number;
  iterations: number;
  durationMs: number;
  /** USD; null where unknown. */
  cost: number | null;
  /** End of the execution, milliseconds since the epoch. */
  at: number;
}
