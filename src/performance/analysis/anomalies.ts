/** Days on which an agent was not as its past makes plausible. Pure. */
import type { Interval } from '../../evidence/intervals.js';
import { benjaminiHochberg } from '../../evidence/multiplicity.js';
import type { CounterRow } from '../../store/counters.js';
import type { Window } from '../inputs.js';
import { type Followed, followed, seriesOf } from './cells.js';
import { stratumOf } from './metrics.js';
import { type Held, holdDays } from './plausible.js';
import { figuresIn } from './wording.js';

/** A day worth an alert. */
export interface Anomaly {
  agentType: string;
  category: string;
  metric: Followed;
  /** `YYYY-MM-DD`, UTC. */
  day: string;
  /** Executions of that day whose kind of task the past knows. */
  executions: number;
  /** Success rate; typical seconds or USD (geometric mean, outliers drawn in); iterations or errors an execution. */
  observed: number;
  /** What was to be expected of tasks such as came in, and between which bounds. */
  expected: { value: number } & Interval;
  worse: boolean;
  /** Corrected for all agents, categories, metrics and days that were looked at. */
  p: number;
  sentence: string;
}

export interface Anomalies {
  /** The days looked at. */
  window: Window;
  /** Agents' days looked at, each in a category and a metric. */
  lookedAt: number;
  /** Worse ones first, the clearest first. */
  anomalies: Anomaly[];
}

/** Share of the alerts that may be none. */
const LEVEL = 0.05;

/** @param rows statistics by `agentType`, `category`, `complexity` and `day`, of the window and the past before it */
export function anomaliesOf(rows: readonly CounterRow[], window: Window): Anomalies {
  const held = groupsOf(rows).flatMap(({ agentType, category, rows: own }) =>
    followed.flatMap((metric) =>
      holdDays(seriesOf(metric, own, stratumOf), window.from, `${agentType}|${category}`).map((day) => ({
        ...{ agentType, category, metric },
        held: day,
      })),
    ),
  );
  const corrected = benjaminiHochberg(held.map((one) => one.held.p));
  const stated = corrected.filter((p) => p <= LEVEL).length;
  const anomalies = held.flatMap((one, index): Anomaly[] => {
    const p = corrected[index] ?? 1;
    return p > LEVEL ? [] : [anomalyOf(one, p, (LEVEL * stated) / held.length)];
  });
  anomalies.sort((a, b) => Number(b.worse) - Number(a.worse) || a.p - b.p || (a.day < b.day ? -1 : 1));
  return { window, lookedAt: held.length, anomalies };
}

interface Group {
  agentType: string;
  category: string;
  rows: CounterRow[];
}

function groupsOf(rows: readonly CounterRow[]): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const { agentType = '', category = '' } = row.dimensions;
    const key = JSON.stringify([agentType, category]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { agentType, category, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

interface HeldDay {
  agentType: string;
  category: string;
  metric: Followed;
  held: Held;
}

function anomalyOf({ agentType, category, metric, held }: HeldDay, p: number, outside: number): Anomaly {
  const plausible = held.plausible(outside);
  const observed = unitOf(metric, held.observed);
  const expected = {
    value: unitOf(metric, held.expected),
    low: unitOf(metric, plausible.low),
    high: unitOf(metric, plausible.high),
  };
  const { day, executions } = held;
  return {
    ...{ agentType, category, metric, day, executions, observed, expected, p },
    worse: metric === 'success' ? observed < expected.value : observed > expected.value,
    sentence: `${agentType} on ${category}, ${day}: ${figuresIn(metric, [observed])} in ${executions} executions, where ${figuresIn(metric, [expected.low, expected.high])} was to be expected`,
  };
}

/** From the unit of the cells, logarithms of milliseconds and micro-dollars, to seconds and USD. */
function unitOf(metric: Followed, value: number): number {
  if (metric === 'seconds') return Math.exp(value) / 1_000;
  return metric === 'cost' ? Math.exp(value) / 1e6 : value;
}
