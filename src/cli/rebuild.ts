/** `journeyman rebuild`: recomputes all statistics from the records. */
import { Command } from 'commander';
import { rebuild } from '../recording/rebuild.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { plain } from './format.js';
import { openLiveView } from './live-view.js';
import { printJson, printLine, printTable } from './print.js';
import { withStore } from './servers.js';

export function rebuildCommand(): Command {
  return addCommonOptions(new Command('rebuild'))
    .summary('recompute all statistics from the records')
    .description(
      "Recomputes the tenant's statistics from its interactions and later events, beside the live ones and " +
        'while recording goes on, then switches to them and says which differed.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman rebuild
  journeyman rebuild --tenant acme --json`,
    )
    .action(async (_options: object, command: Command) => {
      const context = await commandContext(command);
      const report = await withStore(context, async (store) => {
        const view = openLiveView();
        try {
          return await rebuild(store, context.tenant, ({ interactions, events }) => {
            const line = `${interactions} interactions and ${events} events taken in`;
            view.show([line], [line]);
          });
        } finally {
          view.close();
        }
      });
      if (context.json) return printJson(report);
      const { interactions, events, counters, changed } = report;
      printLine(
        `${interactions} interactions, ${events} events, ${counters} counters; ${changed.length} changed`,
      );
      if (changed.length === 0) return;
      printTable(
        [
          { title: 'projection' },
          { title: 'counter' },
          { title: 'was', flexible: true },
          { title: 'is', flexible: true },
        ],
        changed.map(({ projection, dimensions, live, rebuilt }) => [
          projection,
          plain(Object.values(dimensions).join(' ')),
          ...differing(live, rebuilt),
        ]),
        '',
      );
    });
}

/** The sums that differ, before and after. */
function differing(live: object, rebuilt: object): [string, string] {
  const before = live as Record<string, number>;
  const after = rebuilt as Record<string, number>;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => (before[name] ?? 0) !== (after[name] ?? 0),
  );
  const text = (sums: Record<string, number>): string =>
    names.map((name) => `${name} ${sums[name] ?? 0}`).join(', ');
  return [text(before), text(after)];
}
