import type { CollectionIndexes } from '../store/indexes.js';

export const recordingIndexes: CollectionIndexes[] = [
  {
    collection: 'interactions',
    indexes: [
      { key: { tenant: 1, endedAt: -1 } },
      { key: { tenant: 1, taskId: 1, endedAt: -1 } },
      { key: { tenant: 1, 'analysis.category': 1, endedAt: -1 } },
      { key: { tenant: 1, generations: 1, _id: 1 } },
    ],
  },
  {
    collection: 'events',
    indexes: [
      { key: { tenant: 1, taskId: 1 }, partialFilterExpression: { kind: 'waiting' } },
      // Two deliveries of the same at once: one of them is refused.
      {
        key: { tenant: 1, deliveryId: 1 },
        unique: true,
        partialFilterExpression: { deliveryId: { $exists: true } },
      },
    ],
  },
];
