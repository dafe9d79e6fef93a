/** The kinds of worlds that are drawn. */
import type { OptionalRegime } from './optional-world.js';
import type { Regime } from './world.js';

export const regimes = {
  /** Tasks with repeated trials, and all that misleads. */
  planted: { tasks: [80, 600], trials: [2, 6], idle: [40, 250], real: 8, withHardTasks: 8 },
  /** The same with no effect at all. */
  nothing: { tasks: [30, 400], trials: [2, 6], idle: [40, 250], real: 0, withHardTasks: 8 },
  /** No task is repeated, and no feature goes with hard tasks but by their kind. */
  once: { tasks: [200, 2_000], trials: [1, 1], idle: [40, 250], real: 8, withHardTasks: 0 },
  /** No task is repeated, and features go with hard tasks: nothing that is recorded tells. */
  hidden: { tasks: [200, 2_000], trials: [1, 1], idle: [40, 250], real: 8, withHardTasks: 8 },
  /** Taken in batch by batch, judged after each. */
  growing: { tasks: [150, 350], trials: [2, 6], idle: [40, 120], real: 0, withHardTasks: 8 },
} as const satisfies Record<string, Regime>;

export const optionalRegimes = {
  /** A run is as long as the actions it took are many; each is taken or left, a few matter. */
  optional: {
    tasks: [40, 200],
    trials: [4, 8],
    actions: [3, 6],
    real: [1, 2],
    effect: [1, 2.2],
    again: 0,
    restCost: null,
  },
  /** The same among other actions that no feature shows: runs with more of these fail more, and take more of all. */
  amongOthers: {
    tasks: [40, 300],
    trials: [4, 8],
    actions: [4, 10],
    real: [1, 2],
    effect: [0.4, 2.2],
    again: 0.3,
    restCost: 0.6,
  },
} as const satisfies Record<string, OptionalRegime>;
