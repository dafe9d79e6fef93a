/** `journeyman performance recommendations` and `show`: what could go better, and what came of advice. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { Promise90 } from '../performance/advice/candidate.js';
import type { HitRate } from '../performance/life/calibration.js';
import {
  type Measured,
  type Recommendation,
  type RecommendationState,
  recommendationStates,
} from '../performance/life/recommendation.js';
import { InvalidInputError } from '../shared/errors.js';
import { parseLargeCount } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { plain, range, share } from './format.js';
import { withPerformance } from './performance-optimizer.js';
import { type Column, printJson, printLine, printTable } from './print.js';

/** An amount of an improvement: points of success, else per cent of what is spent. */
export const amount = (metric: Promise90['metric'], value: number): string =>
  metric === 'successRate' ? `${Math.round(value * 100)} points` : `${Math.round(value * 100)}%`;

const wordings: Record<Promise90['metric'], string> = {
  successRate: 'more success',
  seconds: 'less time',
  iterations: 'fewer iterations',
  errors: 'fewer errors',
  costUsd: 'less cost',
  tokens: 'fewer tokens',
};

/** `25% less time (18-31%)` */
export function promiseText({ metric, value, low, high }: Promise90): string {
  return `${amount(metric, value)} ${wordings[metric]} (${range({ low, high })})`;
}

/** What was measured of a promise so far. */
export function measuredText({ metric, value, low, high, after }: Measured): string {
  if (value === null || low === null || high === null) return `too little yet (${after} executions)`;
  const direction = value < 0 ? ' the other way' : '';
  return `${amount(metric, Math.abs(value))} ${wordings[metric]}${direction} (${range({ low, high })}, ${after} executions)`;
}

const columns: readonly (Column & { cell: (one: Recommendation) => string })[] = [
  { title: 'priority', align: 'right', cell: ({ priority }) => `${priority}/10` },
  { title: 'state', spare: 4, cell: ({ state, verdict }) => verdict ?? state },
  { title: 'advice', flexible: true, cell: ({ title }) => plain(title) },
  { title: 'promises (90%)', spare: 5, cell: (one) => promiseText(one.promised ?? one.expectedImprovement) },
  {
    title: 'came',
    spare: 3,
    cell: ({ measured }) => (measured === undefined ? '-' : measuredText(measured)),
  },
  { title: 'id', flexible: true, cell: ({ id }) => id },
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
      // What came is told of what was applied only.
      const shown = columns.filter(
        ({ title }) =>
          title !== 'came' || answer.recommendations.some(({ measured }) => measured !== undefined),
      );
      printTable(
        shown,
        answer.recommendations.map((one) => shown.map(({ cell }) => cell(one))),
        'Nothing is known that could surely go better.',
      );
      if (answer.recommendations.length > 0)
        printLine(pc.dim('\njourneyman performance show <id> says why, and what to do'));
      if (answer.hitRates.length > 0) printHitRates(answer.hitRates);
    });
}

export function printHitRates(rates: readonly HitRate[]): void {
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
      { title: '95% interval', align: 'right', spare: 1 },
      { title: 'promises count', align: 'right', spare: 4 },
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

export function showRecommendationCommand(): Command {
  return addCommonOptions(new Command('show'))
    .argument('<id>', "the recommendation's id")
    .summary('why a recommendation stands, what to do, and what came of it')
    .description('Shows one recommendation with the figures it stands on and all that was decided on it.')
    .addHelpText(
      'after',
      `
Example:
  journeyman performance show AGENT_SELECTION:coder:api_development`,
    )
    .action(async (id: string, _options: object, command: Command) => {
      const { context, answer } = await withPerformance(command, (optimizer) =>
        optimizer.getRecommendation(id),
      );
      if (context.json) return printJson(answer);
      printLine(recommendationText(answer));
    });
}

/** All of one recommendation, for a person. */
export function recommendationText(one: Recommendation): string {
  const decision = (what: 'accepted' | 'applied' | 'dismissed'): string[] => {
    const made = one[what];
    if (made === undefined) return [];
    const why = made.reason === undefined ? '' : `: ${plain(made.reason)}`;
    return [line(what, `${made.at.toISOString().slice(0, 16).replace('T', ' ')} by ${plain(made.by)}${why}`)];
  };
  const figures = Object.entries(one.evidence).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(3)) : plain(value)}`,
  );
  return [
    `${pc.cyan(`${one.priority}/10`)} ${pc.bold(plain(one.title))} ${pc.dim(`(${one.verdict ?? one.state})`)}`,
    line('why', plain(one.reason)),
    line('do', plain(one.action)),
    line('promises', promiseText(one.promised ?? one.expectedImprovement)),
    line('concerns', `${Math.round(one.monthlyExecutions)} executions in 30 days`),
    line('figures', figures.join(', ')),
    ...decision('accepted'),
    ...decision('applied'),
    ...decision('dismissed'),
    ...(one.changes ?? []).map((change) => line('changed', plain(change))),
    ...(one.measured === undefined ? [] : [line('came', measuredText(one.measured))]),
    line('id', one.id),
  ].join('\n');
}

const LABEL = 10;
const line = (label: string, text: string): string => `  ${pc.dim(label.padEnd(LABEL))}${text}`;

function statesOf(text: string): RecommendationState[] {
  if (text === 'all') return [...recommendationStates];
  return text.split(',').map((given) => {
    const state = recommendationStates.find((one) => one === given.trim());
    if (state === undefined)
      throw new InvalidInputError('--state', given, `${recommendationStates.join(', ')}, or all`);
    return state;
  });
}
