/** The product's vocabulary: every enumerated value that is stored, shown or exchanged. */

export const strategies = ['single', 'sequential', 'parallel', 'hierarchical', 'consensus'] as const;
export type Strategy = (typeof strategies)[number];

export const complexities = ['TRIVIAL', 'SIMPLE', 'MODERATE', 'COMPLEX', 'VERY_COMPLEX'] as const;
export type Complexity = (typeof complexities)[number];

export const learningTypes = [
  'SUCCESS_PATTERN',
  'FAILURE_PATTERN',
  'OPTIMIZATION',
  'ERROR_RECOVERY',
  'TASK_STRATEGY',
  'BEST_PRACTICE',
] as const;
export type LearningType = (typeof learningTypes)[number];

export const confidences = ['LOW', 'MEDIUM', 'HIGH', 'VERY_HIGH'] as const;
export type Confidence = (typeof confidences)[number];

export const knowledgeTypes = [
  'SOLUTION',
  'WARNING',
  'DISCOVERY',
  'OPTIMIZATION',
  'BEST_PRACTICE',
  'TECHNIQUE',
] as const;
export type KnowledgeType = (typeof knowledgeTypes)[number];

export const priorities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Priority = (typeof priorities)[number];

export const knowledgeStates = ['EXPERIMENTAL', 'VALIDATED', 'DEPRECATED', 'ARCHIVED'] as const;
export type KnowledgeState = (typeof knowledgeStates)[number];

/**
 * Whose words a piece of knowledge holds: an agent's or a file's (`untrusted`), Journeyman's own about what it
 * measured (`derived`), or a person's (`trusted`).
 */
export const trustLevels = ['untrusted', 'derived', 'trusted'] as const;
export type Trust = (typeof trustLevels)[number];

/** What knowledge can come from. */
export const sourceKinds = ['task', 'agent', 'learning', 'import', 'person'] as const;
export type SourceKind = (typeof sourceKinds)[number];

export const defaultChannels = [
  'general',
  'solutions',
  'warnings',
  'optimizations',
  'code',
  'testing',
  'debugging',
] as const;

export const optimizationTypes = [
  'EXECUTION_SPEED',
  'ITERATION_REDUCTION',
  'ERROR_REDUCTION',
  'RESOURCE_EFFICIENCY',
  'AGENT_SELECTION',
  'PARALLEL_EXECUTION',
  'CACHING',
] as const;
export type OptimizationType = (typeof optimizationTypes)[number];

/** Who says how a task went, least trusted first. */
export const outcomeSources = ['agent', 'system', 'verifier', 'human'] as const;
export type OutcomeSource = (typeof outcomeSources)[number];

/** `full` looks up and records, `record-only` withholds every lesson, `off` does neither. */
export const learningModes = ['full', 'record-only', 'off'] as const;
export type LearningMode = (typeof learningModes)[number];

/** How an execution ended, as its record says. */
export const endings = ['completed', 'failed', 'timeout', 'cancelled', 'terminated'] as const;
export type Ending = (typeof endings)[number];
