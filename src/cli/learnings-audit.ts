/** `journeyman learnings audit`: which learnings are not worth keeping as they are. */
import { Command } from 'commander';
import pc from 'picocolors';
import { AUDIT_SETTINGS, type FindingKind, findingKinds } from '../learning/audit.js';
import { parseLargeCount } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { plain } from './format.js';
import { withLearnings } from './learnings-engine.js';
import { printJson, printLine } from './print.js';
import { wrap } from './wrap.js';

const colours: Record<FindingKind, (text: string) => string> = {
  duplicate: pc.yellow,
  contradicted: pc.red,
  'too vague': pc.yellow,
  stale: pc.dim,
  'never used': pc.dim,
};

export function auditCommand(): Command {
  return addCommonOptions(new Command('audit'))
    .summary('find learnings that are not worth keeping as they are')
    .description(
      'Looks through the learnings in use and names each that\n' +
        '  duplicate     says what another one says already, by its pattern or in its words\n' +
        '  contradicted  does harm where it is shown, is spoken against by what was observed, or by another one\n' +
        '  too vague     says neither when nor what, or holds for nearly every run anyway\n' +
        '  stale         has not been seen for long, although there were tasks\n' +
        '  never used    was offered to no task, or shown to many without any use\n' +
        'with the reason and what to do. It changes nothing.',
    )
    .option(
      '--stale-days <n>',
      'days of work without a sight of it that make a learning stale',
      parseLargeCount,
      AUDIT_SETTINGS.staleDays,
    )
    .option(
      '--unused-after <n>',
      'tasks after which it counts that none was offered it',
      parseLargeCount,
      AUDIT_SETTINGS.unusedAfter,
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings audit
  journeyman learnings audit --stale-days 30 --json`,
    )
    .action(async (settings: { staleDays: number; unusedAfter: number }, command: Command) => {
      const { staleDays, unusedAfter } = settings;
      const { context, answer } = await withLearnings(command, (engine) =>
        engine.audit({ staleDays, unusedAfter }),
      );
      if (context.json) return printJson(answer);
      const { inUse, counts, findings, duplicateShare } = answer;
      for (const { kind, learningId, title, reason, advice } of findings) {
        printLine(`${colours[kind](kind.padEnd(13))} ${pc.bold(learningId)} ${plain(title)}`);
        for (const line of wrap(`${plain(reason)}: ${advice}`, besideKind())) printLine(`${INDENT}${line}`);
      }
      if (findings.length > 0) printLine();
      const found = findingKinds.map((kind) => `${counts[kind]} ${kind}`).join(', ');
      printLine(`${inUse} in use: ${found}. Duplicates are ${(duplicateShare * 100).toFixed(1)}%.`);
    });
}

const INDENT = ' '.repeat(14);
const besideKind = (): number | undefined =>
  process.stdout.columns === undefined ? undefined : process.stdout.columns - INDENT.length;
