/** `journeyman learnings history`: what people did to learnings. */
import { Command } from 'commander';
import type { LearningAct } from '../learning/control-log.js';
import { parseLimit } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { moment, plain } from './format.js';
import { withLearnings } from './learnings-engine.js';
import { printJson, printTable } from './print.js';

export function historyCommand(): Command {
  return addCommonOptions(new Command('history'))
    .summary('list what people did to learnings, and why')
    .description(
      'Lists who disabled, pinned, edited, added or imported what, when and why; the newest first.',
    )
    .argument('[id]', 'only of this learning')
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings history
  journeyman learnings history 3f2a9c0b1d4e5f60 --json`,
    )
    .action(async (id: string | undefined, { limit }: { limit: number }, command: Command) => {
      const { context, answer } = await withLearnings(command, (engine) => engine.history(id, limit));
      if (context.json) return printJson(answer);
      printTable(
        [
          { title: 'when' },
          { title: 'learning' },
          { title: 'act' },
          { title: 'by' },
          { title: 'version', align: 'right', spare: 0 },
          { title: 'what', flexible: true },
          { title: 'reason', flexible: true },
        ],
        answer.map((act) => [
          moment(act.at),
          act.learningId,
          act.act,
          plain(act.by),
          String(act.version),
          plain(whatText(act)),
          plain(act.reason ?? '-'),
        ]),
        id === undefined ? 'Nobody changed a learning yet.' : 'Nobody changed this learning yet.',
      );
    });
}

/** The words that an act put in or took back, or the file it read. */
function whatText({ act, after, file }: LearningAct): string {
  if (act === 'import') return file ?? '-';
  if (act !== 'edit' && act !== 'undo-edit') return '-';
  const edits = Object.entries(after.edits ?? {});
  return edits.length === 0 ? "the rule's words" : edits.map(([name, text]) => `${name}: ${text}`).join('; ');
}
