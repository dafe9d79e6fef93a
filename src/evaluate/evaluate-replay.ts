/** Replays a file under several seeds and lays what came of it beside the baselines. */
import type { Interval } from '../evidence/intervals.js';
import { type BaselineName, type Baselines, baselinesOf } from './baselines.js';
import { type Estimate, estimate, rescaled } from './estimate.js';
import { type Calibration, calibrationOf } from './forecasts.js';
import { gapClosed, type Measures, meanMeasures, measuresOf, spread, utilityOf } from './measures.js';
import { permuted } from './permuted.js';
import type { ReplayFile } from './replay-file.js';
import type { SeedReplay } from './seed-replay.js';
import { type Spending, spendingOf } from './spending.js';

/** The figures of a replay under the names of its JSON. Rewards 0 to 1, costs USD a task. */
export interface ReplayEvaluation {
  file: string;
  tasks: number;
  agents: number;
  seeds: number;
  /** Whether each seed had an order of the tasks of its own. */
  shuffled: boolean;
  /** Reward a USD. */
  costWeight: number;
  /** Mean reward over tasks and seeds. */
  mean: number;
  /** Of the seeds' means; null of one seed. */
  sd: number | null;
  /** Of utility, which is reward unless cost is weighed; null when the best single agent is no better than random. */
  gapClosed: number | null;
  cost: number | null;
  curve: (number | null)[];
  /** Tasks that ended with a result, over all seeds. */
  completed: number;
  /** Executions in the record, over all seeds. */
  recorded: number;
  /** 95% intervals over the seeds; null of one seed. */
  intervals: { mean: Interval | null; gapClosed: Interval | null };
  /** Mean rewards. */
  baselines: Record<BaselineName, number>;
  beside: Record<BaselineName, Beside>;
  /** Null where nothing was predicted. */
  calibration: Calibration | null;
  /** Null without a budget. */
  spending: Spending | null;
}

/** A baseline, and Journeyman beside it. */
interface Beside {
  reward: Estimate;
  cost: number | null;
  /** Null as above. */
  gapClosed: Estimate | null;
  /** Journeyman's utility less the baseline's, seed by seed where the baseline has seeds. */
  difference: Estimate;
}

export interface EvaluatedReplay {
  evaluation: ReplayEvaluation;
  ours: Measures;
  baselines: Baselines;
  /** Whose records were kept. */
  tenants: string[];
}

export interface EvaluateReplayOptions {
  /** How many; they are 1 to n. */
  seeds: number;
  /** Reward a USD. */
  costWeight: number;
  /** USD a task. */
  budget?: number;
  /** Gives each seed an order of the tasks of its own. */
  shuffle?: boolean;
  /** Replays the file, in the seed's order, under one seed. */
  run: (seed: number, replay: ReplayFile) => Promise<SeedReplay>;
}

export async function evaluateReplay(
  replay: ReplayFile,
  { seeds: count, costWeight, budget, shuffle = false, run }: EvaluateReplayOptions,
): Promise<EvaluatedReplay> {
  const seeds = Array.from({ length: count }, (_, index) => index + 1);
  const orders = new Map(seeds.map((seed) => [seed, shuffle ? permuted(replay, seed) : replay]));
  const orderOf = (seed: number): ReplayFile => orders.get(seed) ?? replay;
  const replays: SeedReplay[] = [];
  for (const seed of seeds) replays.push(await run(seed, orderOf(seed)));
  const runs = replays.map(({ steps }) => steps);
  const measures = runs.map(measuresOf);
  const ours = meanMeasures(measures);
  const baselines = baselinesOf(replay, { seeds, costWeight, orderOf });
  const total = (figure: (seed: SeedReplay) => number) =>
    replays.reduce((sum, seed) => sum + figure(seed), 0);
  const utility = (measured: Measures) => utilityOf(measured, costWeight);
  const ends = { random: utility(baselines.random.measures), best: utility(baselines.bestSingle.measures) };
  const utilities = measures.map(utility);
  return {
    evaluation: {
      file: replay.file,
      tasks: replay.tasks.length,
      agents: replay.agents.length,
      seeds: count,
      shuffled: shuffle,
      costWeight,
      mean: ours.reward,
      sd: spread(measures.map(({ reward }) => reward)),
      gapClosed: gapClosed(utility(ours), ends.random, ends.best),
      cost: ours.cost,
      curve: ours.curve,
      completed: total(({ completed }) => completed),
      recorded: total(({ recorded }) => recorded),
      intervals: {
        mean: estimate(measures.map(({ reward }) => reward)).interval,
        gapClosed: gapOf(utilities, ends)?.interval ?? null,
      },
      baselines: mapBaselines(baselines, ({ measures }) => measures.reward),
      beside: mapBaselines(baselines, ({ measures, seeds: own }) => ({
        reward: own === null ? exact(measures.reward) : estimate(own.map(({ reward }) => reward)),
        cost: measures.cost,
        gapClosed: gapOf(own === null ? [utility(measures)] : own.map(utility), ends),
        difference: estimate(utilities.map((value, at) => value - utility(own?.[at] ?? measures))),
      })),
      calibration: calibrationOf(
        replay,
        seeds.map((seed, at) => ({ seed, order: orderOf(seed), steps: runs[at] ?? [] })),
      ),
      spending: budget === undefined ? null : spendingOf(replay, runs, { budget, costWeight, seeds }),
    },
    ours,
    baselines,
    tenants: replays.flatMap(({ tenant }) => tenant ?? []),
  };
}

/** What is the same under every seed has no interval. */
const exact = (mean: number): Estimate => ({ mean, interval: null });

/** The closed gap is linear in utility, and random and best single are the same under every seed. */
function gapOf(
  utilities: readonly number[],
  { random, best }: { random: number; best: number },
): Estimate | null {
  return gapClosed(random, random, best) === null
    ? null
    : rescaled(estimate(utilities), random, best - random);
}

const mapBaselines = <T>(
  baselines: Baselines,
  figure: (baseline: Baselines[BaselineName]) => T,
): Record<BaselineName, T> =>
  Object.fromEntries(Object.entries(baselines).map(([name, baseline]) => [name, figure(baseline)])) as Record<
    BaselineName,
    T
  >;
