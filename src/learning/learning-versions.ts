/** Every version of every learning, so that what an agent read can be told word by word later. */
import type { ClientSession, Document } from 'mongodb';
import type { CollectionIndexes } from '../store/indexes.js';
import type { Store } from '../store/store.js';
import type { Learning, ShownLearning } from './learning.js';

/** A learning as it was in one version. */
export interface LearningVersion extends ShownLearning, Document {
  /** `<tenant>|<id>|<version>` */
  _id: string;
  tenant: string;
}

const LEARNING_VERSIONS = 'learningVersions';
export const learningVersions = (store: Store) => store.collection<LearningVersion>(LEARNING_VERSIONS);

export const learningVersionIndexes: CollectionIndexes = {
  collection: LEARNING_VERSIONS,
  indexes: [{ key: { tenant: 1, id: 1, version: 1 } }],
};

/** Keeps learnings as they are now, within the transaction that makes them so; the same version again changes nothing. */
export async function keepVersions(
  store: Store,
  changed: readonly Learning[],
  session: ClientSession,
): Promise<void> {
  if (changed.length === 0) return;
  await learningVersions(store).bulkWrite(
    changed.map((learning) => {
      const { _id, ...version } = versionOf(learning);
      return { replaceOne: { filter: { _id }, replacement: version, upsert: true } };
    }),
    { session, ordered: false },
  );
}

/** What is kept of a learning: what its lesson is made of. */
function versionOf(learning: Learning): LearningVersion {
  const { tenant, id, version, type, title, condition, advice } = learning;
  const { confidence, state, stated, signature, action, control } = learning;
  return {
    _id: `${tenant}|${id}|${version}`,
    ...{ tenant, id, version, type, title, condition, advice },
    ...{ confidence, state, stated, signature, action, control },
  };
}
