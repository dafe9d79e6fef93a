import { type CollectionIndexes, counterIndexes } from '../store/indexes.js';
import { CLAIMS } from './claims.js';
import { KNOWLEDGE_USAGE, LEARNING_USAGE, TOTALS } from './usage.js';

export const evidenceIndexes: CollectionIndexes[] = [
  counterIndexes(LEARNING_USAGE, 'id'),
  counterIndexes(KNOWLEDGE_USAGE, 'id'),
  counterIndexes(TOTALS, 'learning'),
  counterIndexes(CLAIMS, 'agentType'),
];
