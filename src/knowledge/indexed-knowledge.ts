/** How knowledge is searched. */
import type { IndexedCollection } from '../retrieval/indexed-collection.js';
import { priorities } from '../shared/terms.js';
import { KNOWLEDGE, type KnowledgeDocument } from './collections.js';

export const indexedKnowledge: IndexedCollection<KnowledgeDocument> = {
  name: KNOWLEDGE,
  textField: 'text',
  textOf: ({ text }) => text,
  facets: {
    type: { field: 'type', kind: 'keyword' },
    state: { field: 'state', kind: 'keyword' },
    priority: { field: 'priority', kind: 'rank', ranks: priorities },
    tags: { field: 'tags', kind: 'keyword' },
    channel: { field: 'channel', kind: 'keyword' },
    category: { field: 'category', kind: 'keyword' },
    trust: { field: 'trust', kind: 'keyword' },
  },
  order: 'votes',
  leastTextScore: 0,
};
