/** Keeps Temporal's own log to errors. Called before the first connection of a worker is made. */
import { DefaultLogger, Runtime } from '@temporalio/worker';

export function quiet() {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
    // A signal ends the example at once; its agents end with it.
    shutdownSignals: [],
  });
}
