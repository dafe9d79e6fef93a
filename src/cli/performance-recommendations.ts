/** `journeyman performance recommendations`: what could go better, and what came of advice. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { HitRate } from '../performance/life/calibration.js';
import {
  type Recommendation,
  type RecommendationState,
  recommendationStates,
} from '../performance/life/recommendation.js';
import { InvalidInputError } from '../shared/errors.js';
import { parseLargeCount } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { plain, range, share } from './format.js';
import { adviceLines, measuredText, promiseOf, promiseText, standingText } from './performance-advice.js';
import { withPerformance } from './performance-optimizer.js';
import { type Column, printJson, printLine, printTable } from './print.js';
import { widest } from './wrap.js';

type AdviceColumn = Column & { cell: (one: Recommendation) => string };

const STATE = 'state';
const CAME = 'came (interval)';

const columns: readonly AdviceColumn[] = [
  { title: 'priority', align: 'right', cell: ({ priority }) => `${priority}/10` },
  { title: STATE, cell: standingText },
  { title: 'advice', flexible: true, cell: ({ title }) => plain(title) },
  { title: 'promises (90% interval)', cell: (one) => promiseText(promiseOf(one)) },
  { title: CAME, cell: ({ measured }) => (measured === undefined ? '-' : measuredText(measured)) },
  { title: 'id', cell: ({ id }) => id },
];

export function recommendationsCommand(): Command {
  return addCommonOptions(new Command('recommendations'))
    .summary('what could go better, how much better, and what came of advice')
    .description(
      'Lists recommendations by priority: each stands on a statistical rule that holds over all that was tested, with ' +
        'the improvement that it promises and its 90% interval. Advice that is applied is measured; how often ' +
        'promises of a kind were kept is shown below and makes later promises smaller or larger.',
    )
    .option('--agent <type>', 'only about this agent')
    .option('--min-priority <n>', 'of at least this priority, 1 to 10', parseLargeCount, 1)
    .option(
      '--state <names>',
      `in these states, with commas: ${recommendationStates.join(', ')}; or all`,
      'open',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance recommendations
  journeyman performance recommendations --min-priority 7 --agent coder
  journeyman performance recommendations --state applied,verified --json`,
    )
    .action(async (options: { agent?: string; minPriority: number; state: string }, command: Command) => {
      const states = statesOf(options.state);
      const { context, answer } = await withPerformance(command, async (optimizer) => ({
        recommendations: await optimizer.getRecommendations({
          minPriority: options.minPriority,
          states,
          ...(options.agent === undefined ? {} : { agentType: options.agent }),
        }),
        hitRates: await optimizer.hitRates(),
      }));
      if (context.json) return printJson(answer);
      const { recommendations, hitRates } = answer;
      if (recommendations.length === 0)
        printLine(
          pc.dim(
            states.includes('open') ? 'Nothing is known that could surely go better.' : 'There are none.',
          ),
        );
      else printAdvice(recommendations, states);
      if (recommendations.length > 0)
        printLine(pc.dim('\njourneyman performance show <id> says why, and what to do'));
      if (hitRates.length > 0) printHitRates(hitRates);
    });
}

/** Least of the advice that a table has to have room for. */
const LEAST_ADVICE = 40;
const GAP = 2;

/** A table where there is room for whole ids, since people copy them; else some lines each. */
function printAdvice(shown: readonly Recommendation[], states: readonly RecommendationState[]): void {
  const told = columns.filter(
    ({ title }) =>
      (title !== CAME || shown.some(({ measured }) => measured !== undefined)) &&
      (title !== STATE || states.length > 1 || states[0] === 'verified'),
  );
  const rows = shown.map((one) => told.map(({ cell }) => cell(one)));
  const needed = told.reduce((sum, { title, flexible, cell }) => {
    const own = widest([title, ...shown.map(cell)]);
    return sum + GAP + (flexible ? Math.min(own, LEAST_ADVICE) : own);
  }, -GAP);
  if (needed <= (process.stdout.columns ?? Number.POSITIVE_INFINITY)) printTable(told, rows, '');
  else for (const line of shown.flatMap(adviceLines)) printLine(line);
}

function printHitRates(rates: readonly HitRate[]): void {
  printLine(`\n${pc.bold('Promises that were measured')}`);
  printTable(
    [
      { title: 'kind' },
      { title: 'measured', align: 'right' },
      { title: 'kept', align: 'right' },
      { title: 'partly', align: 'right', spare: 3 },
      { title: 'broken', align: 'right', spare: 3 },
      { title: 'unclear', align: 'right', spare: 2 },
      { title: 'hit rate', align: 'right' },
      { title: '95% interval', align: 'right', spare: 4 },
      { title: 'later promises', align: 'right', spare: 1 },
    ],
    rates.map((one) => [
      one.type,
      ...[one.verified, one.kept, one.partly, one.broken, one.unclear].map(String),
      share(one.rate),
      range(one),
      `x ${one.ratio.toFixed(2)}`,
    ]),
    '',
  );
}

function statesOf(text: string): RecommendationState[] {
  if (text === 'all') return [...recommendationStates];
  return text.split(',').map((given) => {
    const state = recommendationStates.find((one) => one === given.trim());
    if (state === undefined)
      throw new InvalidInputError('--state', given, `${recommendationStates.join(', ')}, or all`);
    return state;
  });
}
