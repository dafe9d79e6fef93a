/** One measure under one other policy, estimated from the log. */
import type { Interval } from '../../evidence/intervals.js';
import type { ErrorModel } from './error-model.js';
import type { WeighedTask } from './weights.js';

/** With a smaller effective sample nothing is said. */
export const FEWEST = 30;
const TAIL = 0.025;
const LEAST_UNTAKEN = 1e-6;

/** An estimate with its 95% interval. */
export interface Estimate extends Interval {
  estimate: number;
}

export interface MeasureEstimate {
  /** Tasks it rests on: the measure is known, and the policy wants something that was offered. */
  tasks: number;
  /** Tasks run under the policy itself that would say as much. */
  effectiveSample: number;
  answerable: boolean;
  /** Tasks at the same chances that would make it answerable; null where it is. */
  tasksNeeded: number | null;
  /** Mean of what happened on these tasks. */
  happened: number | null;
  doublyRobust: Estimate | null;
  selfNormalised: Estimate | null;
  /** Doubly robust estimate less what happened. */
  difference: Estimate | null;
}

/** Between what the measure of a task can be. */
export interface Bounds {
  least: number;
  most: number;
}

/**
 * Sums for the self-normalised and the doubly robust estimate of what the policy would have come to on these very
 * tasks (Swaminathan and Joachims, NeurIPS 2015; Dudik, Erhan, Langford and Li, Statistical Science 29(4), 2014).
 *
 * Each task's error has mean 0 given all before it, although the log's policy learns from what it sees, since its
 * chances and what is expected come from earlier tasks alone. The intervals are quantiles of the error's own
 * distribution under the logged chances, for the normal one is wrong where few tasks carry most of the weight. The
 * effective sample is n^2 over the sum of q^2 / p: its expectation, where the usual one goes by the weights that
 * happened to be drawn and looks best when chance has left out what matters.
 */
export class Estimator {
  private n = 0;
  private observed = 0;
  private modelled = 0;
  private residual = 0;
  /** Of the plans that were taken: the share the policy gives them, and that times measure and residual. */
  private takenShare = 0;
  private takenValue = 0;
  private takenResidual = 0;
  private weights = 0;
  private weighted = 0;
  private squares = 0;
  private highest = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly errors: ErrorModel,
    private readonly bounds: Bounds,
  ) {}

  /** @param expected measure of each wanted plan */
  add(task: WeighedTask, expected: readonly number[], value: number): void {
    if (task.wanted.length === 0) return;
    this.n += 1;
    this.observed += value;
    const taken = task.wanted[task.taken];
    if (taken !== undefined) {
      const weight = taken.share / taken.propensity;
      const residual = value - (expected[task.taken] ?? 0);
      this.residual += weight * residual;
      this.takenShare += taken.share;
      this.takenValue += taken.share * value;
      this.takenResidual += taken.share * residual;
      this.weights += weight;
      this.weighted += weight * value;
    }
    task.wanted.forEach(({ share, propensity }, index) => {
      this.modelled += share * (expected[index] ?? 0);
      this.squares += (share * share) / propensity;
    });
    this.highest = Math.max(this.highest, value);
    this.errors.add(task.wanted, expected);
  }

  result(): MeasureEstimate {
    const { n } = this;
    const effectiveSample = n === 0 ? 0 : n ** 2 / this.squares;
    const answerable = effectiveSample >= FEWEST;
    const happened = n === 0 ? null : this.observed / n;
    const doublyRobust = answerable ? this.doublyRobust() : null;
    return {
      tasks: n,
      effectiveSample,
      answerable,
      tasksNeeded: answerable || n === 0 ? null : Math.ceil((n * FEWEST) / effectiveSample),
      happened,
      doublyRobust,
      selfNormalised: answerable ? this.selfNormalised() : null,
      difference: doublyRobust === null || happened === null ? null : moved(doublyRobust, -happened),
    };
  }

  /** What the plans that were not taken came to is all that is not known. */
  private get untaken(): number {
    return Math.max(this.n - this.takenShare, LEAST_UNTAKEN);
  }

  /** What is certain of the truth: that the untaken lie within the measure's bounds. */
  private get certain(): Bounds {
    const { least, most } = this.bounds;
    return {
      least: (this.takenValue + this.untaken * least) / this.n,
      most: (this.takenValue + this.untaken * most) / this.n,
    };
  }

  private doublyRobust(): Estimate {
    const estimate = (this.modelled + this.residual) / this.n;
    // What the truth is says how the untaken must have done.
    const chance = (value: number): number => {
      const excess = (this.n * value - this.modelled - this.takenResidual) / this.untaken;
      return this.errors.ofResiduals(excess).below(this.n * (estimate - value));
    };
    const { deviation } = this.errors.ofResiduals(0);
    return interval(chance, held(estimate, this.certain), this.certain, deviation / this.n);
  }

  private selfNormalised(): Estimate | null {
    if (this.weights <= 0) return null;
    const estimate = this.weighted / this.weights;
    const chance = (value: number): number =>
      this.errors.about(value).below(this.weighted - value * this.weights);
    // A weighted mean lies between the least and the largest amount, wherever the bounds are.
    const { least, most } = this.certain;
    const bounds = { least, most: Math.max(least, Math.min(most, this.highest)) };
    const { deviation } = this.errors.about(estimate);
    return interval(chance, held(estimate, bounds), bounds, deviation / this.n);
  }
}

/**
 * A test turned around: the values under which an error as far down, or as far up, is not too rare.
 *
 * @param chance of at most the error that was made, if the value is the truth
 * @param deviation of the error, more or less
 */
function interval(
  chance: (value: number) => number,
  estimate: number,
  { least, most }: Bounds,
  deviation: number,
): Estimate {
  if (!(deviation > 0)) return { estimate, low: estimate, high: estimate };
  return {
    estimate,
    low: boundary(estimate, least, -deviation, (value) => chance(value) <= 1 - TAIL),
    high: boundary(estimate, most, deviation, (value) => chance(value) >= TAIL),
  };
}

const held = (value: number, { least, most }: Bounds): number => Math.min(most, Math.max(least, value));

/** The last value that holds on the way to the end: by steps that double, and then by halving. */
function boundary(from: number, end: number, step: number, holds: (value: number) => boolean): number {
  let [inside, outside] = [from, from];
  for (let stride = 2 * step; ; stride *= 2) {
    outside = step < 0 ? Math.max(end, inside + stride) : Math.min(end, inside + stride);
    if (!holds(outside)) break;
    if (outside === end) return outside;
    inside = outside;
  }
  for (let halving = 0; halving < 8; halving++) {
    const middle = (inside + outside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return (inside + outside) / 2;
}

const moved = ({ estimate, low, high }: Estimate, by: number): Estimate => ({
  estimate: estimate + by,
  low: low + by,
  high: high + by,
});
