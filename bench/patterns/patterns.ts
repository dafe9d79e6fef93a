/** Lessons judged in worlds whose truth is planted: what is found, and what is found that is not there. */
import { wilson } from '../../src/evidence/intervals.js';
import { seededUniform } from '../../src/evidence/random.js';
import { judge } from '../../src/learning/inference/judge.js';
import type { Observation } from '../../src/learning/inference/observation.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import type { BenchWithOptions } from '../bench.js';
import { tell } from '../tell.js';
import { drawOptionalWorld } from './optional-world.js';
import { permutedBetween, permutedWithin } from './permuted.js';
import { optionalRegimes, regimes } from './regimes.js';
import { type Rates, ratesOf, type Tally, tallyOf } from './tally.js';
import { drawWorld, type Regime, type World } from './world.js';

/** Worlds of each kind when the command line names no number. */
const WORLDS = 200;
/** A growing world is judged each time that it is larger by this share. */
const GROWTH = 1.1;
const FIRST_LOOK = 20;

/** How often anything was asserted where nothing is true. */
interface Errors {
  worlds: number;
  withErrors: number;
  share: number;
  /** Wilson's 95% interval of the share. */
  interval: readonly [number, number];
}

const optionTexts = {
  worlds: 'how many worlds of each kind: a whole number from 2 to 100000',
  first: 'the first seed: a whole number from 1',
} as const;

export const patterns: BenchWithOptions = {
  options: optionTexts,
  async run(values) {
    const count = wholeNumber(values, 'worlds', 2) ?? WORLDS;
    const first = wholeNumber(values, 'first', 1) ?? 1;
    const seeds = Array.from({ length: count }, (_, index) => first + index);
    const started = process.cpuUsage();
    const planted = ratesIn('planted', seeds);
    const spent = process.cpuUsage(started);
    const figures = {
      power: planted.power,
      powerInterval: planted.powerInterval,
      falseDiscoveryRate: planted.falseDiscoveryRate,
      falseDiscoveryRateInterval: planted.falseDiscoveryRateInterval,
      cpuMsPerWorld: (spent.user + spent.system) / 1_000 / count,
      planted,
      nothing: errorsIn('nothing', seeds, (runs) => judge(runs)),
      permutedBetween: errorsIn('planted', seeds, (runs, seed) =>
        judge(permutedBetween(runs, seededUniform(`between|${seed}`))),
      ),
      permutedWithin: errorsIn('planted', seeds, (runs, seed) =>
        judge(permutedWithin(runs, seededUniform(`within|${seed}`))),
      ),
      growing: errorsIn('growing', seeds, everAsserted),
      once: ratesIn('once', seeds),
      oncePermuted: errorsIn('once', seeds, (runs, seed) =>
        judge(permutedBetween(runs, seededUniform(`once|${seed}`))),
      ),
      hidden: ratesIn('hidden', seeds),
      optional: ratesIn('optional', seeds),
      amongOthers: ratesIn('amongOthers', seeds),
      optionalPermuted: errorsIn('optional', seeds, (runs, seed) =>
        judge(permutedWithin(runs, seededUniform(`optional|${seed}`))),
      ),
    };
    return { figures, text: textOf(figures) };
  },
};

type Kind = keyof typeof regimes | keyof typeof optionalRegimes;

function worldOf(kind: Kind, seed: number): World {
  const uniform = seededUniform(`${kind}|${seed}`);
  return kind === 'optional' || kind === 'amongOthers'
    ? drawOptionalWorld(optionalRegimes[kind], uniform)
    : drawWorld(regimes[kind] satisfies Regime, uniform);
}

function ratesIn(kind: Kind, seeds: readonly number[]): Rates {
  tell(`${kind}: ${seeds.length} worlds`);
  const tallies: Tally[] = seeds.map((seed) => {
    const world = worldOf(kind, seed);
    return tallyOf(world, judge(world.observations));
  });
  return ratesOf(tallies);
}

function errorsIn(
  kind: Kind,
  seeds: readonly number[],
  judged: (runs: readonly Observation[], seed: number) => readonly { state: string }[],
): Errors {
  tell(`nothing true, ${kind}: ${seeds.length} worlds`);
  const withErrors = seeds.filter((seed) =>
    judged(worldOf(kind, seed).observations, seed).some(({ state }) => state === 'asserted'),
  ).length;
  const { low, high } = wilson(withErrors, seeds.length);
  return { worlds: seeds.length, withErrors, share: withErrors / seeds.length, interval: [low, high] };
}

/** All that was asserted at any look at a growing world. */
function everAsserted(runs: readonly Observation[]): { state: string }[] {
  const asserted: { state: string }[] = [];
  for (let size = FIRST_LOOK; ; size = Math.ceil(size * GROWTH)) {
    const looked = judge(runs.slice(0, size));
    asserted.push(...looked.filter(({ state }) => state === 'asserted'));
    if (size >= runs.length) return asserted;
  }
}

function wholeNumber(
  values: ReadonlyMap<string, string>,
  name: keyof typeof optionTexts,
  least: number,
): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > 100_000)
    throw new InvalidInputError(`--${name}`, text, optionTexts[name]);
  return value;
}

function textOf(figures: {
  planted: Rates;
  once: Rates;
  hidden: Rates;
  optional: Rates;
  amongOthers: Rates;
  optionalPermuted: Errors;
  nothing: Errors;
  permutedBetween: Errors;
  permutedWithin: Errors;
  growing: Errors;
  oncePermuted: Errors;
  cpuMsPerWorld: number;
}): string {
  const range = ([low, high]: readonly [number, number]): string => `${low.toFixed(3)} to ${high.toFixed(3)}`;
  const rates = (name: string, { power, powerInterval, ...rest }: Rates): string =>
    `${name}: power ${power === null || powerInterval === null ? 'of nothing' : `${power.toFixed(3)} (95%: ${range(powerInterval)})`} for ${rest.detectable} detectable effects; ` +
    `false discovery rate ${rest.falseDiscoveryRate.toFixed(4)} (95%: ${range(rest.falseDiscoveryRateInterval)}) of ${rest.asserted} asserted`;
  const errors = (name: string, { withErrors, worlds, interval }: Errors): string =>
    `${name}: something asserted in ${withErrors} of ${worlds} (95%: ${range(interval)})`;
  return [
    rates('Repeated trials', figures.planted),
    `  ${figures.cpuMsPerWorld.toFixed(0)} ms of CPU a world`,
    errors('Nothing real', figures.nothing),
    errors('Outcomes permuted between tasks', figures.permutedBetween),
    errors('Outcomes permuted within tasks', figures.permutedWithin),
    errors('Nothing real, judged after every batch', figures.growing),
    rates('Tasks never repeated', figures.once),
    errors('Tasks never repeated, outcomes permuted', figures.oncePermuted),
    rates('Tasks never repeated, features that go with hard ones', figures.hidden),
    rates('Optional actions that make up the length', figures.optional),
    errors('Optional actions, outcomes permuted within tasks', figures.optionalPermuted),
    rates('Optional actions among others that cost', figures.amongOthers),
  ].join('\n');
}
