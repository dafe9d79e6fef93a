/** `journeyman performance report`: how agents do and what could go better, as Markdown to paste. */
import { Command } from 'commander';
import type { Figures } from '../performance/figures.js';
import type { HitRate } from '../performance/life/calibration.js';
import type { Recommendation } from '../performance/life/recommendation.js';
import { addCommonOptions } from './common-options.js';
import { cost, plain, range, seconds, share } from './format.js';
import { withPerformance } from './performance-optimizer.js';
import { measuredText, promiseText } from './performance-recommendations.js';
import { printJson, printLine } from './print.js';

/** What the report tells. */
export interface PerformanceReport {
  tenant: string;
  /** ISO date and time. */
  at: string;
  agents: (Figures & { agentType?: string })[];
  /** Open ones, the most urgent first. */
  open: Recommendation[];
  /** Those that are followed, and what came of others. */
  decided: Recommendation[];
  hitRates: HitRate[];
}

export function reportCommand(): Command {
  return addCommonOptions(new Command('report'))
    .summary('print it all as Markdown, to paste into a review')
    .description(
      'Prints how the agents do, what could go better, what was decided and what came of it as one Markdown document.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance report > performance.md
  journeyman performance report --json`,
    )
    .action(async (_options: object, command: Command) => {
      const { context, answer } = await withPerformance(command, async (optimizer, { tenant }) => {
        const [agents, open, decided, hitRates] = await Promise.all([
          optimizer.statistics('agentType'),
          optimizer.getRecommendations(),
          optimizer.getRecommendations({ states: ['accepted', 'applied', 'verified'] }),
          optimizer.hitRates(),
        ]);
        return { tenant, at: new Date().toISOString(), agents, open, decided, hitRates };
      });
      if (context.json) return printJson(answer);
      printLine(reportText(answer));
    });
}

/** The report as Markdown. Pure. */
export function reportText({ tenant, at, agents, open, decided, hitRates }: PerformanceReport): string {
  return [
    `# Performance of ${text(tenant)}, ${at.slice(0, 16).replace('T', ' ')} UTC`,
    '## Agents',
    table(
      ['agent', 'executions', 'success', '95% interval', 'median time', 'mean cost'],
      agents.map((one) => [
        text(one.agentType ?? ''),
        String(one.executions),
        share(one.successRate),
        range(one.successInterval),
        seconds(one.seconds?.p50 ?? null),
        cost(one.meanCost),
      ]),
      'No execution is recorded yet.',
    ),
    '## What could go better',
    open.length === 0 ? 'Nothing that is sure.' : open.map(adviceText).join('\n'),
    '## What was decided',
    table(
      ['advice', 'state', 'promised', 'came'],
      decided.map((one) => [
        text(one.title),
        one.verdict ?? one.state,
        promiseText(one.promised ?? one.expectedImprovement),
        one.measured === undefined ? 'not measured yet' : measuredText(one.measured),
      ]),
      'Nothing yet.',
    ),
    ...(hitRates.length === 0
      ? []
      : [
          '## Promises that were measured',
          table(
            ['kind', 'measured', 'kept', 'partly', 'broken', 'hit rate'],
            hitRates.map((one) => [
              one.type,
              ...[one.verified, one.kept, one.partly, one.broken].map(String),
              share(one.rate),
            ]),
            '',
          ),
        ]),
  ].join('\n\n');
}

const adviceText = (one: Recommendation): string =>
  [
    `- **${one.priority}/10 ${text(one.title)}** (\`${one.id}\`)`,
    `  ${text(one.reason)}.`,
    `  Promises ${promiseText(one.expectedImprovement)}. **${text(one.action)}.**`,
  ].join('\n');

/** Names come from agents: nothing in them may be taken for Markdown or HTML. */
const text = (given: string): string => plain(given).replace(/[\\`*_[\]<>|#]/g, '\\$&');

function table(head: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return empty;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
