/** What the demo shows when it is over: tables for people. */
import pc from 'picocolors';
import { type Comparison, type Estimate, verdict } from '../demo/compare-arms.js';
import type { FollowedLesson, LessonTask } from '../demo/follow-lesson.js';
import type { DemoSummary } from '../demo/run-demo.js';
import { wilson } from '../evidence/intervals.js';
import type { Learning } from '../learning/learning.js';
import type { PlanStatistics } from '../strategy/adaptive-strategy.js';
import { type Column, tableText } from './print.js';

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const range = ({ value, low, high }: Estimate, unit: (value: number) => string): string =>
  `${unit(value)} (${unit(low)} to ${unit(high)})`;
const signed = (unit: (value: number) => string) => (value: number) =>
  `${value >= 0 ? '+' : ''}${unit(value)}`;
const points = (share: number): string => `${Math.round(share * 100)} points`;
const secs = (value: number): string => `${value.toFixed(2)} s`;
const usd = (value: number): string => `${value < 0 ? '-' : ''}$${Math.abs(value).toFixed(5)}`;

const coloured = (text: string): string =>
  text === 'better' ? pc.green(text) : text === 'worse' ? pc.red(text) : pc.yellow(text);

function comparisonTable(comparison: Comparison): string {
  const { success, duration, cost } = comparison;
  return tableText(columns('', 'with learning', 'learning off', 'difference', 'shown to be'), [
    [
      'success',
      range(success.learning, percent),
      range(success.off, percent),
      range(success.difference, signed(points)),
      coloured(verdict(success.difference, true)),
    ],
    [
      'time a task',
      range(duration.learning, secs),
      range(duration.off, secs),
      range(duration.difference, signed(secs)),
      coloured(verdict(duration.difference, false)),
    ],
    [
      'cost a task (nominal)',
      range(cost.learning, usd),
      range(cost.off, usd),
      range(cost.difference, signed(usd)),
      coloured(verdict(cost.difference, false)),
    ],
  ]);
}

function plansTable(plans: readonly PlanStatistics[]): string {
  const byCategory = new Map<string, PlanStatistics[]>();
  for (const plan of plans) byCategory.set(plan.category, [...(byCategory.get(plan.category) ?? []), plan]);
  const rows = [...byCategory]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([category, known]) =>
      known
        .toSorted((a, b) => rate(b) - rate(a))
        .slice(0, 3)
        .map((plan, index) => [
          index === 0 ? category : '',
          plan.plan,
          `${plan.successes} of ${plan.successes + plan.failures}`,
          interval(plan),
        ]),
    );
  return tableText(columns('kind of task', 'plans that did best', 'succeeded', '95% interval'), rows);
}

const rate = ({ successes, failures }: PlanStatistics): number => wilson(successes, successes + failures).low;
const interval = ({ successes, failures }: PlanStatistics): string => {
  const { low, high } = wilson(successes, successes + failures);
  return `${percent(low)} to ${percent(high)}`;
};

function learningsTable(learnings: readonly Learning[]): string {
  const rows = learnings
    .toSorted((a, b) => a.pValue - b.pValue)
    .slice(0, 12)
    .map((learning) => {
      const { n, successes, withoutN, withoutSuccesses } = learning.counts;
      return [
        learning.state === 'asserted' ? pc.green('asserted') : pc.dim(learning.state),
        learning.type,
        learning.title.length > 78 ? `${learning.title.slice(0, 77)}…` : learning.title,
        `${successes}/${n}`,
        `${withoutSuccesses}/${withoutN}`,
      ];
    });
  return tableText(columns('state', 'type', 'lesson', 'worked', 'otherwise'), rows);
}

const names = (tasks: readonly LessonTask[]): string => {
  const shown = tasks.slice(0, 6).map(({ taskId }) => taskId);
  return (
    `${shown.join(', ')}${tasks.length > shown.length ? `, and ${tasks.length - shown.length} more` : ''}` ||
    'none'
  );
};

function followedLesson({ learning, evidence, used, shown, withheld }: FollowedLesson): string {
  const good = used.filter(({ success }) => success === true).length;
  return [
    pc.bold(learning.title),
    `  is         ${learning.state === 'asserted' ? pc.green('asserted') : pc.yellow(`a ${learning.state}: not yet told from chance`)} (corrected p = ${learning.pValue.toPrecision(2)}), version ${learning.version}`,
    `  says       ${learning.advice}`,
    `  taught by  ${evidence.for.length} tasks: ${names(evidence.for)}`,
    `  against    ${evidence.against.length} tasks: ${names(evidence.against)}`,
    `  given to   ${shown} tasks, withheld at random from ${withheld}`,
    `  used in    ${used.length} tasks, of which ${good} succeeded: ${names(used)}`,
  ].join('\n');
}

const columns = (...titles: string[]): Column[] => titles.map((title) => ({ title }));

const heading = (text: string): string => `\n${pc.bold(pc.cyan(text))}\n`;

/** The whole summary as text. */
export function demoReport(summary: DemoSummary): string {
  const { learnings, recommendations } = summary;
  const asserted = learnings.filter(({ state }) => state === 'asserted').length;
  const candidates = learnings.filter(({ state }) => state === 'candidate').length;
  const parts = [
    heading(`${summary.tasks} repair tasks of ${summary.families} families, each with learning and without`),
    comparisonTable(summary.comparison),
    heading('The same for the second half of the tasks, when more was known'),
    comparisonTable(summary.secondHalf),
    pc.dim(
      '\nIntervals are 95%; an interval of a difference that holds 0 shows no difference. Without learning, plans were\ndrawn uniformly from the same ones. Tasks ran in the same random order in both, at the same time.',
    ),
    heading('Which plan for which kind of task'),
    plansTable(summary.plans),
    heading(`What was learned: ${asserted} asserted, ${candidates} candidates (not yet told from chance)`),
    learningsTable(learnings),
  ];
  if (summary.followed !== null)
    parts.push(heading('One lesson, from its evidence to its use'), followedLesson(summary.followed));
  parts.push(
    heading(`Recommendations: ${recommendations.length}`),
    recommendations.length === 0
      ? 'none: nothing that the statistics bear out'
      : tableText(
          columns('priority', 'type', 'recommendation'),
          recommendations.slice(0, 8).map(({ priority, type, title }) => [String(priority), type, title]),
        ),
  );
  if (summary.uiUrl !== null) parts.push(`\nTemporal UI  ${pc.underline(summary.uiUrl)}`);
  parts.push(pc.dim(`\nTenant ${summary.tenant}; ${summary.seconds.toFixed(0)} s in all`));
  return parts.join('\n');
}
