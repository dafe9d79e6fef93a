/** Recommendations in words: what is promised, what came of it, and all that is known of one. Pure. */
import pc from 'picocolors';
import type { Interval } from '../evidence/intervals.js';
import type { Promise90 } from '../performance/advice/candidate.js';
import type { Decision, Measured, Recommendation } from '../performance/life/recommendation.js';
import { moment, plain } from './format.js';
import { hanging } from './performance-lines.js';

type PromisedMetric = Promise90['metric'];

const units = (metric: PromisedMetric): string => (metric === 'successRate' ? ' points' : '%');
const wordings: Record<PromisedMetric, string> = {
  successRate: 'more success',
  seconds: 'less time',
  iterations: 'fewer iterations',
  errors: 'fewer errors',
  costUsd: 'less cost',
  tokens: 'fewer tokens',
};

/** `25% less time`, `12 points more success`; the other way where it got worse. */
function amountText(metric: PromisedMetric, value: number): string {
  const amount = `${Math.round(Math.abs(value) * 100)}${units(metric)} ${wordings[metric]}`;
  return value < 0 ? `${amount} the other way` : amount;
}

const intervalText = (metric: PromisedMetric, { low, high }: Interval): string =>
  `${Math.round(low * 100)} to ${Math.round(high * 100)}${units(metric)}`;

/** `25% less time (18 to 31%)`: the interval is the one in which the true improvement lies in 90 of 100 cases. */
export const promiseText = ({ metric, value, ...interval }: Promise90): string =>
  `${amountText(metric, value)} (${intervalText(metric, interval)})`;

/** What was measured of a promise so far. */
export function measuredText({ metric, value, low, high, after }: Measured): string {
  if (value === null || low === null || high === null) return `too little yet (${after} executions)`;
  return `${amountText(metric, value)} (${intervalText(metric, { low, high })}, ${after} executions)`;
}

/** What it is now: its state, or what came of it. */
export const standingText = ({ state, verdict }: Recommendation): string => verdict ?? state;

/** What a recommendation promised when it was decided on, or promises now. */
export const promiseOf = ({ promised, expectedImprovement }: Recommendation): Promise90 =>
  promised ?? expectedImprovement;

const INDENT = 6;

/** A recommendation in few lines, for lists of them. */
export function adviceLines(one: Recommendation): string[] {
  const { priority, title, reason, state, measured, id } = one;
  const more = (text: string): string[] => hanging(' '.repeat(INDENT), plain(text), INDENT);
  return [
    ...hanging(`${pc.cyan(`${String(priority).padStart(2)}/10`)} `, plain(title), INDENT),
    ...more(reason).map(pc.dim),
    ...more(
      `${state === 'open' ? 'promises' : `${standingText(one)}; promised`} ${promiseText(promiseOf(one))}` +
        (measured === undefined ? '' : `, came ${measuredText(measured)}`),
    ),
    ' '.repeat(INDENT) + pc.dim(id),
  ];
}

const LABEL = 12;
const line = (label: string, text: string): string =>
  hanging(`  ${pc.dim(label.padEnd(LABEL - 2))}`, plain(text), LABEL).join('\n');

const decisionText = ({ by, at, reason }: Decision): string =>
  `${moment(at)} by ${by}${reason === undefined ? '' : `: ${reason}`}`;

/** All of one recommendation, for a person. */
export function recommendationText(one: Recommendation): string {
  const decisions = (['accepted', 'applied', 'dismissed'] as const).flatMap((what) => {
    const decision = one[what];
    return decision === undefined ? [] : [line(what, decisionText(decision))];
  });
  const figures = Object.entries(one.evidence).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(3)) : value}`,
  );
  return [
    ...hanging(`${pc.cyan(`${one.priority}/10`)} `, `${plain(one.title)} (${standingText(one)})`, INDENT),
    line('why', one.reason),
    line('do', one.action),
    line('promises', `${promiseText(promiseOf(one))}, in 9 of 10 cases within these bounds`),
    line('concerns', `${Math.round(one.monthlyExecutions)} executions in 30 days`),
    line('figures', figures.join(', ')),
    ...decisions,
    ...(one.changes ?? []).map((change) => line('changed', change)),
    ...(one.measured === undefined ? [] : [line('came', measuredText(one.measured))]),
    line('id', one.id),
  ].join('\n');
}
