/** All projections that are counters, with the dimensions that tell their counters apart. */
import { CLAIMS } from '../evidence/claims.js';
import { KNOWLEDGE_USAGE, LEARNING_USAGE, TOTALS } from '../evidence/usage.js';
import { STATISTICS } from '../performance/statistics.js';
import { ARM_DIMENSIONS, ARMS } from '../strategy/arms.js';
import { HANDOVERS } from '../strategy/composition/handovers.js';
import { DURATIONS, durationDimensions } from '../strategy/durations.js';
import { EVIDENCE, EVIDENCE_DIMENSIONS } from '../strategy/evidence-rows.js';

export interface Projection {
  name: string;
  dimensions: readonly string[];
}

export const projections: readonly Projection[] = [
  { name: STATISTICS, dimensions: ['agentType', 'category', 'strategy', 'day'] },
  { name: ARMS, dimensions: ARM_DIMENSIONS },
  { name: EVIDENCE, dimensions: EVIDENCE_DIMENSIONS },
  { name: HANDOVERS, dimensions: ['first', 'then', 'category'] },
  { name: DURATIONS, dimensions: durationDimensions },
  { name: CLAIMS, dimensions: ['agentType', 'category', 'day'] },
  { name: LEARNING_USAGE, dimensions: ['id', 'version'] },
  { name: KNOWLEDGE_USAGE, dimensions: ['id', 'version'] },
  { name: TOTALS, dimensions: ['learning', 'ending'] },
];
