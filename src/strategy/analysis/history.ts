/** What a tenant's past tells the analysis of its next task: plain data, read elsewhere. */

/** Past tasks of a category and complexity that took so long. */
export interface DurationSums {
  category: string;
  complexity: string;
  tasks: number;
  /** Sums of the natural logarithm of seconds, and of its square. */
  logSum: number;
  logSquares: number;
}

/** How tasks of a category went that an agent did alone. */
export interface AgentPast {
  agentType: string;
  category: string;
  successes: number;
  failures: number;
}

/** What the one who ran a task said of it. */
export interface Experience {
  /** Task and strategy: of several about the same, the newest counts. */
  about: string;
  category: string;
  /** Of the task; empty where they are not known. */
  keywords: readonly string[];
  success: boolean | null;
  whatWorked: readonly string[];
  improvements: readonly string[];
  /** Epoch milliseconds. */
  at: number;
}

/** A category that was learned, and the stems of the words that its tasks had: in how many of them each stood. */
export interface LearnedCategory {
  name: string;
  /** Callers gave it, or it emerged from tasks like each other. */
  origin: 'given' | 'emerged';
  /** The lexicon's category that it emerged from. */
  parent?: string;
  /** The stems of the two words that it is named by, where it emerged. */
  stems?: readonly [string, string];
  tasks: number;
  /** Different words of its tasks, added up. */
  size: number;
  words: ReadonlyMap<string, number>;
  /**
   * Least score with which a task is put here: above it, four of five of the past tasks would have been put right by
   * what all others say.
   */
  threshold: number;
  /** Least share of its words that must be words of this category: in nineteen of twenty of its tasks it is higher. */
  familiar: number;
}

/** All learned categories of a tenant, and the tasks they are told from. */
export interface TaskKinds {
  /** Tasks that the words were counted over, and in how many of them each of the words stood. */
  tasks: number;
  size: number;
  words: ReadonlyMap<string, number>;
  categories: readonly LearnedCategory[];
}

/** Everything; each part may be empty. */
export interface TaskHistory {
  durations: readonly DurationSums[];
  agents: readonly AgentPast[];
  kinds: TaskKinds | null;
  /** Newest first. */
  experience: readonly Experience[];
  /** Present where it is empty because it could not be read. */
  unread?: true;
}
