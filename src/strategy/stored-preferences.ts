/** The preferences that a tenant's people decided on, as stored. */
import type { ClientSession } from 'mongodb';
import type { PlanPreference } from '../shared/plan-preference.js';
import type { CollectionIndexes } from '../store/indexes.js';
import { Remembered } from '../store/remembered.js';
import type { Store } from '../store/store.js';

interface PreferenceDocument extends PlanPreference {
  /** `<tenant>|<id>` */
  _id: string;
  tenant: string;
  since: Date;
}

const preferences = (store: Store) => store.collection<PreferenceDocument>('planPreferences');
const documentId = (tenant: string, id: string): string => `${tenant}|${id}`;

export const preferenceIndexes: CollectionIndexes[] = [
  { collection: 'planPreferences', indexes: [{ key: { tenant: 1, since: 1 } }] },
];

/** Milliseconds that a tenant's preferences are remembered for: every choice asks for them. */
const FRESH_MS = 2_000;
const remembered = new Remembered<PlanPreference[]>(FRESH_MS);

/** A tenant's preferences, the oldest first. A change takes up to two seconds to reach all workers. */
export function preferencesOf(store: Store, tenant: string, deadlineMs?: number): Promise<PlanPreference[]> {
  return remembered.of(store, tenant, () =>
    store.run(async (options) => {
      const found = await preferences(store).find({ tenant }, options).sort({ since: 1, _id: 1 }).toArray();
      return found.map(({ id, category, kind, instead, prefer }) => ({
        ...{ id, category, kind, instead, prefer },
      }));
    }, deadlineMs),
  );
}

/** Prefers from now on, within the transaction of the decision. The same id again replaces what it said. */
async function prefer(
  store: Store,
  tenant: string,
  preference: PlanPreference,
  session: ClientSession,
): Promise<void> {
  await preferences(store).replaceOne(
    { _id: documentId(tenant, preference.id), tenant },
    { tenant, ...preference, since: new Date() },
    { session, upsert: true },
  );
  remembered.forget(store, tenant);
}

/** Takes a preference back. @returns whether it stood */
async function drop(store: Store, tenant: string, id: string, session: ClientSession): Promise<boolean> {
  const { deletedCount } = await preferences(store).deleteOne(
    { _id: documentId(tenant, id), tenant },
    { session },
  );
  remembered.forget(store, tenant);
  return deletedCount > 0;
}

/** Where decisions on advice go that change which plans are chosen. */
export const planPreferences = { prefer, drop };
