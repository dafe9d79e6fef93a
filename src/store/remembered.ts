/** What every task asks of its tenant, and what seldom changes: asked once in a while instead. */
import type { Store } from './store.js';

interface Entry<T> {
  value: Promise<T>;
  /** On the monotonic clock. */
  until: number;
}

/** Remembers one value a tenant for a stated time; one of these for each kind of value. */
export class Remembered<T> {
  private readonly byStore = new WeakMap<Store, Map<string, Entry<T>>>();

  /** @param freshMs milliseconds that an answer is given again */
  constructor(private readonly freshMs: number) {}

  /** The tenant's value, asked where none is remembered. What failed is asked anew. */
  of(store: Store, tenant: string, ask: () => Promise<T>): Promise<T> {
    const byTenant = this.byStore.get(store) ?? new Map<string, Entry<T>>();
    this.byStore.set(store, byTenant);
    const known = byTenant.get(tenant);
    if (known !== undefined && known.until > performance.now()) return known.value;
    const entry: Entry<T> = { value: ask(), until: performance.now() + this.freshMs };
    byTenant.set(tenant, entry);
    entry.value.catch(() => {
      if (byTenant.get(tenant) === entry) byTenant.delete(tenant);
    });
    return entry.value;
  }

  /** Makes the next call of {@link of} ask anew. */
  forget(store: Store, tenant: string): void {
    this.byStore.get(store)?.delete(tenant);
  }
}
