/** What an execution adds to the projections of all components. */
import { claimsOf } from '../evidence/claims.js';
import { evidenceOf, totalsOf } from '../evidence/usage.js';
import type { Interaction } from '../learning/interactions.js';
import { statisticsOf } from '../performance/statistics.js';
import type { Outcome } from '../shared/task.js';
import { type Increment, sumIncrements } from '../store/counters.js';
import { armsOf } from '../strategy/arms.js';

/** Every counter that an interaction moves, given how it went. Pure; the same for live and rebuilt. */
export function contributionsOf(interaction: Interaction, outcome: Outcome): Increment[] {
  const parts = new Set(interaction.parts);
  return sumIncrements([
    ...(parts.has('learning')
      ? [
          ...evidenceOf(interaction, outcome),
          ...totalsOf(interaction, outcome),
          ...claimsOf(interaction, outcome),
        ]
      : []),
    ...(parts.has('performance') ? statisticsOf(interaction, outcome) : []),
    ...(parts.has('strategy') ? armsOf(interaction, outcome) : []),
  ]);
}
