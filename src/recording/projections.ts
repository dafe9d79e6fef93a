/** All counter collections, with the dimensions that tell their counters apart. */
import { KNOWLEDGE_USAGE, LEARNING_USAGE, TOTALS } from '../evidence/usage.js';
import { PATTERNS } from '../learning/patterns.js';
import { STATISTICS } from '../performance/statistics.js';
import { ARMS } from '../strategy/arms.js';

export interface Projection {
  collection: string;
  dimensions: readonly string[];
  /** Filled by maintenance some time after the recording. */
  lags: boolean;
}

export const projections: readonly Projection[] = [
  { collection: STATISTICS, dimensions: ['agentType', 'category', 'strategy', 'day'], lags: false },
  { collection: ARMS, dimensions: ['plan', 'category', 'day'], lags: false },
  { collection: LEARNING_USAGE, dimensions: ['id', 'version'], lags: false },
  { collection: KNOWLEDGE_USAGE, dimensions: ['id', 'version'], lags: false },
  { collection: TOTALS, dimensions: ['learning', 'ending'], lags: false },
  { collection: PATTERNS, dimensions: ['kind', 'group', 'action'], lags: true },
];
