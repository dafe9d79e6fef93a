/** What was predicted in replays, and what their plans' base rates would have predicted in their stead. Pure. */
import { mean } from 'simple-statistics';
import { planKey } from '../shared/plan-key.js';
import { anonymise } from './anonymised-replay.js';
import { type Forecast, type ReliabilityBin, reliability, type Scores, scoresOf } from './calibration.js';
import type { ReplayFile } from './replay-file.js';
import type { ReplayStep, SeedReplay } from './seed-replay.js';

/** Scores of Journeyman's predictions beside those of base rates, on the same choices. */
interface ScoresBeside {
  n: number;
  ours: Scores;
  /** The chosen plan's own mean reward over the whole file, which is known in hindsight only. */
  baseRate: Scores;
  /** The mean reward of the plan's executions before, with one success and one failure to begin with. */
  runningBaseRate: Scores;
}

export interface Calibration extends ScoresBeside {
  /** Choices without a prediction, or without a result. */
  unpredicted: number;
  bins: ReliabilityBin[];
  /** By the file's agent; those that were never chosen are left out. */
  agents: (ScoresBeside & { agent: string })[];
}

/** A choice's prediction with those of the base rates. */
interface Predicted {
  agent: number;
  ours: Forecast;
  baseRate: Forecast;
  runningBaseRate: Forecast;
}

/** What seeds' replays predicted, all together. @returns null where nothing was predicted */
export function calibrationOf(
  replay: ReplayFile,
  runs: readonly { seed: number; order: ReplayFile; steps: readonly ReplayStep[] }[],
): Calibration | null {
  const baseRates = replay.agents.map((_, agent) =>
    mean(replay.tasks.map(({ reward }) => reward[agent] ?? 0)),
  );
  const predicted = runs.flatMap((run) => predictedIn(run, baseRates));
  const all = besides(predicted);
  if (all === null) return null;
  const steps = runs.reduce((total, run) => total + run.steps.length, 0);
  return {
    ...all,
    unpredicted: steps - predicted.length,
    bins: reliability(predicted.map(({ ours }) => ours)),
    agents: replay.agents.flatMap((agent, index) => {
      const own = besides(predicted.filter((each) => each.agent === index));
      return own === null ? [] : { agent, ...own };
    }),
  };
}

function predictedIn(
  { seed, order, steps }: { seed: number; order: ReplayFile; steps: SeedReplay['steps'] },
  baseRates: readonly number[],
): Predicted[] {
  const view = anonymise(order, seed);
  const indices = new Map(
    view.agents.map((agent) => [planKey({ strategy: 'single', agents: [agent] }), view.indexOf(agent)]),
  );
  const seen = baseRates.map(() => ({ n: 0, sum: 0 }));
  return steps.flatMap(({ reward, confidence, plan }, at) => {
    const agent = indices.get(plan);
    const record = agent === undefined ? undefined : seen[agent];
    if (agent === undefined || record === undefined) return [];
    const running = (record.sum + 1) / (record.n + 2);
    record.n += 1;
    record.sum += reward;
    if (confidence === null) return [];
    const outcome = `${order.tasks[at]?.id} ${agent}`;
    const forecast = (predicted: number): Forecast => ({ predicted, reward, outcome });
    return {
      agent,
      ours: forecast(confidence),
      baseRate: forecast(baseRates[agent] ?? 0),
      runningBaseRate: forecast(running),
    };
  });
}

function besides(predicted: readonly Predicted[]): ScoresBeside | null {
  const ours = scoresOf(predicted.map((each) => each.ours));
  const baseRate = scoresOf(predicted.map((each) => each.baseRate));
  const runningBaseRate = scoresOf(predicted.map((each) => each.runningBaseRate));
  if (ours === null || baseRate === null || runningBaseRate === null) return null;
  return { n: predicted.length, ours, baseRate, runningBaseRate };
}
