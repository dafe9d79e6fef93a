/** A tenant's own settings. */
import type { LearningMode } from '../shared/terms.js';
import { isUnavailable, type Store } from './store.js';

interface TenantSettings {
  /** The tenant. */
  _id: string;
  learning?: LearningMode;
}

const tenants = (store: Store) => store.collection<TenantSettings>('tenants');

/** The tenant's learning mode, or the given one where the tenant has none or the store is away. */
export async function learningModeOf(
  store: Store,
  tenant: string,
  configured: LearningMode,
  deadlineMs: number,
): Promise<LearningMode> {
  try {
    const settings = await store.run(
      (options) => tenants(store).findOne({ _id: tenant }, options),
      deadlineMs,
    );
    return settings?.learning ?? configured;
  } catch (error) {
    if (isUnavailable(error)) return configured;
    throw error;
  }
}

/** Sets a tenant's learning mode; null returns it to the configuration's. */
export async function setLearningMode(
  store: Store,
  tenant: string,
  learning: LearningMode | null,
): Promise<void> {
  await store.run((options) =>
    tenants(store).updateOne(
      { _id: tenant },
      learning === null ? { $unset: { learning: '' } } : { $set: { learning } },
      { upsert: true, ...options },
    ),
  );
}
