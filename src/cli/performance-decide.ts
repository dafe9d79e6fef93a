/** `journeyman performance accept`, `apply` and `dismiss`: people's decisions on recommendations. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { Recommendation } from '../performance/life/recommendation.js';
import type { PerformanceOptimizer } from '../performance/performance-optimizer.js';
import { addCommonOptions } from './common-options.js';
import { localUser } from './local-user.js';
import { printSentence } from './performance-lines.js';
import { withPerformance } from './performance-optimizer.js';
import { printJson, printLine } from './print.js';

interface DecideOptions {
  by?: string;
  reason?: string;
}

interface Wording {
  name: 'accept' | 'apply' | 'dismiss';
  summary: string;
  description: string;
  example: string;
  decide: (optimizer: PerformanceOptimizer, id: string, options: DecideOptions) => Promise<Recommendation>;
}

const who = ({ by, reason }: DecideOptions) => ({
  by: by ?? localUser(),
  ...(reason === undefined ? {} : { reason }),
});

const decisions: readonly Wording[] = [
  {
    name: 'accept',
    summary: 'follow a recommendation',
    description:
      'Accepts a recommendation. Where it is about who does which work, or about working at once, the choice of plans ' +
      'follows it from now on for 9 of 10 tasks, and what came of it is measured; everything else is for you to do: ' +
      'say "apply" when it is done.',
    example: '--reason "agreed in the weekly review"',
    decide: (optimizer, id, options) => optimizer.acceptRecommendation(id, who(options)),
  },
  {
    name: 'apply',
    summary: 'say that a recommendation is followed from now on',
    description:
      'Marks a recommendation as applied: what comes of it is measured from tomorrow on, against what was before.',
    example: '--reason "cache switched on"',
    decide: (optimizer, id, options) => optimizer.applyRecommendation(id, who(options)),
  },
  {
    name: 'dismiss',
    summary: 'do not follow a recommendation',
    description:
      'Dismisses a recommendation, with the reason. It does not come back unless it turns on something else, or surely ' +
      'promises more than it does now. What accepting it had changed is taken back.',
    example: '--reason "the expert is kept for incidents"',
    decide: (optimizer, id, options) =>
      optimizer.dismissRecommendation(id, { ...who(options), reason: options.reason ?? '' }),
  },
];

/** Tells what follows from a decision; commands stand alone and unbroken, to be copied. */
function printConsequences({ id, state, action, changes = [] }: Recommendation): void {
  for (const change of changes) printSentence(change);
  if (state === 'accepted') {
    printSentence(`to do: ${action}; once that is done:`);
    printLine(`  journeyman performance apply ${id}`);
  }
  if (state === 'applied') {
    printSentence('what comes of it is measured from tomorrow on:');
    printLine(`  journeyman performance show ${id}`);
    if (changes.length === 0) return;
    printSentence('to take it back:');
    printLine(`  journeyman performance dismiss ${id} --reason <text>`);
  }
  if (state === 'dismissed') printSentence('it comes back only with new evidence');
}

export const decideCommands = (): Command[] =>
  decisions.map(({ name, summary, description, example, decide }) => {
    const command = addCommonOptions(new Command(name))
      .argument('<id>', "the recommendation's id")
      .summary(summary)
      .description(description)
      .option('--by <name>', 'who decides so (default: user@host)')
      .addHelpText(
        'after',
        `
Examples:
  journeyman performance ${name} AGENT_SELECTION:coder:api_development${name === 'dismiss' ? ` ${example}` : ''}
  journeyman performance ${name} CACHING:coder:testing ${example}`,
      )
      .action(async (id: string, options: DecideOptions, command: Command) => {
        const { context, answer } = await withPerformance(command, (optimizer) =>
          decide(optimizer, id, options),
        );
        if (context.json) return printJson(answer);
        printSentence(`${answer.title}: ${answer.state}`, pc.bold);
        printConsequences(answer);
      });
    return name === 'dismiss'
      ? command.requiredOption('--reason <text>', 'why; whoever meets the advice again is told')
      : command.option('--reason <text>', 'why; kept in the log');
  });
