/** Records the newest of the histories that the replay test replays: `npm run histories`. Older ones are left. */
import path from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startLocalServers } from '../src/embedded/index.js';
import { NEWEST } from '../test/replay/keep-history.js';
import { recordHistories } from '../test/replay/record-histories.js';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
});
const servers = await startLocalServers({
  dataDir: null,
  // Servers of its own, whatever the environment names: the recorded tasks are made up.
  env: { ...process.env, TEMPORAL_ADDRESS: undefined, JOURNEYMAN_MONGODB_URI: undefined },
});
const folder = path.join(import.meta.dirname, '..', 'test', 'replay', 'histories', NEWEST);
try {
  const names = await recordHistories(
    { mongoUri: servers.mongo.uri, temporalAddress: servers.temporal.address },
    folder,
  );
  console.log(`${names.length} histories in ${folder}`);
} finally {
  await servers.stop();
}
