/** How a plan's amounts fall, by themselves and about what was expected of them. */
import { type Jump, JumpBins, SignedBins } from './jumps.js';

/** Tasks' worth that all plans' residuals, taken as shares of what was expected, weigh beside a plan's own. */
const SHARED_WEIGHT = 20;

interface Sum {
  n: number;
  residuals: SignedBins;
  values: JumpBins;
  zeros: number;
}

export class Residuals {
  private readonly plans = new Map<string, Sum & { amounts: number; total: number }>();
  private readonly shares = emptySum();
  private amounts = 0;
  private total = 0;

  /** @param expected null where that was no more than a guess */
  add(plan: string, amount: number, expected: number | null): void {
    const own = this.plans.get(plan) ?? { ...emptySum(), amounts: 0, total: 0 };
    this.plans.set(plan, own);
    own.amounts += 1;
    own.total += amount;
    this.amounts += 1;
    this.total += amount;
    if (expected === null) return;
    put(own, amount, expected);
    if (expected > 0) put(this.shares, amount / expected, 1);
  }

  /** Mean amount of all plans. */
  get mean(): number {
    return this.amounts === 0 ? 0 : this.total / this.amounts;
  }

  /** Mean amount of a plan; null for one that no task ran with. */
  meanOf(plan: string): number | null {
    const own = this.plans.get(plan);
    return own === undefined ? null : own.total / own.amounts;
  }

  /** The distribution of a plan's residuals; rates add up to at most 1. */
  of(plan: string): Jump[] {
    return this.mixed(plan, ({ residuals }, factor) => residuals.jumps(factor));
  }

  /** The distribution of a plan's amounts; rates add up to at most 1. */
  amountsOf(plan: string): Jump[] {
    return this.mixed(plan, ({ values, zeros }, factor) => [
      ...values.jumps(factor),
      { size: 0, rate: zeros },
    ]);
  }

  private mixed(plan: string, listed: (sum: Sum, factor: number) => Jump[]): Jump[] {
    const own = this.plans.get(plan);
    const n = (own?.n ?? 0) + SHARED_WEIGHT;
    const shared = SHARED_WEIGHT / n / Math.max(1, this.shares.n);
    return [
      ...(own === undefined ? [] : weighed(listed(own, 1), 1 / n)),
      ...weighed(listed(this.shares, this.meanOf(plan) ?? this.mean), shared),
    ];
  }
}

const emptySum = (): Sum => ({ n: 0, residuals: new SignedBins(), values: new JumpBins(), zeros: 0 });

function put(sum: Sum, amount: number, expected: number): void {
  sum.n += 1;
  sum.residuals.add(amount - expected, 1);
  sum.values.add(amount, 1);
  if (amount === 0) sum.zeros += 1;
}

const weighed = (jumps: readonly Jump[], weight: number): Jump[] =>
  jumps.map(({ size, rate }) => ({ size, rate: rate * weight }));
