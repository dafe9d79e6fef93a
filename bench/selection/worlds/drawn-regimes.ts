/** Regimes drawn from ranges, so that nothing can be fitted to a list. */
import { seededUniform } from '../../../src/evidence/random.js';
import { between, scaleBetween } from '../draws.js';
import { type Regime, SHAPES } from './regime.js';

/** Development worlds may be looked at while selection is worked on; held-out ones, and those with budgets, may not. */
export type DrawnSet = 'development' | 'held-out' | 'budgets';

/** From, to. Those with `scale` are drawn on the scale of their logarithm. */
export const ranges = {
  agents: { from: 3, to: 50, scale: true },
  tasks: { from: 100, to: 5_000, scale: true },
  categories: { from: 1, to: 30, scale: true },
  mean: { from: 0.12, to: 0.88, scale: false },
  agentSpread: { from: 0.15, to: 0.9, scale: false },
  categorySpread: { from: 0, to: 0.8, scale: false },
  agentInCategorySpread: { from: 0, to: 0.8, scale: false },
  difficulty: { from: 0, to: 1.5, scale: false },
  zipf: { from: 0, to: 1.2, scale: false },
  walk: { from: 0.005, to: 0.03, scale: true },
} as const;

/** Shares of the worlds whose rewards are grades, and whose agents walk. */
const shares = { graded: 0.25, walk: 0.15 } as const;

/** The regime of a set's world; sets and numbers have regimes that are independent of each other. */
export function drawnRegime(set: DrawnSet, number: number): Regime {
  const uniform = seededUniform(`regime|${set}|${number}`);
  const draw = (name: keyof typeof ranges): number => {
    const { from, to, scale } = ranges[name];
    return (scale ? scaleBetween : between)(from, to, uniform);
  };
  return {
    agents: Math.round(draw('agents')),
    tasks: Math.round(draw('tasks')),
    categories: Math.round(draw('categories')),
    mean: draw('mean'),
    shape: SHAPES[Math.floor(uniform() * SHAPES.length)] ?? 'normal',
    agentSpread: draw('agentSpread'),
    categorySpread: draw('categorySpread'),
    agentInCategorySpread: draw('agentInCategorySpread'),
    difficulty: draw('difficulty'),
    zipf: draw('zipf'),
    graded: uniform() < shares.graded,
    walk: uniform() < shares.walk ? draw('walk') : 0,
  };
}
