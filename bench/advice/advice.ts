/** Recommendations in worlds whose truth is planted: what is found, what is found that is not there, what is promised. */
import { InvalidInputError } from '../../src/shared/errors.js';
import type { BenchWithOptions } from '../bench.js';
import { figuresOf, textOf } from './figures.js';
import { lookAtAll, type SeedSet, seedSets } from './worlds.js';

const EMPTY = 220;
const PLANTED = 140;
const MOST = 10_000;

const optionTexts = {
  empty: `how many worlds with nothing wrong: a whole number from 1 to ${MOST}`,
  planted: `how many worlds with problems: a whole number from 1 to ${MOST}`,
  seeds: `which worlds: ${seedSets.join(' or ')}`,
} as const;

export const advice: BenchWithOptions = {
  options: optionTexts,
  async run(values) {
    const set = seedSetOf(values);
    const empty = await lookAtAll({ kind: 'empty', set, worlds: numberOf(values, 'empty') ?? EMPTY });
    const planted = await lookAtAll({ kind: 'planted', set, worlds: numberOf(values, 'planted') ?? PLANTED });
    const figures = figuresOf(empty, planted);
    return { figures: { ...figures }, text: textOf(figures) };
  },
};

function seedSetOf(values: ReadonlyMap<string, string>): SeedSet {
  const given = values.get('seeds') ?? 'check';
  const set = seedSets.find((name) => name === given);
  if (set === undefined) throw new InvalidInputError('--seeds', given, optionTexts.seeds);
  return set;
}

function numberOf(values: ReadonlyMap<string, string>, name: 'empty' | 'planted'): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MOST)
    throw new InvalidInputError(`--${name}`, text, optionTexts[name]);
  return value;
}
