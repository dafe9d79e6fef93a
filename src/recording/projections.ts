/** All projections that are counters, with the dimensions that tell their counters apart. */
import { CLAIMS } from '../evidence/claims.js';
import { KNOWLEDGE_USAGE, LEARNING_USAGE, TOTALS } from '../evidence/usage.js';
import { PATTERNS } from '../learning/patterns.js';
import { STATISTICS } from '../performance/statistics.js';
import { ARM_DIMENSIONS, ARMS } from '../strategy/arms.js';
import { HANDOVERS } from '../strategy/composition/handovers.js';
import { DURATIONS, durationDimensions } from '../strategy/durations.js';
import { EVIDENCE, EVIDENCE_DIMENSIONS } from '../strategy/evidence-rows.js';

export interface Projection {
  name: string;
  dimensions: readonly string[];
  /** Filled by maintenance some time after the recording. */
  lags: boolean;
}

export const projections: readonly Projection[] = [
  { name: STATISTICS, dimensions: ['agentType', 'category', 'strategy', 'day'], lags: false },
  { name: ARMS, dimensions: ARM_DIMENSIONS, lags: false },
  { name: EVIDENCE, dimensions: EVIDENCE_DIMENSIONS, lags: false },
  { name: HANDOVERS, dimensions: ['first', 'then', 'category'], lags: false },
  { name: DURATIONS, dimensions: durationDimensions, lags: false },
  { name: CLAIMS, dimensions: ['agentType', 'category', 'day'], lags: false },
  { name: LEARNING_USAGE, dimensions: ['id', 'version'], lags: false },
  { name: KNOWLEDGE_USAGE, dimensions: ['id', 'version'], lags: false },
  { name: TOTALS, dimensions: ['learning', 'ending'], lags: false },
  { name: PATTERNS, dimensions: ['kind', 'group', 'action'], lags: true },
];
