/** Days of an agent, or of all work, as sparklines. Pure. */
import { type Interval, wilson } from '../evidence/intervals.js';
import type { TrendPoint, Trends } from '../performance/analysis/trends.js';
import { cost, range, seconds, share } from './format.js';
import { countText } from './performance-lines.js';
import { type Column, tableText } from './print.js';
import { slotsOf, sparkline } from './sparkline.js';

interface Row {
  title: string;
  /** Of one or more days; null where it is not known of any. */
  value: (points: readonly TrendPoint[]) => number | null;
  text: (value: number) => string;
  /** What the marks reach from and to; by default the least and the most there is. */
  bounds?: Interval;
  interval?: (points: readonly TrendPoint[]) => Interval;
}

const sum = (points: readonly TrendPoint[], of: (point: TrendPoint) => number): number =>
  points.reduce((all, point) => all + of(point), 0);

/** Mean of days by their executions. */
function meanOf(points: readonly TrendPoint[], of: (point: TrendPoint) => number | null): number | null {
  const known = points.flatMap((point) => {
    const value = of(point);
    return value === null ? [] : [{ value, n: point.executions }];
  });
  const n = known.reduce((all, each) => all + each.n, 0);
  return n === 0 ? null : known.reduce((all, each) => all + each.n * each.value, 0) / n;
}

const known = (points: readonly TrendPoint[]): number =>
  sum(points, ({ successes, failures }) => successes + failures);
const successes = (points: readonly TrendPoint[]): number => sum(points, (point) => point.successes);

const rows: readonly Row[] = [
  {
    title: 'success',
    value: (points) => (known(points) === 0 ? null : successes(points) / known(points)),
    text: share,
    bounds: { low: 0, high: 1 },
    interval: (points) => wilson(successes(points), known(points)),
  },
  {
    title: 'median time',
    // Of several days: the mean of their medians, as times spread, by ratios.
    value: (points) => {
      const log = meanOf(points, ({ seconds }) => (seconds === null ? null : Math.log(seconds.p50)));
      return log === null ? null : Math.exp(log);
    },
    text: seconds,
  },
  { title: 'mean cost', value: (points) => meanOf(points, ({ meanCost }) => meanCost), text: cost },
  {
    title: 'iterations',
    value: (points) => meanOf(points, ({ meanIterations }) => meanIterations),
    text: countText,
  },
  { title: 'errors', value: (points) => meanOf(points, ({ meanErrors }) => meanErrors), text: countText },
  {
    title: 'executions',
    value: (points) => (points.length === 0 ? null : sum(points, ({ executions }) => executions)),
    text: (value) => String(value),
  },
];

const LABEL = 11;
/** The columns beside the marks, with their gaps. */
const BESIDE = 45;
const FEWEST_MARKS = 12;
/** Where there is no edge. */
const MARKS = 90;

/** The days shown: from the first on which anything was run. */
export const shownWindow = ({ days, window }: Pick<Trends, 'days' | 'window'>): Trends['window'] => ({
  ...window,
  from: days[0]?.day ?? window.from,
});

/** Each metric's days, with what they come to. @param width characters of a line; undefined where there is no edge */
export function daysText(
  trends: Pick<Trends, 'days' | 'window'>,
  width: number | undefined = process.stdout.columns,
): string {
  const { days } = trends;
  const most = width === undefined ? MARKS : Math.max(FEWEST_MARKS, width - LABEL - BESIDE);
  const { slots, daysASlot } = slotsOf(days, shownWindow(trends), Math.min(MARKS, most));
  const columns: Column[] = [
    { title: '' },
    { title: daysASlot === 1 ? 'a mark a day' : `a mark ${daysASlot} days` },
    { title: 'least', align: 'right', spare: 2 },
    { title: 'most', align: 'right', spare: 3 },
    { title: 'overall', align: 'right' },
    { title: '95% interval', align: 'right', spare: 1 },
  ];
  const lines = rows.flatMap(({ title, value, text, bounds, interval }) => {
    const values = slots.map(value);
    const there = values.filter((each) => each !== null);
    const all = value(days);
    // A metric that nobody reports has nothing to show.
    if (all === null || there.every((each) => each === 0)) return [];
    const least = Math.min(...there);
    const most = Math.max(...there);
    return [
      [
        title,
        // What reads the same is the same: it would be noise, drawn large.
        sparkline(values, bounds ?? { low: least, high: text(least) === text(most) ? least : most }),
        ...[text(least), text(most), text(all)],
        interval === undefined ? '' : range(interval(days)),
      ],
    ];
  });
  return tableText(columns, lines, width);
}
