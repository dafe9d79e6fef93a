/** The sample platform's worker, with learning, as a process of its own. Started by `killablePlatform`. */
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createPlatformWorker } from './worker-learning.js';

const [address, taskQueue] = process.argv.slice(2);
if (address === undefined || taskQueue === undefined) throw new Error('needs an address and a task queue');
// The test's end of the pipe closes with the test, however that ends.
process.stdin.on('end', () => process.exit()).resume();
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
});
const worker = await createPlatformWorker(await NativeConnection.connect({ address }), taskQueue);
process.stdout.write('ready\n');
await worker.run();
