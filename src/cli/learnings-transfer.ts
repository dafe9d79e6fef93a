/** `journeyman learnings export` and `import`: learnings as a file. */
import { Command } from 'commander';
import { addCommonOptions } from './common-options.js';
import { addByOptions } from './learnings-control.js';
import { actOptions, type ByOptions, withLearnings } from './learnings-engine.js';
import { printJson, printLine } from './print.js';

export function exportCommand(): Command {
  return addCommonOptions(new Command('export'))
    .summary('write all learnings to a JSON file')
    .description(
      'Writes all learnings, with their numbers and what people made of them, whole or not at all.',
    )
    .argument('<file>', 'where to write; what is there is replaced')
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings export learnings.json
  journeyman learnings export learnings.json --tenant acme`,
    )
    .action(async (file: string, _options: object, command: Command) => {
      const { context, answer } = await withLearnings(command, (engine) => engine.exportTo(file));
      if (context.json) return printJson({ file, exported: answer });
      printLine(`${answer} ${answer === 1 ? 'learning' : 'learnings'} written to ${file}`);
    });
}

export function importCommand(): Command {
  return addByOptions(addCommonOptions(new Command('import')))
    .summary('take learnings in from a JSON file')
    .description(
      'Takes in what "export" wrote, all or nothing; the same file again changes nothing. What the tenant observed ' +
        'itself stays as it is, and so does what its own people decided; imported numbers stand until there are own ones.',
    )
    .argument('<file>', 'what "journeyman learnings export" wrote')
    .addHelpText(
      'after',
      `
Examples:
  journeyman learnings import learnings.json
  journeyman learnings import learnings.json --tenant other --reason "from the pilot" --json`,
    )
    .action(async (file: string, options: ByOptions, command: Command) => {
      const acting = actOptions(options);
      const { context, answer } = await withLearnings(command, (engine) => engine.importFrom(file, acting));
      if (context.json) return printJson({ file, ...answer });
      const { imported, unchanged, superseded } = answer;
      printLine(`${imported} imported, ${unchanged} unchanged, ${superseded} left as observed here`);
    });
}
