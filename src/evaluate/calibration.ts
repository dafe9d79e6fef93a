/**
 * How well what was predicted came true. A reward between 0 and 1 counts as that share of a success, so that all
 * figures are what draws of the success would give on average. Pure.
 */
import { mean, sum } from 'simple-statistics';
import { type Interval, wilson } from '../evidence/intervals.js';

/** A predicted reward and the one that came, both from 0 to 1. */
export interface Forecast {
  predicted: number;
  reward: number;
  /** Names what was predicted: forecasts of one agent on one task under several seeds have one outcome. */
  outcome: string;
}

export interface ReliabilityBin {
  /** Predictions from `low` to below `high`; the last bin has 1 as well. */
  low: number;
  high: number;
  n: number;
  /** Mean prediction. */
  predicted: number;
  /** Mean reward. */
  cameTrue: number;
  /** 95% (Wilson) of the latter; as many trials as the independent outcomes that the predictions amount to. */
  interval: Interval;
}

/** All are 0 for sure predictions that come true; lower is better. */
export interface Scores {
  /** Expected calibration error: the mean distance of prediction and reward over the bins, weighed by n. */
  ece: number;
  /** Mean squared error. */
  brier: number;
  /** Mean negative log-likelihood in nats. */
  logLoss: number;
}

const BINS = 10;
/** What a sure prediction that fails costs is bounded by this. */
const SUREST = 1e-9;

/** The predictions in ten bins of equal width; bins without any are left out. */
export function reliability(forecasts: readonly Forecast[]): ReliabilityBin[] {
  const bins = new Map<number, Forecast[]>();
  for (const forecast of forecasts) {
    // 0.7 x 10 is 7, but 0.6 + 0.1 is a hair below 0.7.
    const bin = Math.min(BINS - 1, Math.floor(forecast.predicted * BINS + 1e-9));
    const found = bins.get(bin);
    if (found === undefined) bins.set(bin, [forecast]);
    else found.push(forecast);
  }
  return [...bins]
    .sort(([one], [other]) => one - other)
    .map(([bin, inBin]) => {
      const cameTrue = mean(inBin.map(({ reward }) => reward));
      const trials = independent(inBin);
      return {
        low: bin / BINS,
        high: (bin + 1) / BINS,
        n: inBin.length,
        predicted: mean(inBin.map(({ predicted }) => predicted)),
        cameTrue,
        interval: wilson(Math.min(1, cameTrue) * trials, trials),
      };
    });
}

/** Scores of forecasts; null of none. */
export function scoresOf(forecasts: readonly Forecast[]): Scores | null {
  if (forecasts.length === 0) return null;
  const distances = reliability(forecasts).map(
    ({ n, predicted, cameTrue }) => n * Math.abs(predicted - cameTrue),
  );
  return {
    ece: sum(distances) / forecasts.length,
    brier: mean(forecasts.map(brierOf)),
    logLoss: mean(forecasts.map(logLossOf)),
  };
}

/** G. W. Brier, Monthly Weather Review 78(1), 1950, in the form for one event. */
const brierOf = ({ predicted, reward }: Forecast): number =>
  reward * (1 - predicted) ** 2 + (1 - reward) * predicted ** 2;

function logLossOf({ predicted, reward }: Forecast): number {
  const p = Math.min(1 - SUREST, Math.max(SUREST, predicted));
  return -(reward * Math.log(p) + (1 - reward) * Math.log1p(-p));
}

/**
 * Independent outcomes that give a mean of the same variance: Kish's effective sample size, the weight of an
 * outcome being how often it was predicted.
 */
function independent(forecasts: readonly Forecast[]): number {
  const weights = new Map<string, number>();
  for (const { outcome } of forecasts) weights.set(outcome, (weights.get(outcome) ?? 0) + 1);
  return forecasts.length ** 2 / sum([...weights.values()].map((weight) => weight ** 2));
}
