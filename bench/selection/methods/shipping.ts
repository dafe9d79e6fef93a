import { selectPlan } from '../../../src/strategy/selection/select-plan.js';
import type { MakeMethod } from '../method.js';
import { Evidence, planOf } from './evidence.js';

/** The selection that ships, by its public functions. */
export const shipping =
  (): MakeMethod =>
  ({ budget }, uniform) => {
    const evidence = new Evidence();
    let expected = 0.5;
    return {
      choose(asked) {
        const { task, model } = evidence.modelFor(asked, budget);
        const { plan, beliefs } = selectPlan(evidence.table, model, task, uniform);
        expected = beliefs.find((belief) => belief.plan === plan)?.mean ?? 0.5;
        return asked.offered.find((agent) => planOf(agent) === plan) ?? 0;
      },
      update(task, agent, outcome) {
        evidence.add(task, agent, outcome, expected);
      },
    };
  };
