/** A picture in the order that the rules look at it. Pure. */
import { groupBy } from '../../shared/group-by.js';
import { type Cell, cellsOf, type Entry, entriesOf, totalOf } from './cells.js';
import { type Changes, changesIn } from './changes.js';
import { contrast, deviateOf, LEAST_EXECUTIONS } from './contrast.js';
import { type Measure, success } from './measures.js';
import type { Picture } from './picture.js';

/** An agent in the category. */
export interface Performer {
  agentType: string;
  entries: readonly Entry[];
  /** Of its entries those in which it did the whole task by itself, so that others could have done it. */
  whole: readonly Entry[];
  executions: number;
  /** How it changed within the window in a measure. */
  changes: (measure: Measure) => Changes;
  /** What comes to 30 days at the pace of the window. */
  monthly: { executions: number; hours: number; usd: number };
}

export interface Scene {
  category: string;
  picture: Picture;
  /** Those with at least 5 executions, the busiest first. */
  performers: readonly Performer[];
  /** What a sum of the window comes to in 30 days is this many times as much. */
  pace: number;
}

const DAY_MS = 86_400_000;
/** A shorter time tells no pace. */
const LEAST_DAYS = 7;
/** Agents of plans of these strategies do the whole task, so that each could have done the other's. */
const WHOLE = new Set(['single', 'consensus', 'unknown']);

export function sceneOf(picture: Picture): Scene {
  const all = entriesOf(picture.executions).map((entry, at) => {
    const { agentType = '', strategy = '' } = picture.executions[at]?.dimensions ?? {};
    return { entry, agentType, isWhole: WHOLE.has(strategy) };
  });
  const last = Date.parse(picture.to) / DAY_MS;
  const first = all.reduce((least, { entry }) => Math.min(least, entry.day), last);
  const pace = 30 / Math.max(LEAST_DAYS, last - first + 1);
  const performers = [...groupBy(all, ({ agentType }) => agentType)]
    .map(([agentType, own]): Performer => {
      const entries = own.map(({ entry }) => entry);
      const executions = totalOf(entries, 'executions');
      return {
        agentType,
        entries,
        whole: own.filter(({ isWhole }) => isWhole).map(({ entry }) => entry),
        executions,
        changes: remembered((measure) => changesIn(cellsOf(entries, measure), measure)),
        monthly: {
          executions: pace * executions,
          hours: (pace * totalOf(entries, 'durationMs')) / 3.6e6,
          usd: (pace * totalOf(entries, 'costMicroUsd')) / 1e6,
        },
      };
    })
    .filter(({ executions }) => executions >= LEAST_EXECUTIONS)
    .sort((a, b) => b.executions - a.executions || (a.agentType < b.agentType ? -1 : 1));
  return { category: picture.category, picture, performers, pace };
}

/** Several rules ask for the same. */
function remembered<K, V>(find: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? find(key);
    known.set(key, value);
    return value;
  };
}

/** Evidence from which on an agent surely changed. */
const SURELY = 1_000;

/**
 * Whole tasks of an agent as it is now: since its last sure change in the measure, for better or worse. How it was
 * before says nothing of what to expect of it.
 */
export function asItIs({ whole, changes }: Performer, measure: Measure): Entry[] {
  const { worse, better } = changes(measure);
  const sure = [worse, better].flatMap((change) =>
    change !== null && change.evidence >= SURELY ? [change.day] : [],
  );
  const since = Math.max(Number.NEGATIVE_INFINITY, ...sure);
  return whole.filter(({ day }) => day >= since);
}

/** Normal quantiles of one-sided bounds: 97.5%, 90%, and two to one. */
const Z_975_ONE_SIDED = 1.959963984540054;
const Z_90_ONE_SIDED = 1.2815515655446004;
const Z_TWO_TO_ONE = 0.4307272992954576;

const successesOf = (performers: readonly Performer[]): Cell[] =>
  performers.flatMap((performer) => cellsOf(asItIs(performer, success), success));

/**
 * Whether others succeed no less on like tasks, to within a margin: the lower bound of the difference is not further
 * below zero than that.
 *
 * @see G. Piaggio et al., "Reporting of noninferiority and equivalence randomized trials", JAMA 308 (2012)
 * @param margin in points of the success rate
 * @param bound `surely`: 90%, where work is to be handed over; `likely`: two to one, where others are but an example
 */
export function succeedNoLess(
  others: readonly Performer[],
  own: Performer,
  margin: number,
  bound: 'surely' | 'likely',
): boolean {
  const difference = contrast(successesOf(others), successesOf([own]), success);
  const z = bound === 'surely' ? Z_90_ONE_SIDED : Z_TWO_TO_ONE;
  return difference !== null && difference.estimate - z * difference.error >= -margin;
}

/** Whether another surely succeeds less. */
export function succeedsLess(other: Performer, own: Performer): boolean {
  const difference = contrast(successesOf([other]), successesOf([own]), success);
  return difference !== null && deviateOf(difference, 0) < -Z_975_ONE_SIDED;
}
