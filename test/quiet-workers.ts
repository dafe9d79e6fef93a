/**
 * To be imported, before any other module of the tests, by what runs Temporal workers in a test's own process: they
 * announce each change of their state, and a failing test is easier to read without. The module behind it takes a
 * while to load, so files that run no worker do without.
 */
import { DefaultLogger, Runtime } from '@temporalio/worker';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
});
