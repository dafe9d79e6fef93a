/** The improvement that came of applied advice, on like tasks. Pure. */

import { twoSided } from '../../evidence/normal.js';
import { studentQuantile } from '../../evidence/student.js';
import type { CounterRow } from '../../store/counters.js';
import type { PromisedMetric } from '../advice/candidate.js';
import { type Cell, cellsOf, entriesOf } from '../advice/cells.js';
import { contrast } from '../advice/contrast.js';
import {
  cost,
  errors,
  iterations,
  type Measure,
  seconds,
  secondsAtOnce,
  success,
  tokens,
} from '../advice/measures.js';
import type { Picture } from '../advice/picture.js';
import { isTakenOver, stagesOf } from './effects.js';
import type { Measured, Recommendation } from './recommendation.js';

const measures: Record<PromisedMetric, Measure> = {
  successRate: success,
  seconds,
  iterations,
  errors,
  costUsd: cost,
  tokens,
};

/** Executions as the advice wants them, and those that they are held against. */
interface Sides {
  after: CounterRow[];
  before: CounterRow[];
}

/**
 * What advice brought: where another agent takes the work over, its executions since against all of the other's, which
 * goes on with a share of them; else the agent's own since against those before. The day of the decision, which is both,
 * is left out.
 *
 * @param applied the day it was applied, `YYYY-MM-DD`
 * @param z normal quantile of the interval wanted
 */
export function measure(
  one: Pick<Recommendation, 'type' | 'agentType' | 'subject' | 'expectedImprovement' | 'promised'>,
  picture: Picture,
  applied: string,
  z: number,
): Measured {
  const { metric } = one.promised ?? one.expectedImprovement;
  const by = measures[metric];
  const { after, before } = sidesOf(one, picture, applied);
  // Numbered together, so that the strata of both sides are the same.
  const entries = entriesOf([...after, ...before]);
  const sides = [
    cellsOf(entries.slice(0, after.length), one.type === 'PARALLEL_EXECUTION' ? secondsAtOnce : by),
    cellsOf(entries.slice(after.length), by),
  ] as const;
  const count = (cells: readonly Cell[]): number => cells.reduce((sum, { n }) => sum + n, 0);
  const counted = { metric, after: count(sides[0]), before: count(sides[1]) };
  const found = contrast(sides[0], sides[1], by);
  if (found === null) return { ...counted, value: null, low: null, high: null };
  const { estimate, error, freedom } = found;
  // A few executions show their own spread badly.
  const margin = error * (freedom > 1_000 ? z : studentQuantile(Math.max(1, freedom), twoSided(z)));
  const improvement = (difference: number): number => (by.more ? difference : 1 - Math.exp(difference));
  const ends = [improvement(estimate - margin), improvement(estimate + margin)];
  return { ...counted, value: improvement(estimate), low: Math.min(...ends), high: Math.max(...ends) };
}

function sidesOf(
  one: Pick<Recommendation, 'type' | 'agentType' | 'subject'>,
  picture: Picture,
  applied: string,
): Sides {
  const { type, agentType, subject } = one;
  const { executions, steps } = picture;
  const dayOf = ({ dimensions }: CounterRow): string => dimensions['day'] ?? '';
  const since = (row: CounterRow): boolean => dayOf(row) > applied;
  const until = (row: CounterRow): boolean => dayOf(row) < applied;
  const of = (agent: string): CounterRow[] =>
    executions.filter(({ dimensions }) => dimensions['agentType'] === agent);
  const step = (name: string): CounterRow[] => steps.filter(({ dimensions }) => dimensions['step'] === name);
  if (isTakenOver(one))
    return {
      after: of(subject).filter(since),
      before: of(agentType).filter((row) => dayOf(row) !== applied),
    };
  const stages = type === 'PARALLEL_EXECUTION' ? stagesOf(subject) : null;
  if (stages !== null) {
    const pair = picture.stages.filter(
      ({ dimensions }) => dimensions['first'] === stages[0] && dimensions['then'] === stages[1],
    );
    return { after: pair.filter(since), before: pair.filter((row) => dayOf(row) !== applied) };
  }
  // A step's promise is of its own time; a tool's, of the time that it takes this agent.
  const tool = picture.actions.filter(
    ({ dimensions }) => dimensions['agentType'] === agentType && `tool:${dimensions['action']}` === subject,
  );
  const stepped = type === 'EXECUTION_SPEED' ? [tool, step(subject)].find(({ length }) => length > 0) : null;
  const own = stepped ?? of(agentType);
  return { after: own.filter(since), before: own.filter(until) };
}
