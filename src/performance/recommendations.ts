/** Recommendations as stored: one a type, agent and category, open while it holds. */

import { type CollectionIndexes, counterIndexes } from '../store/indexes.js';
import type { Store } from '../store/store.js';
import type { Finding } from './rules.js';
import { STATISTICS } from './statistics.js';

/** What could go better, and how much better it would be. */
export interface Recommendation extends Finding {
  /** `<type>:<agentType>:<category>` */
  id: string;
  state: 'open' | 'closed';
  updatedAt: Date;
}

export interface RecommendationDocument extends Recommendation {
  /** `<tenant>|<id>` */
  _id: string;
  tenant: string;
}

export const recommendations = (store: Store) => store.collection<RecommendationDocument>('recommendations');

export const performanceIndexes: CollectionIndexes[] = [
  {
    collection: 'recommendations',
    indexes: [{ key: { tenant: 1, state: 1, priority: -1 } }, { key: { tenant: 1, category: 1, state: 1 } }],
  },
  counterIndexes(STATISTICS, 'agentType', 'category'),
];

/** The same id for the same advice, so that a later run updates it. */
export const recommendationId = ({ type, agentType, category }: Finding): string =>
  [type, agentType, category].map(encodeURIComponent).join(':');
