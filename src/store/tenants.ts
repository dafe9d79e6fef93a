/** A tenant's own settings. */
import type { LearningMode } from '../shared/terms.js';
import { Remembered } from './remembered.js';
import { isUnavailable, type Store } from './store.js';

interface TenantSettings {
  /** The tenant. */
  _id: string;
  learning?: LearningMode;
}

const tenants = (store: Store) => store.collection<TenantSettings>('tenants');

/** Milliseconds that a tenant's settings are remembered for: every task asks for them. */
const FRESH_MS = 2_000;
const remembered = new Remembered<TenantSettings | null>(FRESH_MS);

/**
 * The tenant's learning mode, or the given one where the tenant has none or the store is away. A change takes
 * up to two seconds to reach all workers.
 */
export async function learningModeOf(
  store: Store,
  tenant: string,
  configured: LearningMode,
  deadlineMs: number,
): Promise<LearningMode> {
  try {
    const settings = await remembered.of(store, tenant, () =>
      store.run((options) => tenants(store).findOne({ _id: tenant }, options), deadlineMs),
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
  // Only now: a look-up during the write would have remembered what it replaces.
  remembered.forget(store, tenant);
}
