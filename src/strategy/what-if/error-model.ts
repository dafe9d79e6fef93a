/**
 * The error that chance leaves in an estimate: which plans it took, given the logged chances.
 *
 * A candidate of propensity p that the other policy gives the share q enters with the weight q / p when it is taken,
 * and not at all else: an event of rate p (1 - p), which gives the sum the variance of the draw, q^2 (1 / p - 1).
 */
import { type CenteredSum, centeredSum } from './compound-poisson.js';
import { type Jump, JumpBins, SignedBins } from './jumps.js';
import type { Residuals } from './residuals.js';
import type { Weighed } from './weights.js';

/** Collects what may go wrong, task by task, and says what comes of it. */
export interface ErrorModel {
  /** @param expected measure of each plan that is wanted */
  add(wanted: readonly Weighed[], expected: readonly number[]): void;
  /**
   * Error of the sum of weight x (measure - expected).
   *
   * @param excess by which the measure of what was not taken is above what is expected, on average
   */
  ofResiduals(excess: number): CenteredSum;
  /** Error of the sum of weight x (measure - value). */
  about(value: number): CenteredSum;
}

/** Slices of what is expected, from 0 to 1, that are told apart. */
const SLICES = 20;
/** No chance is taken to be nearer to 1, or its opposite to 0. */
const MOST = 0.995;

/**
 * Of a measure from 0 to 1, whose expectation says how far it may fall from it: 1 with the expected chance, and 0
 * else, both drawn together by the dispersion.
 */
export class ShareErrors implements ErrorModel {
  private readonly slices = Array.from({ length: SLICES }, () => new JumpBins());

  /** @param dispersion variance of the measure over that of one that is 0 or 1; asked for when all was added */
  constructor(private readonly dispersion: () => number) {}

  add(wanted: readonly Weighed[], expected: readonly number[]): void {
    wanted.forEach(({ share, propensity }, index) => {
      const slice = Math.min(SLICES - 1, Math.floor((expected[index] ?? 0) * SLICES));
      this.slices[slice]?.add(share / propensity, propensity * (1 - propensity));
    });
  }

  ofResiduals(excess: number): CenteredSum {
    return this.multiplied(
      (mean) => mean + excess,
      () => 0,
    );
  }

  about(value: number): CenteredSum {
    return this.multiplied(
      (mean) => mean,
      (mean) => mean - value,
    );
  }

  /** @param chance of a 1 where `mean` is expected. @param shift of the expectation from where sizes are counted */
  private multiplied(chance: (mean: number) => number, shift: (mean: number) => number): CenteredSum {
    const sums = new SignedBins();
    const spread = Math.sqrt(this.dispersion());
    this.slices.forEach((bins, slice) => {
      const mean = (slice + 0.5) / SLICES;
      const one = Math.min(MOST, Math.max(1 - MOST, chance(mean)));
      for (const { size, rate } of bins.jumps()) {
        sums.add(size * (shift(mean) + spread * (1 - mean)), rate * one);
        sums.add(size * (shift(mean) - spread * mean), rate * (1 - one));
      }
    });
    return centeredSum(sums.jumps());
  }
}

/**
 * Of any amount, by how each plan's amounts fell about what was expected of it. Where that was a guess, as of a plan
 * that nobody had tried, the guess itself may be far off, and by how much is known in the end.
 */
export class AmountErrors implements ErrorModel {
  private readonly plans = new Map<string, PlanWeights>();
  private known: CenteredSum | null = null;

  /** @param isSettled whether what is expected of a plan is more than a guess by now */
  constructor(
    private readonly residuals: Residuals,
    private readonly isSettled: (plan: string) => boolean,
  ) {}

  add(wanted: readonly Weighed[], expected: readonly number[]): void {
    this.known = null;
    wanted.forEach(({ plan, share, propensity }, index) => {
      const weights = this.plans.get(plan) ?? {
        all: new JumpBins(),
        settled: new JumpBins(),
        guessed: new Map(),
      };
      this.plans.set(plan, weights);
      const [weight, rate] = [share / propensity, propensity * (1 - propensity)];
      weights.all.add(weight, rate);
      if (this.isSettled(plan)) return weights.settled.add(weight, rate);
      const guess = roughly(expected[index] ?? 0);
      const bins = weights.guessed.get(guess) ?? new JumpBins();
      weights.guessed.set(guess, bins);
      bins.add(weight, rate);
    });
  }

  /** How plans' amounts fell says enough, and no limit to them bounds what an excess would do. */
  ofResiduals(): CenteredSum {
    if (this.known !== null) return this.known;
    const sums = new SignedBins();
    for (const [plan, { settled, guessed }] of this.plans) {
      const mean = this.residuals.meanOf(plan);
      const residuals = this.residuals.of(plan);
      multiply(sums, settled, residuals, 0);
      for (const [guess, bins] of guessed) multiply(sums, bins, residuals, mean === null ? 0 : mean - guess);
    }
    this.known = centeredSum(sums.jumps());
    return this.known;
  }

  about(value: number): CenteredSum {
    const sums = new SignedBins();
    for (const [plan, { all }] of this.plans) multiply(sums, all, this.residuals.amountsOf(plan), -value);
    return centeredSum(sums.jumps());
  }
}

/** Adds every weight with every size of a distribution, moved by so much. */
function multiply(sums: SignedBins, bins: JumpBins, distribution: readonly Jump[], moved: number): void {
  const weights = bins.jumps();
  if (weights.length === 0) return;
  for (const { size, rate } of distribution)
    for (const weight of weights) sums.add(weight.size * (size + moved), rate * weight.rate);
}

interface PlanWeights {
  all: JumpBins;
  settled: JumpBins;
  /** By what was guessed. */
  guessed: Map<number, JumpBins>;
}

/** To an eighth of a doubling, so that there are few. */
const roughly = (amount: number): number => (amount > 0 ? 2 ** (Math.round(8 * Math.log2(amount)) / 8) : 0);
