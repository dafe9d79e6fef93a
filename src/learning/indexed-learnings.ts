/** How learnings are searched. */
import type { IndexedCollection } from '../retrieval/indexed-collection.js';
import { confidences } from '../shared/terms.js';
import { LEARNINGS, type Learning } from './learning.js';

export const indexedLearnings: IndexedCollection<Learning> = {
  name: LEARNINGS,
  textField: 'text',
  textOf: ({ title, text }) => `${title}\n${text}`,
  facets: {
    type: { field: 'type', kind: 'keyword' },
    state: { field: 'state', kind: 'keyword' },
    confidence: { field: 'confidence', kind: 'rank', ranks: confidences },
    category: { field: 'category', kind: 'keyword', keyed: true },
    signature: { field: 'signature', kind: 'keyword', keyed: true },
    agentTypes: { field: 'agentTypes', kind: 'keyword' },
    disabled: { field: 'control.disabled', kind: 'flag' },
  },
  order: 'weight',
  // A matching word counts up to 1.1, and less in a longer text: one common word is not enough, two are.
  leastTextScore: 1,
};
