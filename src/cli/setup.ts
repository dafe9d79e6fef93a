/** `journeyman setup`: makes servers ready for tasks. */
import { Command } from 'commander';
import { setUpSchedules, setUpSearchAttributes, setUpStore } from '../setup.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { printJson, printLine } from './print.js';
import { openTemporal, withStore } from './servers.js';

export function setupCommand(): Command {
  return addCommonOptions(new Command('setup'))
    .summary('make servers ready for tasks, and end')
    .description(
      "Creates what tasks need where it is missing: MongoDB's indexes, Temporal's search attributes and the " +
        "tenant's maintenance schedules. Harmless to repeat.",
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman setup
  TEMPORAL_ADDRESS=temporal:7233 JOURNEYMAN_MONGODB_URI=mongodb://mongodb/?replicaSet=rs0 journeyman setup --tenant acme`,
    )
    .action(async (_options: object, command: Command) => {
      const context = await commandContext(command);
      await withStore(context, async (store, { config }) => {
        const client = await openTemporal(config);
        try {
          await setUpStore(store);
          const registered = await setUpSearchAttributes(client.connection, client.options.namespace);
          await setUpSchedules(client, context.tenant, config.temporal.taskQueue);
          if (context.json) return printJson({ tenant: context.tenant, registered });
          printLine(
            `Ready: indexes, search attributes (${registered.length} new) and schedules of tenant ${context.tenant}`,
          );
        } finally {
          await client.connection.close();
        }
      });
    });
}
