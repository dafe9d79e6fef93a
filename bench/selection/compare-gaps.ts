/** Methods side by side in many worlds: how much of what there is to gain each gains. */
import { mean } from 'simple-statistics';
import type { Estimate } from '../../src/evaluate/estimate.js';
import { seededUniform } from '../../src/evidence/random.js';
import { tell } from '../tell.js';
import { play } from './measures/play.js';
import { ratio } from './measures/ratio.js';
import type { MakeMethod } from './method.js';
import { REFERENCE } from './methods/methods.js';
import { permuted, singlesOf, type World } from './worlds/world.js';

/** One method in all worlds of a comparison. */
interface GapRow {
  method: string;
  /** Share of the way from random choice to the best single agent, known in hindsight. */
  gapClosed: Estimate;
  /** The same less that of the reference, in the same worlds; null of the reference. */
  beside: Estimate | null;
  /** Share of the worlds in which it gains at least what the reference does; null of the reference. */
  atLeast: number | null;
}

export interface GapTable {
  name: string;
  worlds: number;
  /** Mean reward of random choice and of the best single agent. */
  random: number;
  best: number;
  rows: GapRow[];
}

/** @param worldOf the world of a seed */
export function compareGaps(
  name: string,
  seeds: readonly number[],
  methods: Readonly<Record<string, MakeMethod>>,
  worldOf: (seed: number) => World,
): GapTable {
  const gained = new Map<string, number[]>(Object.keys(methods).map((method) => [method, []]));
  const [randoms, bests]: [number[], number[]] = [[], []];
  for (const seed of seeds) {
    const world = permuted(worldOf(seed), seededUniform(`order|${name}|${seed}`));
    const rewards = singlesOf(world).map(({ reward }) => reward);
    const random = mean(rewards);
    randoms.push(random);
    bests.push(Math.max(...rewards));
    for (const [method, make] of Object.entries(methods)) {
      const { reward } = play(world, make, seededUniform(`${method}|${name}|${seed}`));
      gained.get(method)?.push(reward - random);
    }
    tell(`${name}: ${randoms.length} of ${seeds.length}`);
  }
  const gaps = bests.map((best, world) => best - (randoms[world] ?? 0));
  const reference = gained.get(REFERENCE);
  const rows = [...gained].map(([method, gains]): GapRow => {
    const gapClosed = ratio(gains, gaps);
    if (reference === undefined || method === REFERENCE)
      return { method, gapClosed, beside: null, atLeast: null };
    const differences = gains.map((gain, world) => gain - (reference[world] ?? 0));
    return {
      method,
      gapClosed,
      beside: ratio(differences, gaps),
      atLeast: differences.filter((difference) => difference >= 0).length / seeds.length,
    };
  });
  return { name, worlds: seeds.length, random: mean(randoms), best: mean(bests), rows };
}
