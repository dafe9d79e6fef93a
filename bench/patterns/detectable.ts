/** Which planted effects can be found, said before anything is judged. */
import { normalQuantile, normalTail } from '../../src/evidence/normal.js';
import type { World } from './world.js';

/** Chance of any error over all features of the world at which the reference test of one feature is held. */
const LEVEL = 0.05;
/** The reference finds what is detectable with this chance. */
const CHANCE = 0.95;

/**
 * Real features that a reference test detects with probability .95 at Bonferroni's level for all features of the world.
 * The reference knows everything but the level of each task and this one effect: agent, length and all other effects
 * are given to it. Its power follows from Fisher's information on the effect within tasks, from the true chances of
 * success; outcomes play no part. Where no task is repeated the level of all tasks together is what it does not know,
 * and of their difficulty what the chances spread by.
 */
export function detectable({ observations, effects, features, chances }: World): string[] {
  const threshold = normalQuantile(LEVEL / 2 / features.length);
  return [...effects].flatMap(([name, effect]) => {
    const information = informationOn(observations, name, chances);
    const power = normalTail(threshold - Math.abs(effect) * Math.sqrt(information));
    return power >= CHANCE ? [name] : [];
  });
}

function informationOn(
  observations: World['observations'],
  name: string,
  chances: readonly number[],
): number {
  const sums = new Map<string, { all: number; shown: number }>();
  const repeated = new Set(observations.map(({ task }) => task)).size < observations.length;
  observations.forEach(({ task, features }, run) => {
    const group = repeated ? task : '';
    const chance = chances[run] ?? 0;
    const weight = chance * (1 - chance);
    const { all, shown } = sums.get(group) ?? { all: 0, shown: 0 };
    sums.set(group, { all: all + weight, shown: shown + (features.includes(name) ? weight : 0) });
  });
  return [...sums.values()].reduce(
    (total, { all, shown }) => total + (all > 0 ? shown - shown ** 2 / all : 0),
    0,
  );
}
