/** What came of earlier promises, as stored: one a recommendation and round. */
import type { ClientSession } from 'mongodb';
import type { CollectionIndexes } from '../../store/indexes.js';
import type { Store } from '../../store/store.js';
import type { KeptOrNot } from './calibration.js';
import type { Recommendation } from './recommendation.js';

interface PromiseDocument extends KeptOrNot {
  /** `<tenant>|<recommendation>|<round>` */
  _id: string;
  tenant: string;
  recommendation: string;
  at: Date;
}

const promises = (store: Store) => store.collection<PromiseDocument>('measuredPromises');

export const trackRecordIndexes: CollectionIndexes[] = [
  { collection: 'measuredPromises', indexes: [{ key: { tenant: 1, type: 1, at: -1 } }] },
];

/** Promises that are remembered of a tenant: the newest say most of what promises are worth now. */
const MOST_REMEMBERED = 500;

/** A tenant's measured promises, the newest first. */
export async function readTrackRecord(
  store: Store,
  tenant: string,
  options: { session?: ClientSession; timeoutMS?: number } = {},
): Promise<KeptOrNot[]> {
  const found = await promises(store)
    .find({ tenant }, options)
    .sort({ at: -1, _id: 1 })
    .limit(MOST_REMEMBERED)
    .toArray();
  return found.map(({ type, promised, measured, verdict }) => ({ type, promised, measured, verdict }));
}

/** Keeps what came of a promise, in the transaction that says so. */
export async function keepMeasured(
  store: Store,
  tenant: string,
  { id, round }: Pick<Recommendation, 'id' | 'round'>,
  kept: KeptOrNot,
  session: ClientSession,
): Promise<void> {
  await promises(store).replaceOne(
    { _id: `${tenant}|${id}|${round}`, tenant },
    { tenant, recommendation: id, at: new Date(), ...kept },
    { session, upsert: true },
  );
}
