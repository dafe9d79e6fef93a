/** `journeyman performance show`: all of one recommendation. */
import { Command } from 'commander';
import { addCommonOptions } from './common-options.js';
import { recommendationText } from './performance-advice.js';
import { withPerformance } from './performance-optimizer.js';
import { printJson, printLine } from './print.js';

export function showRecommendationCommand(): Command {
  return addCommonOptions(new Command('show'))
    .argument('<id>', "the recommendation's id")
    .summary('why a recommendation stands, what to do, and what came of it')
    .description('Shows one recommendation with the figures it stands on and all that was decided on it.')
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance show AGENT_SELECTION:coder:api_development
  journeyman performance show CACHING:coder:testing --json`,
    )
    .action(async (id: string, _options: object, command: Command) => {
      const { context, answer } = await withPerformance(command, (optimizer) =>
        optimizer.getRecommendation(id),
      );
      if (context.json) return printJson(answer);
      printLine(recommendationText(answer));
    });
}
