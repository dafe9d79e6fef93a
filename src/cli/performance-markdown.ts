/** How agents do, what could go better, and what came of advice, as Markdown. Pure. */
import type { AgentShare, StepShare } from '../performance/analysis/bottlenecks.js';
import type { ChangePoint } from '../performance/analysis/trends.js';
import type { Window } from '../performance/inputs.js';
import type { HitRate } from '../performance/life/calibration.js';
import type { Recommendation } from '../performance/life/recommendation.js';
import { cost, plain, range, seconds, share } from './format.js';
import { measuredText, promiseOf, promiseText, standingText } from './performance-advice.js';
import { differenceRange, differenceText } from './performance-lines.js';

/** What the report tells. */
export interface PerformanceReport {
  tenant: string;
  /** ISO date and time. */
  at: string;
  window: Window;
  /** Null: all categories. */
  category: string | null;
  agents: AgentShare[];
  /** Of each agent, oldest first. */
  changes: ChangePoint[];
  steps: StepShare[];
  /** Open ones, the most urgent first. */
  open: Recommendation[];
  /** Those that were decided on, with what came of them. */
  decided: Recommendation[];
  hitRates: HitRate[];
}

/** What came of what was not measured: of advice that nobody follows, nothing will. */
const NOT_MEASURED: Record<Recommendation['state'], string> = {
  ...{ open: '-', accepted: 'not followed yet', applied: 'not measured yet', verified: '-' },
  ...{ dismissed: '-', closed: '-' },
};

/** The report as Markdown. */
export function reportMarkdown(report: PerformanceReport): string {
  const { tenant, at, window, category, agents, changes, steps, open, decided, hitRates } = report;
  const on = category === null ? '' : ` on ${text(category)}`;
  return [
    `# Performance of ${text(tenant)}${on}`,
    `${window.from} to ${window.to}; made ${at.slice(0, 16).replace('T', ' ')} UTC`,
    '## Agents',
    table(
      [
        ...['agent', 'executions', 'success', '95% interval', 'median time', '90% within'],
        ...['mean cost', "share of agents' time"],
      ],
      agents.map((one) => [
        ...[text(one.agentType), String(one.executions), share(one.successRate), range(one.successInterval)],
        ...[seconds(one.seconds?.p50 ?? null), seconds(one.seconds?.p90 ?? null)],
        ...[cost(one.meanCost), share(one.timeShare)],
      ]),
      'No execution is recorded in these days.',
    ),
    '## What changed',
    changes.length === 0
      ? 'No change is shown.'
      : changes.map(({ sentence }) => `- ${text(sentence)}`).join('\n'),
    '## Where the time goes',
    table(
      ['step', 'of all time', 'times', 'mean', '90% within', 'trend', '95% interval'],
      steps.map((one) => [
        ...[text(one.step), share(one.timeShare), String(one.executions)],
        ...[seconds(one.meanSeconds), seconds(one.p90Seconds)],
        ...(one.trend?.shown
          ? [differenceText('seconds', one.trend.ratio), differenceRange('seconds', one.trend.interval)]
          : ['none shown', '-']),
      ]),
      'No step is recorded in these days.',
    ),
    '## What could go better',
    open.length === 0 ? 'Nothing that is sure.' : open.map(adviceText).join('\n'),
    '## What was decided',
    table(
      ['advice', 'state', 'promised (90% interval)', 'came (interval)', 'decided by', 'reason'],
      decided.map((one) => {
        const decision = one.dismissed ?? one.applied ?? one.accepted;
        return [
          ...[text(one.title), standingText(one), promiseText(promiseOf(one))],
          one.measured === undefined ? NOT_MEASURED[one.state] : measuredText(one.measured),
          ...[text(decision?.by ?? '-'), text(decision?.reason ?? '-')],
        ];
      }),
      'Nothing yet.',
    ),
    ...(hitRates.length === 0 ? [] : ['## Promises that were measured', hitRatesText(hitRates)]),
  ].join('\n\n');
}

const adviceText = (one: Recommendation): string =>
  [
    `- **${one.priority}/10 ${text(one.title)}** (\`${one.id}\`)  `,
    `  Why: ${text(one.reason)}  `,
    `  Promises ${promiseText(one.expectedImprovement)}. **${text(one.action)}**`,
  ].join('\n');

const hitRatesText = (hitRates: readonly HitRate[]): string =>
  table(
    ['kind', 'measured', 'kept', 'partly', 'broken', 'unclear', 'hit rate', '95% interval'],
    hitRates.map((one) => [
      text(one.type),
      ...[one.verified, one.kept, one.partly, one.broken, one.unclear].map(String),
      ...[share(one.rate), range(one)],
    ]),
    '',
  );

/** Names and reasons come from agents and people: nothing in them may be taken for Markdown, HTML, a link or a mention. */
const text = (given: string): string =>
  plain(given)
    .replace(/[\\`*_[\]<>|#&~]/g, '\\$&')
    // Backslashes do not keep addresses and mentions from being taken for such; references do.
    .replace(/@|:(?=\/\/)|(?<=www)\./gi, (character) => `&#${character.charCodeAt(0)};`);

function table(head: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return empty;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
