/** `journeyman learnings show`: one learning with its numbers, evidence and history. */
import { Command } from 'commander';
import { toLesson } from '../learning/learning.js';
import { parseLimit } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { withLearnings } from './learnings-engine.js';
import { describeLearning, publicLearning } from './learnings-lines.js';
import { printJson, printLine } from './print.js';

export function showLearningCommand(): Command {
  return addCommonOptions(new Command('show'))
    .summary('show one learning: what it says, what it stands on, who changed it')
    .description(
      'Shows what a learning says and to whom it applies, how runs went with it and without it, what showing it is ' +
        'worth, the executions that speak for and against it, and what people did to it.',
    )
    .argument('<id>', "the learning's id")
    .option('--limit <n>', 'at most so many executions of each side', parseLimit, 100)
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings show 3f2a9c0b1d4e5f60
  journeyman learnings show 3f2a9c0b1d4e5f60 --json`,
    )
    .action(async (id: string, { limit }: { limit: number }, command: Command) => {
      const { context, answer } = await withLearnings(command, async (engine) => {
        const learning = await engine.get(id);
        const [evidence, trace, history] = await Promise.all([
          engine.evidence(id, limit),
          engine.trace(id, 1),
          engine.history(id, limit),
        ]);
        return { learning, evidence, trace, history };
      });
      const { learning, evidence, trace, history } = answer;
      if (context.json)
        return printJson({
          ...publicLearning(learning),
          lesson: toLesson(learning),
          evidence,
          usage: trace.counts,
          lift: trace.lift,
          history,
        });
      for (const line of describeLearning(learning, evidence, trace, history)) printLine(line);
    });
}
