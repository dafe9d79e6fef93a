/** A tenant's own settings. */
import type { LearningMode } from '../shared/terms.js';
import { isUnavailable, type Store } from './store.js';

interface TenantSettings {
  /** The tenant. */
  _id: string;
  learning?: LearningMode;
}

const tenants = (store: Store) => store.collection<TenantSettings>('tenants');

/** Milliseconds that a tenant's settings are remembered for: every task asks for them. */
const FRESH_MS = 2_000;
const remembered = new WeakMap<
  Store,
  Map<string, { settings: Promise<TenantSettings | null>; until: number }>
>();

/** The tenant's learning mode, or the given one where the tenant has none or the store is away. A change takes up to two seconds to reach all workers. */
export async function learningModeOf(
  store: Store,
  tenant: string,
  configured: LearningMode,
  deadlineMs: number,
): Promise<LearningMode> {
  try {
    return (await settingsOf(store, tenant, deadlineMs))?.learning ?? configured;
  } catch (error) {
    if (isUnavailable(error)) return configured;
    throw error;
  }
}

function settingsOf(store: Store, tenant: string, deadlineMs: number): Promise<TenantSettings | null> {
  const known = remembered.get(store) ?? new Map();
  remembered.set(store, known);
  const entry = known.get(tenant);
  if (entry !== undefined && entry.until > performance.now()) return entry.settings;
  const settings = store.run((options) => tenants(store).findOne({ _id: tenant }, options), deadlineMs);
  known.set(tenant, { settings, until: performance.now() + FRESH_MS });
  // What failed is asked anew.
  settings.catch(() => known.delete(tenant));
  return settings;
}

/** Sets a tenant's learning mode; null returns it to the configuration's. */
export async function setLearningMode(
  store: Store,
  tenant: string,
  learning: LearningMode | null,
): Promise<void> {
  remembered.get(store)?.delete(tenant);
  await store.run((options) =>
    tenants(store).updateOne(
      { _id: tenant },
      learning === null ? { $unset: { learning: '' } } : { $set: { learning } },
      { upsert: true, ...options },
    ),
  );
}
