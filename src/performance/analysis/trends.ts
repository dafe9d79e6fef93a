/** How agents went day by day, and when that changed. Pure. */
import type { Interval } from '../../evidence/intervals.js';
import type { CounterRow } from '../../store/counters.js';
import { addSums, type Figures, figuresOf } from '../figures.js';
import type { Window } from '../inputs.js';
import { type Followed, followed, isCounted, type Series, seriesOf } from './cells.js';
import { type Change, changesAt, placesOf } from './change-points.js';
import { changeSentence } from './change-sentence.js';
import { stratumOf } from './metrics.js';

/** The figures of one day. */
export interface TrendPoint extends Figures {
  /** `YYYY-MM-DD`, UTC. */
  day: string;
}

/** A day on which a metric changed, the mix of tasks apart. */
export interface ChangePoint {
  metric: Followed;
  /** First day after the change; `from` and `to`: between which it came, in 95 of 100 cases. */
  day: string;
  from: string;
  to: string;
  /** Success: the rate after less that before. All others: what an execution takes after as a share of before. */
  value: number;
  /** 95% interval of it. */
  interval: Interval;
  /** Probability of a change as clear in a steady world, corrected for all metrics followed. */
  p: number;
  sentence: string;
}

export interface Trends {
  window: Window;
  /** Oldest first; days without executions are left out. */
  days: TrendPoint[];
  /** Oldest first. */
  changes: ChangePoint[];
  /** Metrics with enough days to show a change. */
  followed: Followed[];
  verdict: string;
}

/** In a steady world, share of looks at one agent that show any change in any metric. */
const LEVEL = 0.05;
/** Days with executions before a metric is followed: three on either side of a change. */
const LEAST_DAYS = 6;

/**
 * @param rows statistics by `agentType`, `category`, `complexity` and `day`
 * @param whose the agent or category asked for, as sentences name it
 */
export function trendsOf(rows: readonly CounterRow[], window: Window, whose: string): Trends {
  const able = followed
    .map((metric) => seriesOf(metric, rows, likeness))
    .filter(({ days }) => days.length >= LEAST_DAYS);
  const changes = able.flatMap((series): ChangePoint[] =>
    changesOf(series, rows, LEVEL / able.length).map(({ dispersion: _dispersion, ...change }) => ({
      metric: series.metric,
      ...change,
      p: Math.min(1, change.p * able.length),
      sentence: changeSentence(series.metric, change, whose),
    })),
  );
  changes.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.p - b.p));
  return {
    window,
    days: pointsOf(rows),
    changes,
    followed: able.map(({ metric }) => metric),
    verdict: verdictOf(changes, able.length, whose),
  };
}

/** Each agent's tasks of one category and complexity. */
const likeness = (dimensions: Readonly<Record<string, string>>): string =>
  `${stratumOf(dimensions)}${dimensions['agentType'] ?? ''}`;

/** The changes of one series at a level, with outliers told around what changed. */
export function changesOf(series: Series, rows: readonly CounterRow[], level: number): Change[] {
  const places = placesOf(series, level, 'trends');
  const changes = changesAt(series, places);
  if (isCounted(series.metric) || changes.length === 0) return changes;
  const offset = (day: string): number =>
    changes.reduce((sum, change) => (day >= change.day ? sum + Math.log(change.value) : sum), 0);
  return changesAt(seriesOf(series.metric, rows, likeness, offset), places);
}

function pointsOf(rows: readonly CounterRow[]): TrendPoint[] {
  const byDay = new Map<string, CounterRow['sums'][]>();
  for (const { dimensions, sums } of rows) {
    const day = dimensions['day'] ?? '';
    const known = byDay.get(day);
    if (known === undefined) byDay.set(day, [sums]);
    else known.push(sums);
  }
  return [...byDay]
    .map(([day, all]) => ({ day, ...figuresOf(addSums(all)) }))
    .filter(({ executions }) => executions > 0)
    .sort((a, b) => (a.day < b.day ? -1 : 1));
}

function verdictOf(changes: readonly ChangePoint[], able: number, whose: string): string {
  if (able === 0) return `too few days with executions of ${whose} to tell whether anything changed`;
  if (changes.length === 0) return `no change of ${whose} shown`;
  return changes.map(({ sentence }) => sentence).join('; ');
}
