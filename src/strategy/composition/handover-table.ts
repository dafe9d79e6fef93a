/** What is known of agents after and beside each other, ready to be asked. */
import type { CounterRow } from '../../store/counters.js';
import { type Agreement, type DirectedPair, pairKey, pairsOf } from './directed-pair.js';
import { type BelievedAgent, fitPairs, type PairFit, priorFit, type Ratios } from './fit-pairs.js';
import { asShare, average, type Curve, failureCurve } from './shared-difficulty.js';

/** What is believed of a probability. */
export interface Chance {
  mean: number;
  deviation: number;
}

/** An agent and its probability of success alone. */
export interface Tried {
  agent: string;
  mean: number;
}

/** A counter of the projection `handovers`, with what tells it from the others where it is split. */
export type HandoverRow = CounterRow & { key?: string };

export class HandoverTable {
  private readonly rows = new Map<string, HandoverRow>();
  /** Whether rows have come since the pairs were made of them. */
  private stale = false;
  private pairs: ReadonlyMap<string, DirectedPair> = new Map();
  private agreements: ReadonlyMap<string, Agreement> = new Map();
  private fit: PairFit = priorFit();
  private tries = 0;
  private fittedTries = -1;

  constructor(rows: readonly HandoverRow[] = []) {
    this.update(rows);
  }

  /** Takes rows in, each in place of the earlier one of the same key, or of the same dimensions. */
  update(rows: readonly HandoverRow[]): void {
    for (const row of rows) {
      const { first, then, category } = row.dimensions;
      this.rows.set(row.key ?? JSON.stringify([first, then, category]), row);
    }
    this.stale ||= rows.length > 0;
  }

  /** Rows that are held. */
  get size(): number {
    return this.rows.size;
  }

  private refresh(): void {
    if (!this.stale) return;
    this.stale = false;
    ({ pairs: this.pairs, agreements: this.agreements } = pairsOf(this.rows.values()));
    this.tries = [...this.pairs.values()].reduce((sum, pair) => sum + pair.tries + pair.laterTries, 0);
  }

  /**
   * Fits what is believed to the rows, when they have grown by a twentieth since it was last done.
   *
   * @param knows categories that `believed` answers for
   */
  learn(believed: BelievedAgent, knows: (category: string) => boolean): void {
    this.refresh();
    if (this.tries < this.fittedTries * 1.05 + 1) return;
    this.fit = fitPairs(this.pairs, believed, knows);
    this.fittedTries = this.tries;
  }

  /** Share of the difficulty of tasks that the agents have in common. */
  get share(): number {
    return this.fit.share;
  }

  /**
   * The chance that an agent succeeds where others failed one after another: what the common difficulty says, and as
   * far as the pair has been seen, what came of it. It is unsure by how unsure the share is, and by how far pairs
   * differ.
   *
   * @param before those that failed, in order; at least one
   */
  after(before: readonly Tried[], { agent, mean }: Tried): Chance {
    this.refresh();
    const { share, shareDeviation, rates, weight } = this.fit;
    const expected = afterFailures(before, { agent, mean }, share);
    const slope = expected - afterFailures(before, { agent, mean }, asShare(share + shareDeviation));
    const key = pairKey(before.at(-1)?.agent ?? '', agent);
    const pair = this.pairs.get(key);
    const later = before.length > 1;
    // Of a pair that came after the last fit, the share's word in this category has to do for all.
    const rate = later || rates.get(key) === undefined ? expected : rates.get(key);
    const seen = pair === undefined || rate === null ? 0 : later ? pair.laterTries : pair.tries;
    const successes = (later ? pair?.laterSuccesses : pair?.successes) ?? 0;
    const surplus = seen === 0 ? 0 : successes - seen * (rate ?? expected);
    const chance = expected + surplus / (weight + seen);
    const bounded = Math.min(0.99, Math.max(0.01, chance));
    const ofPair = (bounded * (1 - bounded)) / (weight + seen + 1);
    return { mean: bounded, deviation: Math.sqrt(ofPair + ((slope * weight) / (weight + seen)) ** 2) };
  }

  /** How cost and time of an agent after another are to those alone. */
  amounts(before: string, agent: string): Ratios {
    return this.fit.ratios.get(pairKey(before, agent)) ?? this.fit.usual;
  }

  /**
   * How often agents gave the same answer to the same task, and how often so where both were right; the latter leans
   * on one half, as nothing is known of whether right answers can be told to be the same.
   */
  agreement(agents: readonly string[]): { compared: number; agreed: number; sameWhenRight: number } {
    this.refresh();
    const sum: Agreement = { compared: 0, agreed: 0, comparedRight: 0, agreedRight: 0 };
    const types = [...new Set(agents)].sort();
    for (const [index, first] of types.entries())
      for (const then of types.slice(index + 1)) {
        const known = this.agreements.get(pairKey(first, then));
        if (known === undefined) continue;
        for (const name of ['compared', 'agreed', 'comparedRight', 'agreedRight'] as const)
          sum[name] += known[name];
      }
    const sameWhenRight = (1 + sum.agreedRight) / (2 + sum.comparedRight);
    return { compared: sum.compared, agreed: sum.agreed, sameWhenRight };
  }
}

/** By the common difficulty alone. */
function afterFailures(before: readonly Tried[], next: Tried, share: number): number {
  const curves = failures(before, share);
  const failed = average(...curves);
  if (failed < 1e-9) return next.mean;
  const again = before.some(({ agent }) => agent === next.agent);
  const all = again ? failures([...before, next], share) : [...curves, failureCurve(next.mean, share)];
  return 1 - average(...all) / failed;
}

/** That each agent fails all its tries, at each difficulty: those of one agent have more in common. */
function failures(tried: readonly Tried[], share: number): Curve[] {
  const tries = new Map<string, number>();
  for (const { agent } of tried) tries.set(agent, (tries.get(agent) ?? 0) + 1);
  const curves: Curve[] = [];
  for (const { agent, mean } of tried) {
    const count = tries.get(agent);
    if (count === undefined) continue;
    curves.push(failureCurve(mean, share, count));
    tries.delete(agent);
  }
  return curves;
}
