/** The command line as a whole: its commands, and how a failure becomes a message and an exit code. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { approvalsCommand, approveCommand, rejectCommand } from './approve.js';
import { addCommonOptions } from './common-options.js';
import { demoCommand } from './demo.js';
import { evaluateCommand } from './evaluate.js';
import { feedbackCommand } from './feedback.js';
import { knowledgeCommand } from './knowledge.js';
import { learningsCommand } from './learnings.js';
import { maintainCommand } from './maintain.js';
import { modelsCommand } from './models.js';
import { performanceCommand } from './performance.js';
import { rebuildCommand } from './rebuild.js';
import { exitCodeOf, reportError } from './report-error.js';
import { runCommand } from './run.js';
import { setupCommand } from './setup.js';
import { showCommand } from './show.js';
import { strategyCommand } from './strategy.js';
import { tasksCommand } from './tasks.js';
import { upCommand } from './up.js';
import { webhookCommand } from './webhook.js';
import { workerCommand } from './worker.js';

/** Makes the program with all its commands. Its parse throws a CommanderError instead of exiting. */
export function createProgram(): Command {
  const program = addCommonOptions(new Command('journeyman'))
    .description('Durable learning for AI agents, on Temporal and MongoDB')
    .version(version())
    // Options after a command's name are the command's own.
    .enablePositionalOptions()
    .commandsGroup('Servers:');
  for (const command of [upCommand(), workerCommand(), setupCommand(), modelsCommand()])
    program.addCommand(command);
  program.commandsGroup('Tasks:');
  for (const command of [
    runCommand(),
    tasksCommand(),
    showCommand(),
    feedbackCommand(),
    webhookCommand(),
    approvalsCommand(),
    approveCommand(),
    rejectCommand(),
  ])
    program.addCommand(command);
  program.commandsGroup('What was learned:');
  for (const command of [learningsCommand(), knowledgeCommand(), performanceCommand(), strategyCommand()])
    program.addCommand(command);
  program.commandsGroup('Upkeep and proof:');
  for (const command of [maintainCommand(), rebuildCommand(), evaluateCommand(), demoCommand()])
    program.addCommand(command);
  program.helpCommand('help [command]', 'explain a command').addHelpText(
    'after',
    `
Examples:
  journeyman demo                          See it learn on real repair tasks, with nothing to set up
  journeyman up                            Keep Temporal and MongoDB running on this machine
  journeyman run "Fix the failing test" --agent fixer --verify "npm test"
  journeyman show <task>                   What was chosen for a task, and why

"journeyman <command> --help" explains a command. Exit codes: 0 done, 1 failed, 2 input that is not allowed.`,
  );
  throwInsteadOfExit(program);
  return program;
}

/**
 * Runs one command line.
 *
 * @param args the arguments after the program's name
 * @returns the exit code: 0 done, 1 failed, 2 input that is not allowed, 130 left by Ctrl-C
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    if (args.length === 0) {
      program.outputHelp();
      return 0;
    }
    await program.parseAsync([...args], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    // The parser has printed its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    reportError(error);
    return exitCodeOf(error);
  }
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.showHelpAfterError(`("${commandPath(command)} --help" explains what is allowed)`);
  for (const inner of command.commands) throwInsteadOfExit(inner);
}

const commandPath = (command: Command): string =>
  command.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`;

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
