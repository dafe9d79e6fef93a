/** Journeyman's worker as a process of its own, so that a test can kill it. Started by `killableWorker`. */
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { parseConfig } from '../../src/config.js';
import { openStore } from '../../src/store/store.js';
import { createWorker } from '../../src/worker.js';
import type { WorkerProcessSettings } from './killable-worker.js';

const settings = JSON.parse(process.env['WORKER_SETTINGS'] ?? '') as WorkerProcessSettings;
// The test's end of the pipe closes with the test, however that ends.
process.stdin.on('end', () => process.exit()).resume();
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
});
const worker = await createWorker({
  config: parseConfig(settings.config, 'test.config.json'),
  store: openStore({ uri: settings.mongoUri, database: settings.database }),
  connection: await NativeConnection.connect({ address: settings.temporalAddress }),
  namespace: 'default',
});
process.stdout.write('ready\n');
await worker.run();
