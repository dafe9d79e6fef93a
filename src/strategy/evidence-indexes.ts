/** Indexes that reading what is known of plans goes by. */
import { followedIndexes } from '../store/followed-counters.js';
import { type CollectionIndexes, counterIndexes } from '../store/indexes.js';
import { ARMS } from './arms.js';
import { HANDOVERS } from './composition/handovers.js';
import { DURATIONS } from './durations.js';
import { EVIDENCE } from './evidence-rows.js';
import { preferenceIndexes } from './stored-preferences.js';
import { historyIndexes } from './task-history.js';

export const strategyIndexes: CollectionIndexes[] = [
  counterIndexes(ARMS, 'plan', 'category'),
  counterIndexes(EVIDENCE, 'slot'),
  counterIndexes(HANDOVERS, 'first'),
  {
    collection: 'counters',
    indexes: [
      {
        name: 'introduced',
        key: { tenant: 1, generation: 1, 'dimensions.plan': 1 },
        partialFilterExpression: { projection: EVIDENCE, 'sums.introduced': { $gt: 0 } },
      },
    ],
  },
  counterIndexes(DURATIONS, 'month'),
  ...historyIndexes,
  ...preferenceIndexes,
  followedIndexes,
];
