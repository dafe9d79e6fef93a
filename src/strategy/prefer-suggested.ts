/** Agents with the capabilities that a task calls for are a mild preference, where nothing else tells plans apart. */
import type { PlanBelief, Selection } from './selection/select-plan.js';

/**
 * Of plans that were never tried and of which the same is expected, half of their chance is kept for those all of
 * whose agents are suggested. Whatever is known goes before that: what was tried, here or in other categories, is
 * judged by how it went; and as the other half stays as it was, no plan is shut out. A choice of such a plan is drawn
 * again accordingly, so that propensities stay exact.
 *
 * @param isSuggested whether all agents of a plan have a capability that the task calls for
 * @param uniform draws from [0, 1)
 */
export function preferSuggested(
  selection: Selection,
  isSuggested: (plan: string) => boolean,
  uniform: () => number,
): Selection {
  const untried = selection.beliefs.filter(({ executions }) => executions === 0);
  const groups = new Map<string, PlanBelief[]>();
  for (const belief of untried) {
    const key = expectedOf(belief);
    groups.set(key, [...(groups.get(key) ?? []), belief]);
  }
  const changed = new Map<string, PlanBelief>();
  let { plan } = selection;
  for (const group of groups.values()) {
    const suggested = group.filter((belief) => isSuggested(belief.plan));
    const [all, preferred] = [chanceOf(group), chanceOf(suggested)];
    if (suggested.length === group.length || preferred <= 0) continue;
    for (const belief of group) {
      const share = suggested.includes(belief) ? all / preferred : 0;
      changed.set(belief.plan, { ...belief, propensity: (belief.propensity * (1 + share)) / 2 });
    }
    if (group.some((belief) => belief.plan === selection.plan) && uniform() < 0.5)
      plan = drawn(suggested, preferred * uniform());
  }
  if (changed.size === 0) return selection;
  const beliefs = selection.beliefs
    .map((belief) => changed.get(belief.plan) ?? belief)
    .sort((one, other) => other.propensity - one.propensity || other.mean - one.mean);
  return { ...selection, plan, beliefs };
}

/** The same for plans that nothing tells apart. */
const expectedOf = ({ mean, deviation, cost, seconds }: PlanBelief): string =>
  [mean, deviation, cost, seconds].map((value) => value.toFixed(9)).join(' ');

const chanceOf = (beliefs: readonly PlanBelief[]): number =>
  beliefs.reduce((sum, { propensity }) => sum + propensity, 0);

/** Draws a plan by its propensity. @param at from 0 to the sum of them */
function drawn(beliefs: readonly PlanBelief[], at: number): string {
  let [left, chosen] = [at, ''];
  for (const { plan, propensity } of beliefs) {
    if (propensity <= 0) continue;
    chosen = plan;
    left -= propensity;
    if (left < 0) break;
  }
  return chosen;
}
