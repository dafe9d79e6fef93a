/** `journeyman strategy what-if`: what another policy would have come to. */
import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { InteractionScan } from '../learning/scan-interactions.js';
import { loggedChoices } from '../recording/logged-choices.js';
import { InvalidInputError } from '../shared/errors.js';
import { parsePolicy } from '../strategy/what-if/parse-policy.js';
import type { TargetPolicy } from '../strategy/what-if/policy.js';
import { whatIf } from '../strategy/what-if/what-if.js';
import { collect } from './arguments.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { printJson, printLine } from './print.js';
import { withStore } from './servers.js';
import { whatIfText } from './what-if-table.js';

interface WhatIfOptions {
  policy: string[];
  since?: Date;
  category?: string;
}

export function whatIfCommand(): Command {
  return addCommonOptions(new Command('what-if'))
    .summary('estimate what another policy would have come to')
    .description(
      'Estimates from the log the success, cost and time that another policy would have had on the logged tasks.',
    )
    .requiredOption('--policy <policy>', 'see below; several are compared', collect)
    .option('--since <when>', 'only tasks that ended since, e.g. 2026-01-31 or 30d', parseSince)
    .option('--category <name>', 'only this category')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { policy, since, category } = command.optsWithGlobals<WhatIfOptions>();
      const policies: TargetPolicy[] = [];
      for (const text of policy) policies.push(await parsePolicy(text, readPolicyFile));
      const context = await commandContext(command);
      const scan: InteractionScan = {
        ...(since === undefined ? {} : { since }),
        ...(category === undefined ? {} : { category }),
      };
      const report = await withStore(context, (store) =>
        whatIf(policies, loggedChoices(store, context.tenant, scan)),
      );
      if (context.json)
        printJson({ since: since?.toISOString() ?? null, category: category ?? null, ...report });
      else printLine(whatIfText(report));
    });
}

const HELP = `
Policies:
  always <plan>           one plan, e.g. "always single(code)"
  greedy                  the plan that was expected to succeed most
  cheapest                the plan that was expected to cost least
  within <usd>            the most expected of the plans that were expected to cost at most that
  uniform                 every plan that was offered, with the same chance
  by-category <file.json> a plan, or chances of plans, for each category; "*" stands for all others, e.g.
                          {"debugging": "single(code)", "*": {"single(code)": 0.8, "single(fast)": 0.2}}

Examples:
  journeyman strategy what-if --policy "always single(code)"
  journeyman strategy what-if --policy greedy --policy "within 0.05" --since 30d
  journeyman strategy what-if --policy "by-category routes.json" --category debugging --json

Only choices that chance took are used, each with the chance that was logged for it. Estimated is what the policy
would have come to on these very tasks: doubly robust, with 95% intervals that hold although the log was made by a
policy that learns. The sample is the number of tasks that the policy would have to run itself to tell as much;
below 30 it is not answerable.`;

const readPolicyFile = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'it cannot be read';
    throw new InvalidInputError('policy by-category', file, `a readable file (${code})`);
  }
};

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A date, a time, or how long ago. */
export function parseSince(text: string): Date {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined)
    return new Date(Date.now() - Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  const date = /^\d{4}-\d{2}-\d{2}(T.+)?$/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(date.getTime()))
    throw new InvalidArgumentError(
      'Allowed is a date (2026-01-31), a time (2026-01-31T08:00Z) or an age (12h, 30d, 6w).',
    );
  return date;
}
