/** `journeyman feedback`: says how a task went, any time later. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkInput } from '../shared/check-input.js';
import { DEFAULT_BRANCH, readCiResult } from '../shared/ci-result.js';
import { InvalidInputError } from '../shared/errors.js';
import { type Feedback, feedbackSchema, feedbackSources } from '../shared/feedback.js';
import { type FeedbackResult, taskFeedback } from '../task-feedback.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { feedbackConnections } from './feedback-connections.js';
import { outcomeText, plain } from './format.js';
import { localUser } from './local-user.js';
import { printJson, printLine } from './print.js';
import { withStore } from './servers.js';
import { type CiTaken, takeCiResult } from './take-ci-result.js';

interface FeedbackOptions {
  success?: true;
  failure?: true;
  unknown?: true;
  score?: number;
  comment?: string;
  source: (typeof feedbackSources)[number];
  by?: string;
  execution?: string;
  ci?: string;
  branch: string;
  trailers?: true;
}

export function feedbackCommand(): Command {
  return addCommonOptions(new Command('feedback'))
    .summary('say how a task went, any time later')
    .description(
      'Takes in what a person, a verifier or a CI service says of a task. Statistics, selection, lessons and ' +
        'knowledge follow the most trusted word: human, verifier, system, and last the agent itself. A comment ' +
        'alone changes nothing. What is said of a task that still runs is applied when it is recorded.',
    )
    .argument('[task]', "the task's id")
    .addOption(new Option('--success', 'it succeeded').conflicts(['failure', 'unknown']))
    .addOption(new Option('--failure', 'it failed').conflicts(['success', 'unknown']))
    .addOption(new Option('--unknown', 'it is not known').conflicts(['success', 'failure']))
    .option('--score <0..1>', 'how well it went', parseScore)
    .option('--comment <text>', 'why')
    .addOption(new Option('--source <who>', 'whose word it is').choices(feedbackSources).default('human'))
    .option('--by <name>', 'who says so (default: user@host)')
    .option('--execution <id>', "only this execution (default: the task's latest)")
    .addOption(
      new Option('--ci <file>', "a CI webhook's payload instead; - reads stdin").conflicts([
        ...['success', 'failure', 'unknown', 'score', 'comment', 'source', 'by', 'execution'],
      ]),
    )
    .option('--branch <name>', 'with --ci: the name of the branches of tasks', DEFAULT_BRANCH)
    .option('--trailers', 'with --ci: the message of the commit may name the task, too')
    .addHelpText(
      'after',
      `
Examples:
  journeyman feedback greet-1 --failure --comment "the name is missing"
  journeyman feedback greet-1 --success --score 0.9 --by reviewer@example.org
  journeyman feedback greet-1 --failure --source verifier --by nightly-tests
  journeyman feedback --ci event.json`,
    )
    .action(async (taskId: string | undefined, options: FeedbackOptions, command: Command) => {
      const context = await commandContext(command);
      const { success, failure, unknown, score, comment, ci: file } = options;
      // Fails now, before a server is asked.
      if ([success, failure, unknown, score, comment, file].every((given) => given === undefined))
        throw new InvalidInputError(
          'feedback',
          'nothing',
          'at least one of --success, --failure, --unknown, --score and --comment',
        );
      const [feedback, ci] =
        options.ci === undefined
          ? [checkInput(feedbackSchema, feedbackOf(options)), null]
          : [null, readCiResult(await readPayload(options.ci), options)];
      if (ci === null && taskId === undefined)
        throw new InvalidInputError('task', undefined, 'the id of a task, or --ci');
      if (ci !== null && taskId !== undefined)
        throw new InvalidInputError('task', taskId, 'no task beside --ci, whose payload names it');
      const taken = await withStore(context, async (store, located): Promise<CiTaken> => {
        const connections = feedbackConnections(store, located);
        const give = (id: string, word: Feedback): Promise<FeedbackResult> =>
          taskFeedback(connections, located.tenant, id, word);
        try {
          if (ci !== null) return await takeCiResult(ci, give);
          return { done: 'taken', ...(await give(taskId ?? '', feedback)) };
        } finally {
          await connections.close();
        }
      });
      if (context.json) return printJson(taken);
      for (const line of takenLines(taken)) printLine(line);
    });
}

/** What was done, in lines. */
export function takenLines(taken: CiTaken): string[] {
  if (taken.done === 'ignored') return [`ignored: ${plain(taken.reason)}`];
  const { taskId, by, said, comment, state, repeated, before, after } = taken;
  const why = comment === undefined ? '' : `: ${plain(comment)}`;
  const lines = [`${plain(taskId)}: ${outcomeText(said)} says ${plain(by)}${why}`];
  if (repeated) return [...lines, 'taken in before; nothing was changed'];
  if (state === 'waiting' || before === null || after === null)
    return [...lines, 'the task is not recorded yet; this is applied when it is'];
  const changed = before.success !== after.success || before.source !== after.source;
  return [
    ...lines,
    changed ? `was ${outcomeText(before)}, is ${outcomeText(after)}` : `it stays ${outcomeText(after)}`,
  ];
}

function feedbackOf(options: FeedbackOptions): Feedback {
  const { success, failure, unknown, score, comment, source, by, execution } = options;
  return {
    ...(success && { success: true }),
    ...(failure && { success: false }),
    ...(unknown && { success: null }),
    ...(score !== undefined && { score }),
    ...(comment !== undefined && { comment }),
    ...(execution !== undefined && { executionId: execution }),
    source,
    by: by ?? localUser(),
  };
}

function parseScore(value: string): number {
  const score = Number(value);
  if (value.trim() === '' || !(score >= 0 && score <= 1))
    throw new InvalidArgumentError('Allowed is a number from 0 to 1.');
  return score;
}

async function readPayload(file: string): Promise<unknown> {
  let content: string;
  try {
    content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new InvalidInputError('--ci', file, `a file that can be read (${(error as Error).message})`);
  }
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    throw new InvalidInputError('--ci', file, `a file of JSON (${(error as Error).message})`);
  }
}
