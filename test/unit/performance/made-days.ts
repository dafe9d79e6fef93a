/** Worlds of executions with a known truth, as the statistics hold them. */
import { seededUniform } from '../../../src/evidence/random.js';
import {
  type ExecutionFigures,
  statisticsIncrement,
} from '../../../src/performance/statistics/executions.js';
import { type CounterRow, dayOf, sumIncrements } from '../../../src/store/counters.js';

const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2026, 0, 1);

/** The day so many days after the first of a world. */
export const dayAt = (index: number): string => dayOf(FIRST + index * DAY_MS);

export class Chance {
  readonly uniform: () => number;

  constructor(seed: string) {
    this.uniform = seededUniform(seed);
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  poisson(mean: number): number {
    const least = Math.exp(-mean);
    let [count, product] = [0, this.uniform()];
    while (product > least) {
      count += 1;
      product *= this.uniform();
    }
    return count;
  }

  happens(probability: number): boolean {
    return this.uniform() < probability;
  }
}

/** One execution: what is left out is as in a plain world. */
export interface Made {
  agentType?: string;
  category?: string;
  complexity?: string;
  day: number;
  success?: boolean | null;
  seconds?: number;
  cost?: number;
  iterations?: number;
  errors?: number;
}

/** Statistics by all dimensions. */
export const rowsOf = (executions: readonly Made[]): CounterRow[] =>
  sumIncrements(
    executions.map((made) =>
      statisticsIncrement({
        agentType: made.agentType ?? 'code',
        category: made.category ?? 'api',
        complexity: made.complexity ?? 'SIMPLE',
        strategy: 'single',
        success: made.success ?? null,
        durationMs: 1_000 * (made.seconds ?? 0),
        iterations: made.iterations ?? 0,
        errors: made.errors ?? 0,
        actions: 0,
        cost: made.cost ?? 0,
        tokens: { input: 0, output: 0 },
        endedAt: FIRST + made.day * DAY_MS,
      } satisfies ExecutionFigures),
    ),
  );

/** How a plain world's executions go on a day; each is a factor or, in success, an addition. */
export interface Shift {
  success?: number;
  seconds?: number;
  cost?: number;
  iterations?: number;
  errors?: number;
}

const kinds = [
  { category: 'api', complexity: 'SIMPLE', level: 0 },
  { category: 'api', complexity: 'COMPLEX', level: 1 },
  { category: 'tests', complexity: 'SIMPLE', level: 0.4 },
  { category: 'tests', complexity: 'MODERATE', level: 0.9 },
] as const;

export interface WorldOptions {
  days?: number;
  /** Executions a day, on average. */
  pace?: number | ((day: number) => number);
  shift?: (day: number) => Shift;
  /** Share of the executions that take 20 times as long. */
  outliers?: number;
  /** Weights of the four kinds of tasks. */
  mix?: (day: number) => readonly number[];
  /** Standard deviation of what all of a day's executions share, in logarithms. */
  dayNoise?: number;
  agentType?: string;
}

/** Executions of one agent on tasks of four kinds, which differ in how hard they are. */
export function makeWorld(seed: string, options: WorldOptions = {}): Made[] {
  const chance = new Chance(seed);
  const { days = 90, pace = 6, outliers = 0, dayNoise = 0 } = options;
  const executions: Made[] = [];
  for (let day = 0; day < days; day += 1) {
    const shift = options.shift?.(day) ?? {};
    const mix = options.mix?.(day) ?? [1, 1, 1, 1];
    const shared = dayNoise * chance.normal();
    const count = chance.poisson(typeof pace === 'number' ? pace : pace(day));
    for (let index = 0; index < count; index += 1) {
      const { level, ...kind } = kinds[drawn(chance, mix)] ?? kinds[0];
      const far = chance.happens(outliers) ? 20 : 1;
      const seconds = 20 * Math.exp(level + shared + 0.5 * chance.normal()) * far * (shift.seconds ?? 1);
      executions.push({
        ...kind,
        ...(options.agentType === undefined ? {} : { agentType: options.agentType }),
        day,
        seconds,
        cost: 0.02 * Math.exp(level + 0.4 * chance.normal()) * (shift.cost ?? 1),
        success: chance.happens(0.9 - 0.25 * level + (shift.success ?? 0)),
        iterations: 1 + chance.poisson((2 + 2 * level) * (shift.iterations ?? 1)),
        errors: chance.poisson(
          0.4 * (1 + level) * (shift.errors ?? 1) * Math.exp(0.6 * chance.normal() - 0.18),
        ),
      });
    }
  }
  return executions;
}

function drawn(chance: Chance, weights: readonly number[]): number {
  let left = chance.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}
