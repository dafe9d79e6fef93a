/** Methods side by side in changed worlds: how many tasks until their choices follow. */
import { type Estimate, estimate } from '../../src/evaluate/estimate.js';
import { seededUniform } from '../../src/evidence/random.js';
import { tell } from '../tell.js';
import { medianEstimate } from './measures/median.js';
import { stepsOf } from './measures/play.js';
import { ratio } from './measures/ratio.js';
import { tasksUntil } from './measures/tasks-until.js';
import type { MakeMethod } from './method.js';
import { REFERENCE } from './methods/methods.js';
import { CHANGES, type Change, type ChangedWorld, changedWorld } from './worlds/changed.js';
import { permuted } from './worlds/world.js';

/** Tasks before the change, and after it at most. */
const CHANGES_AT = 1_000;
export const AFTER = 3_000;
/** A choice follows when its agent's probability of success is no further than this from the best. */
const TOLERANCE = 0.02;

export interface ChangeRow {
  change: Change;
  method: string;
  /** Tasks; those that never follow count as {@link AFTER}. */
  mean: Estimate;
  median: Estimate;
  /** Worlds that were never followed. */
  never: number;
  /** Its mean over the reference's; null of the reference. */
  ofReference: Estimate | null;
}

export function compareChanges(
  seeds: readonly number[],
  methods: Readonly<Record<string, MakeMethod>>,
): ChangeRow[] {
  return CHANGES.flatMap((change) => {
    const tasks = new Map<string, (number | null)[]>();
    for (const [method, make] of Object.entries(methods)) {
      tasks.set(
        method,
        seeds.map((seed) => followed(change, seed, method, make)),
      );
      tell(`${change}: ${method}`);
    }
    const counted = (method: string): number[] => (tasks.get(method) ?? []).map((each) => each ?? AFTER);
    return [...tasks].map(([method, each]): ChangeRow => {
      const values = counted(method);
      return {
        change,
        method,
        mean: estimate(values),
        median: medianEstimate(values),
        never: each.filter((one) => one === null).length,
        ofReference: method === REFERENCE || !tasks.has(REFERENCE) ? null : ratio(values, counted(REFERENCE)),
      };
    });
  });
}

/** Tasks after the change of a seed's world until a method follows. */
function followed(change: Change, seed: number, method: string, make: MakeMethod): number | null {
  const made = changedWorld(change, CHANGES_AT, AFTER, seededUniform(`changed|${change}|${seed}`));
  const world = {
    ...permuted(made, seededUniform(`order|${change}|${seed}`)),
    changesAt: made.changesAt,
  } satisfies ChangedWorld;
  const last = world.tasks - 1;
  const top = Math.max(...world.offered(last).map((agent) => world.expected(last, agent)));
  const steps = stepsOf(world, make, seededUniform(`${method}|${change}|${seed}`));
  return tasksUntil(afterChange());
  function* afterChange(): Generator<boolean> {
    for (const { task, agent } of steps)
      if (task >= world.changesAt) yield world.expected(task, agent) >= top - TOLERANCE;
  }
}
