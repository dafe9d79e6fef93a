/** How well rankings answer queries. Pure. */
import { mean, quantileSorted } from 'simple-statistics';
import type { Interval } from '../evidence/intervals.js';
import { seededUniform } from '../evidence/random.js';

/** Where one ranking put the documents that answer a query. */
export interface Placing {
  /** From 1, ascending, of those that were found. */
  ranks: readonly number[];
  /** How many documents answer the query, found or not. */
  relevant: number;
}

export const measureNames = ['recallAt5', 'recallAt10', 'hitAt5', 'mrr'] as const;
export type MeasureName = (typeof measureNames)[number];

/** Means over queries, 0 to 1. */
export type RetrievalMeasures = Record<MeasureName, number>;

const one: Record<MeasureName, (placing: Placing) => number> = {
  /** Share of the answering documents among the first five. */
  recallAt5: (placing) => recallAt(placing, 5),
  recallAt10: (placing) => recallAt(placing, 10),
  /** Whether one of them is among the first five. */
  hitAt5: ({ ranks }) => (ranks.some((rank) => rank <= 5) ? 1 : 0),
  /** One over the rank of the first, 0 where none was found. */
  mrr: ({ ranks }) => (ranks[0] === undefined ? 0 : 1 / ranks[0]),
};

const recallAt = ({ ranks, relevant }: Placing, depth: number): number =>
  ranks.filter((rank) => rank <= depth).length / relevant;

/** @param placings one a query; at least one */
export function retrievalMeasures(placings: readonly Placing[]): RetrievalMeasures {
  return byMeasure((name) => mean(placings.map(one[name])));
}

/** How many samples are drawn for an interval. */
const SAMPLES = 2_000;

/**
 * 95% intervals of the means by the bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993):
 * groups are drawn with replacement, and of each its queries: queries of a group are alike, and other groups are
 * what a user has. Of one group, its queries alone are drawn. The same for the same placings.
 *
 * @param groups of placings; at least one, none of them empty
 */
export function bootstrapIntervals(groups: readonly (readonly Placing[])[]): Record<MeasureName, Interval> {
  const random = seededUniform('retrieval');
  const draw = <T>(from: readonly T[]): T[] => from.map(() => from[Math.floor(random() * from.length)] as T);
  const values = groups.map((placings) => placings.map((placing) => byMeasure((name) => one[name](placing))));
  const samples = Array.from({ length: SAMPLES }, () => {
    const drawn = (values.length === 1 ? values : draw(values)).flatMap(draw);
    return byMeasure((name) => mean(drawn.map((value) => value[name])));
  });
  return byMeasure((name) => {
    const sorted = samples.map((sample) => sample[name]).sort((a, b) => a - b);
    return { low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975) };
  });
}

const byMeasure = <T>(value: (name: MeasureName) => T): Record<MeasureName, T> => ({
  recallAt5: value('recallAt5'),
  recallAt10: value('recallAt10'),
  hitAt5: value('hitAt5'),
  mrr: value('mrr'),
});
