/** Sizes and rates of rare events, binned so that a log of any length takes the same room. */

/** Events of one size. */
export interface Jump {
  size: number;
  /** How many are expected. */
  rate: number;
}

/** Bins a doubling of size is divided into, and the doublings below and above 1 that are told apart. */
const PER_DOUBLING = 4;
const DOUBLINGS = 40;
const BINS = 2 * DOUBLINGS * PER_DOUBLING;

/** A histogram of positive sizes by their logarithm. Each bin keeps its rate and its sum of squared sizes exactly. */
export class JumpBins {
  private readonly rates = new Float64Array(BINS);
  private readonly squares = new Float64Array(BINS);

  /** @param size above 0; an event of size 0 moves nothing and is left out */
  add(size: number, rate: number): void {
    if (!(size > 0) || !(rate > 0)) return;
    const bin = Math.floor((Math.log2(size) + DOUBLINGS) * PER_DOUBLING);
    const at = Math.min(BINS - 1, Math.max(0, bin));
    this.rates[at] = (this.rates[at] ?? 0) + rate;
    this.squares[at] = (this.squares[at] ?? 0) + rate * size * size;
  }

  /** The bins that hold something. @param factor multiplies the sizes, and may be negative */
  jumps(factor = 1): Jump[] {
    const all: Jump[] = [];
    this.rates.forEach((rate, at) => {
      if (rate > 0) all.push({ size: factor * Math.sqrt((this.squares[at] ?? 0) / rate), rate });
    });
    return all;
  }
}

/** The same for sizes of both signs. */
export class SignedBins {
  private readonly above = new JumpBins();
  private readonly below = new JumpBins();

  add(size: number, rate: number): void {
    if (size > 0) this.above.add(size, rate);
    else this.below.add(-size, rate);
  }

  /** @param factor above 0; multiplies the sizes */
  jumps(factor = 1): Jump[] {
    return [...this.above.jumps(factor), ...this.below.jumps(-factor)];
  }
}

/** Sum of the squared sizes: the variance of the sum of what happens. */
export const varianceOf = (jumps: readonly Jump[]): number =>
  jumps.reduce((sum, { size, rate }) => sum + rate * size * size, 0);
