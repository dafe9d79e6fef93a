import { DefaultLogger, Runtime } from '@temporalio/worker';

// Workers announce each change of their state; a failing test is easier to read without.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
});
