/** `journeyman knowledge history`, `diff`, `edit` and `restore`: the versions of an item. */
import { Command, Option } from 'commander';
import pc from 'picocolors';
import type { MeasuredItem } from '../knowledge/usage/usage.js';
import { type VersionDiff, versionDiff } from '../knowledge/versions/version-diff.js';
import { type KnowledgeType, knowledgeTypes, type Priority, priorities } from '../shared/terms.js';
import { collect, parseLargeCount, parseLimit } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { moment, plain } from './format.js';
import { addContentOptions, type ContentOptions, readContent } from './knowledge-input.js';
import { count } from './knowledge-lines.js';
import {
  actor,
  addBy,
  addByAndReason,
  type HandOptions,
  speakingId,
  wholeId,
  withKnowledge,
} from './knowledge-store.js';
import { printJson, printLine } from './print.js';
import { wrap } from './wrap.js';

const addItself = (command: Command): Command =>
  command.option('--itself', 'the item itself, although it was merged into another');

export function historyCommand(): Command {
  return addItself(addCommonOptions(new Command('history')))
    .summary('list the versions of an item: who, when, why, and what changed')
    .description(
      'Lists the versions of an item, the newest first, each with what it changed of the one before.',
    )
    .argument('<id>', "the item's id")
    .option('--limit <n>', 'at most so many, the newest', parseLimit, 20)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge history k_3f2a9c0b1d
  journeyman knowledge history k_3f2a9c0b1d --limit 3 --json`,
    )
    .action(async (given: string, options: { limit: number; itself?: true }, command: Command) => {
      const { limit } = options;
      const { context, answer } = await withKnowledge(command, async (knowledge) => {
        const id = await speakingId(knowledge, given, options);
        const { version } = await knowledge.base.get(id);
        // With the one before the first that is shown, which its difference is told from.
        const from = Math.max(1, version - limit);
        return knowledge.base.history(id, { from, limit: version - from + 1 });
      });
      const versions = answer
        .map((version, at) => {
          const before = answer[at - 1];
          return { ...version, diff: before === undefined ? null : versionDiff(before, version) };
        })
        .toReversed()
        .slice(0, limit);
      if (context.json) return printJson(versions);
      for (const { version, title, at, by, changes, restored, diff } of versions) {
        const back = restored === undefined ? '' : `, version ${restored} again`;
        printLine(`${pc.bold(`v${version}`)} ${moment(at)} by ${plain(by)}${back}: ${plain(changes)}`);
        printDiff(diff, `title: ${plain(title)}`);
      }
      const before = (versions.at(-1)?.version ?? 1) - 1;
      if (before > 0) printLine(pc.dim(`and ${count(before, 'version')} before`));
    });
}

export function diffCommand(): Command {
  return addItself(addCommonOptions(new Command('diff')))
    .summary('show how two versions of an item differ')
    .description('Shows how an item differs between two of its versions, one line a change.')
    .argument('<id>', "the item's id")
    .argument('<from>', 'number of one version', parseLargeCount)
    .argument('<to>', 'number of the other', parseLargeCount)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge diff k_3f2a9c0b1d 1 3
  journeyman knowledge diff k_3f2a9c0b1d 3 1 --json`,
    )
    .action(async (given: string, from: number, to: number, options: { itself?: true }, command: Command) => {
      const { context, answer } = await withKnowledge(command, async (knowledge) =>
        knowledge.base.diff(await speakingId(knowledge, given, options), from, to),
      );
      if (context.json) return printJson(answer);
      printDiff(answer, '');
    });
}

function printDiff(diff: VersionDiff | null, first: string): void {
  if (diff === null) return printLine(`  ${first}`);
  if (diff.lines.length === 0) return printLine(pc.dim('  nothing differs'));
  const { columns } = process.stdout;
  for (const line of diff.lines)
    for (const [at, part] of wrap(plain(line), columns === undefined ? undefined : columns - 4).entries())
      printLine(`  ${at === 0 ? '' : '  '}${part}`);
}

interface EditOptions extends ContentOptions {
  title?: string;
  type?: KnowledgeType;
  category?: string;
  priority?: Priority;
  tag?: string[];
  because: string;
  expectedVersion?: number;
  by?: string;
}

export function editCommand(): Command {
  return addBy(addContentOptions(addCommonOptions(new Command('edit'))))
    .summary('make a new version of an item')
    .description(
      'Makes a new version; what is left out stays as it is. Another title or content has to prove itself anew: the ' +
        'item goes back to EXPERIMENTAL. Earlier versions are kept ("restore" brings one back).',
    )
    .argument('<id>', "the item's id")
    .requiredOption('--because <text>', 'what changes and why; kept with the version')
    .option('--title <text>', 'its title')
    .addOption(new Option('--type <type>', 'what it is').choices(knowledgeTypes))
    .option('--category <name>', 'tasks of this category')
    .addOption(new Option('--priority <priority>', 'how urgent it is').choices(priorities))
    .option('--tag <tag>', 'its tags, in place of those it has; may be repeated', collect)
    .option('--expected-version <n>', 'only if the item is at this version still', parseLargeCount)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge edit k_3f2a9c0b1d --title "Take the lock first" --because "shorter"
  journeyman knowledge edit k_3f2a9c0b1d --content-file lock.md --because "new tool" --expected-version 3`,
    )
    .action(async (given: string, options: EditOptions, command: Command) => {
      const { title, type, category, priority, tag, because, expectedVersion, by } = options;
      const content = await readContent(options, { fromStdin: false });
      const { context, answer } = await withKnowledge(command, async (knowledge) => {
        const id = await wholeId(knowledge, given);
        const before = await knowledge.base.get(id);
        const item = await knowledge.base.updateKnowledge(id, {
          ...{ changes: because, by: actor(by) },
          ...(content === undefined ? {} : { newContent: content }),
          ...(title === undefined ? {} : { title }),
          ...(type === undefined ? {} : { type }),
          ...(category === undefined ? {} : { category }),
          ...(priority === undefined ? {} : { priority }),
          ...(tag === undefined ? {} : { tags: tag }),
          ...(expectedVersion === undefined ? {} : { expectedVersion }),
        });
        return { changed: item.version !== before.version, item };
      });
      if (context.json) return printJson(answer);
      printLine(versionLine(answer, 'is edited', 'says so already; nothing was changed'));
    });
}

interface RestoreOptions extends HandOptions {
  version: number;
  expectedVersion?: number;
}

export function restoreCommand(): Command {
  return addByAndReason(addCommonOptions(new Command('restore')))
    .summary('bring an old version back, as a new one')
    .description(
      'Makes a new version that says what an earlier one said. What that one had proved counts again. ("unarchive" and ' +
        '"restore-pruned" bring items back that were put away.)',
    )
    .argument('<id>', "the item's id")
    .requiredOption('--version <n>', 'number of the version to bring back', parseLargeCount)
    .option('--expected-version <n>', 'only if the item is at this version still', parseLargeCount)
    .addHelpText(
      'after',
      `
Examples:
  journeyman knowledge restore k_3f2a9c0b1d --version 2 --reason "the edit was wrong"`,
    )
    .action(async (given: string, options: RestoreOptions, command: Command) => {
      const { version, reason, expectedVersion, by } = options;
      const { context, answer } = await withKnowledge(command, async (knowledge) => {
        const id = await wholeId(knowledge, given);
        const before = await knowledge.base.get(id);
        const item = await knowledge.base.restoreVersion(id, version, {
          ...{ by: actor(by), reason },
          ...(expectedVersion === undefined ? {} : { expectedVersion }),
        });
        return { changed: item.version !== before.version, item };
      });
      if (context.json) return printJson(answer);
      printLine(
        versionLine(
          answer,
          `says again what version ${version} said`,
          'says so already; nothing was changed',
        ),
      );
    });
}

const versionLine = (
  { changed, item }: { changed: boolean; item: MeasuredItem },
  done: string,
  already: string,
): string =>
  `${item.id} "${plain(item.title)}" ${changed ? `${done}; version ${item.version}, ${item.state}` : already}`;
