import { startLocalServers } from '../src/embedded/index.js';
import { openStore } from '../src/store/store.js';
import { setUpStore } from '../src/setup.js';
import { recordExecution } from '../src/recording/record-execution.js';
import { recordNumber } from './integration/recording-data.js';
const servers = await startLocalServers({ dataDir: null, env: {...process.env, TEMPORAL_ADDRESS: undefined} });
const store = openStore({ uri: servers.mongo.uri, database: 'b' });
await setUpStore(store);
for (const limit of [8, 200, 50, 16, 8, 4, 200, 50, 16, 8]) {
  const tenant = `t${limit}x${Math.random().toString(36).slice(2,6)}`;
  const queue = Array.from({ length: 200 }, (_, i) => i);
  const t0 = performance.now();
  await Promise.all(Array.from({ length: limit }, async () => {
    for (;;) { const i = queue.pop(); if (i === undefined) return; await recordExecution(store, recordNumber(tenant, i), undefined, 60_000); }
  }));
  console.log(limit, Math.round(performance.now() - t0));
}
await store.close(); await servers.stop();
