/** A database that a test file has for itself, on the server that all share. */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { setUpStore } from '../../src/setup.js';
import { openStore, type Store } from '../../src/store/store.js';

/** Opens one that is empty but for its indexes. */
export async function openOwnStore(name: string): Promise<Store> {
  const database = `${name}_${randomUUID().slice(0, 8)}`;
  const store = openStore({ uri: inject('mongoUri'), database, deadlineMs: 20_000 });
  await setUpStore(store);
  return store;
}

export async function dropOwnStore(store: Store): Promise<void> {
  await store.db.dropDatabase();
  await store.close();
}
