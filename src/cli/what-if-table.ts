/** What other policies would have come to, as a person reads it. Pure. */
import pc from 'picocolors';
import { type Estimate, FEWEST, type MeasureEstimate } from '../strategy/what-if/estimator.js';
import type { PolicyEstimate, WhatIfReport } from '../strategy/what-if/what-if.js';
import { cost, plain, seconds, share } from './format.js';
import { type Column, tableText } from './print.js';

const columns: Column[] = [
  { title: 'policy', flexible: true },
  { title: 'success', align: 'right' },
  { title: '95% interval', align: 'right' },
  { title: 'by weight alone', align: 'right', spare: 1 },
  { title: 'mean cost', align: 'right' },
  { title: '95% interval', align: 'right', spare: 4 },
  { title: 'mean time', align: 'right', spare: 3 },
  { title: '95% interval', align: 'right', spare: 2 },
  { title: 'sample', align: 'right' },
];

/** @param width characters that there is room for; the terminal's when left out */
export function whatIfText(report: WhatIfReport, width?: number): string {
  const { happened, drawn } = report;
  if (drawn === 0) return pc.dim(nothing(report));
  const rows = [
    [
      'what happened',
      share(happened.success.mean),
      '',
      '',
      cost(happened.cost.mean),
      '',
      seconds(happened.seconds.mean),
      '',
      String(happened.success.tasks),
    ],
    ...report.policies.map(rowOf),
  ];
  const notes = report.policies.flatMap((policy) => notesOf(policy, report));
  return [tableText(columns, rows, width ?? process.stdout.columns), '', ...notes, summary(report)].join(
    '\n',
  );
}

function rowOf({ policy, success, cost: money, seconds: time }: PolicyEstimate): string[] {
  const weighted = success.selfNormalised;
  return [
    plain(policy),
    success.answerable ? share(success.doublyRobust?.estimate ?? null) : 'unknown',
    success.answerable ? span(success.doublyRobust, share) : 'not answerable',
    weighted === null ? '-' : `${share(weighted.estimate)}, ${span(weighted, share)}`,
    cost(money.doublyRobust?.estimate ?? null),
    span(money.doublyRobust, cost),
    seconds(time.doublyRobust?.estimate ?? null),
    span(time.doublyRobust, seconds),
    String(Math.floor(success.effectiveSample)),
  ];
}

const span = (estimate: Estimate | null, text: (value: number) => string): string =>
  estimate === null ? '-' : `${text(estimate.low)} to ${text(estimate.high)}`;

function notesOf({ policy, notOffered, success }: PolicyEstimate, { plans }: WhatIfReport): string[] {
  const name = plain(policy);
  const lines: string[] = [];
  if (success.tasks === 0)
    lines.push(`${name}: not answerable: no task with a known outcome was offered what it wants.`);
  else if (!success.answerable) lines.push(`${name}: not answerable: ${missing(success)}`);
  if (notOffered > 0.0005)
    lines.push(
      `${name}: ${percent(notOffered)} of what it wants was not on offer` +
        `${success.tasks === 0 ? `; offered were ${plain(plans.slice(0, 5).join(', '))}` : ' and is left out'}.`,
    );
  return lines;
}

/** What would make it answerable. */
const missing = ({ effectiveSample, tasks, tasksNeeded }: MeasureEstimate): string =>
  `the log tells as much as ${effectiveSample < 1 ? 'less than one task' : `${Math.floor(effectiveSample)} tasks`} ` +
  `of its own would, and ${FEWEST} are needed. ` +
  `About ${number(tasksNeeded ?? 0)} tasks like the ${number(tasks)} logged would do, or fewer that give its plans more chance.`;

const summary = ({ logged, drawn, unknown }: WhatIfReport): string =>
  pc.dim(
    `From ${number(drawn)} choices drawn by chance of ${number(logged)} logged` +
      `${unknown === 0 ? '' : `, less ${number(unknown)} whose outcome nobody knows`}. ` +
      'Sample: as many tasks of its own would tell as much.',
  );

const nothing = ({ logged }: WhatIfReport): string =>
  logged === 0
    ? 'No task was logged yet.'
    : `None of the ${number(logged)} logged plans was drawn by chance: they say nothing of other policies.`;

const number = (value: number): string => value.toLocaleString('en-US');
const percent = (value: number): string => (value < 0.01 ? '<1%' : `${Math.floor(value * 100)}%`);
