/** Items of earlier versions: they lack the words that MongoDB's text index reads now. */
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { Store } from '../store/store.js';
import type { KnowledgeDocument } from './collections.js';
import { tellingWords } from './telling-words.js';

const BATCH = 500;
const DEADLINE_MS = 60_000;

type Lacking = Pick<KnowledgeDocument, '_id' | 'title' | 'tags' | 'category' | 'text'>;

/** Gives all items their words, those of all tenants. Broken off, it goes on with those that still lack them. */
export async function fillWords(store: Store, items: Collection<KnowledgeDocument>): Promise<void> {
  const projection = { title: 1, tags: 1, category: 1, text: 1 };
  let after = '';
  for (;;) {
    const lacking: Lacking[] = await store.run(
      (options) =>
        items
          .find({ _id: { $gt: after }, words: { $exists: false } }, { ...options, projection })
          .sort({ _id: 1 })
          .limit(BATCH)
          .toArray(),
      DEADLINE_MS,
    );
    const last = lacking.at(-1);
    if (last === undefined) return;
    const filled = lacking.map(
      (item): AnyBulkWriteOperation<KnowledgeDocument> => ({
        updateOne: {
          // What was edited meanwhile has other words.
          filter: { _id: item._id, text: item.text, words: { $exists: false } },
          update: { $set: { words: tellingWords(item, item.text) } },
        },
      }),
    );
    await store.run((options) => items.bulkWrite(filled, { ordered: false, ...options }), DEADLINE_MS);
    after = last._id;
  }
}
