/** Replays a file under several seeds and lays what came of it beside the baselines. */
import { type Baselines, baselinesOf } from './baselines.js';
import { gapClosed, type Measures, meanMeasures, measuresOf, spread, utilityOf } from './measures.js';
import type { ReplayFile } from './replay-file.js';
import type { SeedReplay } from './seed-replay.js';

/** The figures of a replay under the names of its JSON. Rewards 0 to 1, costs USD a task. */
export interface ReplayEvaluation {
  file: string;
  tasks: number;
  agents: number;
  seeds: number;
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
  /** Mean rewards. */
  baselines: { random: number; thompson: number; bestSingle: number };
}

export interface EvaluatedReplay {
  evaluation: ReplayEvaluation;
  ours: Measures;
  baselines: Baselines;
  /** Reward a USD. */
  costWeight: number;
  /** Whose records were kept. */
  tenants: string[];
}

export interface EvaluateReplayOptions {
  /** How many; they are 1 to n. */
  seeds: number;
  costWeight: number;
  /** Replays the file under one seed. */
  run: (seed: number) => Promise<SeedReplay>;
}

export async function evaluateReplay(
  replay: ReplayFile,
  { seeds: count, costWeight, run }: EvaluateReplayOptions,
): Promise<EvaluatedReplay> {
  const seeds = Array.from({ length: count }, (_, index) => index + 1);
  const replays: SeedReplay[] = [];
  for (const seed of seeds) replays.push(await run(seed));
  const measures = replays.map(({ steps }) => measuresOf(steps));
  const ours = meanMeasures(measures);
  const baselines = baselinesOf(replay, seeds, costWeight);
  const sum = (figure: (seed: SeedReplay) => number) =>
    replays.reduce((total, seed) => total + figure(seed), 0);
  const utility = (measured: Measures) => utilityOf(measured, costWeight);
  return {
    evaluation: {
      file: replay.file,
      tasks: replay.tasks.length,
      agents: replay.agents.length,
      seeds: count,
      mean: ours.reward,
      sd: spread(measures.map(({ reward }) => reward)),
      gapClosed: gapClosed(utility(ours), utility(baselines.random), utility(baselines.bestSingle)),
      cost: ours.cost,
      curve: ours.curve,
      completed: sum(({ completed }) => completed),
      recorded: sum(({ recorded }) => recorded),
      baselines: {
        random: baselines.random.reward,
        thompson: baselines.thompson.reward,
        bestSingle: baselines.bestSingle.reward,
      },
    },
    ours,
    baselines,
    costWeight,
    tenants: replays.flatMap(({ tenant }) => tenant ?? []),
  };
}
