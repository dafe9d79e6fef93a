/** Indexes of the collections that the Performance Optimizer reads. */
import type { CollectionIndexes } from '../store/indexes.js';
import { recommendationIndexes } from './life/recommendation.js';
import { trackRecordIndexes } from './life/track-record.js';
import { statisticsIndexes } from './statistics/views.js';

export const performanceIndexes: CollectionIndexes[] = [
  ...recommendationIndexes,
  ...trackRecordIndexes,
  ...statisticsIndexes,
];
