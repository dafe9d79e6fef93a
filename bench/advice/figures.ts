/** What the looks at many worlds come to. Pure. */
import { type Interval, wilson } from '../../src/evidence/intervals.js';
import { optimizationTypes } from '../../src/shared/terms.js';
import type { Looked, Promised } from './looks.js';
import { type Kind, kinds } from './problems.js';

/** A recommendation of this priority or more is an alarm. */
const ALARM = 7;

/** A share of cases, with Wilson's 95% interval. */
export interface Share {
  share: number | null;
  of: number;
  interval: Interval;
}

export interface KindFigures {
  type: (typeof kinds)[Kind];
  planted: number;
  detectable: number;
  found: number;
  /** Of those that are not of detectable size. */
  foundBeyond: number;
  /** Detectable ones that were missed while the agent got other advice in the category. */
  otherInstead: number;
}

export interface AdviceFigures {
  /** Share of the detectable problems found with type, agent and category. */
  found: number | null;
  /** Share of the worlds with nothing wrong that ever got a recommendation of priority 7 or more. */
  falseAlarms: number;
  /** Share of the promises, as first made, whose 90% interval holds the truth. */
  coverage: number | null;
  detectable: Share;
  alarms: Share;
  /** Worlds with nothing wrong that ever got any recommendation. */
  anyAdvice: Share;
  promises: Share;
  /** The same of recommendations as they stand at the last look. */
  standing: Share;
  /** Promises about planted problems, and about others that are true or not. */
  ofPlanted: Share;
  ofOthers: Share;
  /** Promises of which following would bring nothing or harm. */
  untrue: number;
  byKind: Record<string, KindFigures>;
  byType: Record<string, { promised: Share; below: number; above: number }>;
  worlds: { empty: number; planted: number; looks: number };
}

export function figuresOf(empty: readonly Looked[], planted: readonly Looked[]): AdviceFigures {
  const problems = planted.flatMap((looked) => looked.problems);
  const detectable = problems.filter((problem) => problem.detectable);
  const promises = [...empty, ...planted].flatMap((looked) => looked.promises);
  const standing = [...empty, ...planted].flatMap((looked) => looked.standing);
  const found = shareOf(detectable, (problem) => problem.found);
  const alarms = shareOf(empty, ({ highest }) => highest >= ALARM);
  const kept = shareOf(promises, holds);
  return {
    found: found.share,
    falseAlarms: alarms.share ?? 0,
    coverage: kept.share,
    detectable: found,
    alarms,
    anyAdvice: shareOf(empty, ({ highest }) => highest > 0),
    promises: kept,
    standing: shareOf(standing, holds),
    ofPlanted: shareOf(
      promises.filter((each) => each.planted),
      holds,
    ),
    ofOthers: shareOf(
      promises.filter((each) => !each.planted),
      holds,
    ),
    untrue: promises.filter(({ truth }) => truth <= 0).length,
    byKind: Object.fromEntries(
      Object.entries(kinds).map(([kind, type]) => {
        const of = problems.filter((problem) => problem.kind === kind);
        const sought = of.filter((problem) => problem.detectable);
        const missed = sought.filter((problem) => !problem.found);
        return [
          kind,
          {
            type,
            planted: of.length,
            detectable: sought.length,
            found: sought.length - missed.length,
            foundBeyond: of.filter((problem) => !problem.detectable && problem.found).length,
            otherInstead: missed.filter(({ instead }) => instead.length > 0).length,
          },
        ];
      }),
    ),
    byType: Object.fromEntries(
      optimizationTypes.map((type) => {
        const of = promises.filter((promise) => promise.type === type);
        return [
          type,
          {
            promised: shareOf(of, holds),
            below: of.filter(({ truth, low }) => truth < low).length,
            above: of.filter(({ truth, high }) => truth > high).length,
          },
        ];
      }),
    ),
    worlds: {
      empty: empty.length,
      planted: planted.length,
      looks: [...empty, ...planted].reduce((sum, { looks }) => sum + looks, 0),
    },
  };
}

const holds = ({ truth, low, high }: Promised): boolean => truth >= low && truth <= high;

function shareOf<T>(cases: readonly T[], is: (each: T) => boolean): Share {
  const count = cases.filter(is).length;
  return {
    share: cases.length === 0 ? null : count / cases.length,
    of: cases.length,
    interval: wilson(count, cases.length),
  };
}

/** The figures as lines of text. */
export function textOf(figures: AdviceFigures): string {
  const { worlds, byKind, byType } = figures;
  const share = (name: string, { share: value, of, interval }: Share): string =>
    `${name}: ${value === null ? '-' : value.toFixed(3)} of ${of} (95%: ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`;
  return [
    `${worlds.planted} worlds with problems and ${worlds.empty} with none, ${worlds.looks} looks`,
    share('Detectable problems found', figures.detectable),
    share(`Worlds with nothing wrong that got a priority of ${ALARM} or more`, figures.alarms),
    share('  and any recommendation', figures.anyAdvice),
    share('Promises that hold the truth', figures.promises),
    share('  as they stand at the last look', figures.standing),
    share('  about what was planted', figures.ofPlanted),
    share('  about something else', figures.ofOthers),
    `  ${figures.untrue} promises of what is not so`,
    '',
    'problem          planted  detectable  found  found beyond  missed, other advice instead',
    ...Object.entries(byKind).map(
      ([kind, of]) =>
        `${kind.padEnd(16)} ${pad(of.planted, 7)} ${pad(of.detectable, 11)} ${pad(of.found, 6)} ${pad(of.foundBeyond, 13)} ${pad(of.otherInstead, 10)}`,
    ),
    '',
    'advice               promises  held   truth below  truth above',
    ...Object.entries(byType).map(
      ([type, { promised, below, above }]) =>
        `${type.padEnd(20)} ${pad(promised.of, 8)} ${(promised.share?.toFixed(3) ?? '-').padStart(5)} ${pad(below, 12)} ${pad(above, 12)}`,
    ),
  ].join('\n');
}

const pad = (value: number, width: number): string => String(value).padStart(width);
