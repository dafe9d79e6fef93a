/** What an execution adds to the projections of all components. */
import { claimsOf } from '../evidence/claims.js';
import { evidenceOf, totalsOf } from '../evidence/usage.js';
import type { Interaction } from '../learning/interactions.js';
import { performanceOf } from '../performance/statistics/contributions.js';
import type { Outcome } from '../shared/task.js';
import { type Increment, sumIncrements } from '../store/counters.js';
import { armsOf } from '../strategy/arms.js';
import { handoversOf } from '../strategy/composition/handovers.js';
import { durationsOf } from '../strategy/durations.js';
import { planEvidenceOf } from '../strategy/evidence-rows.js';

/** Most that one execution moves one sum by: one that is no number, or too large to add up, would block its record. */
const MOST = 1e12;
const countable = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.round(Math.min(MOST, Math.max(-MOST, value)));

/** Every counter that an interaction moves, given how it went. Pure; the same for live and rebuilt. */
export function contributionsOf(interaction: Interaction, outcome: Outcome): Increment[] {
  const parts = new Set(interaction.parts);
  const increments = [
    ...(parts.has('learning')
      ? [
          ...evidenceOf(interaction, outcome),
          ...totalsOf(interaction, outcome),
          ...claimsOf(interaction, outcome),
        ]
      : []),
    ...(parts.has('performance') ? performanceOf(interaction, outcome) : []),
    ...(parts.has('strategy')
      ? [
          ...armsOf(interaction, outcome),
          ...handoversOf(interaction, outcome),
          ...durationsOf(interaction, outcome),
          ...planEvidenceOf(interaction, outcome),
        ]
      : []),
  ];
  return sumIncrements(
    increments.map((increment) => ({
      ...increment,
      sums: Object.fromEntries(
        Object.entries(increment.sums).map(([name, value]) => [name, countable(value)]),
      ),
    })),
  );
}
