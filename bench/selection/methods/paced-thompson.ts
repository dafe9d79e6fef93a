import { beta } from '../../../src/evidence/random.js';
import { argmax } from '../draws.js';
import type { MakeMethod } from '../method.js';
import { asSuccess, Beliefs, Means } from './counts.js';

/** How far the price moves with one task that cost twice the budget, as a share of what a USD may be worth. */
const STEP = 0.05;

/**
 * Thompson sampling on reward less a price times mean cost; the price rises with each task that costs more than
 * the budget, and falls with each that costs less (adaptive pacing: Balseiro and Gur, Management Science 65(9),
 * 2019). What no trial has shown is taken to cost nothing.
 */
export const pacedThompson =
  (): MakeMethod =>
  ({ agents, budget = Number.POSITIVE_INFINITY }, uniform) => {
    const beliefs = new Beliefs();
    const costs = new Means(agents);
    // In units of one reward a budget.
    let price = 0;
    return {
      choose({ offered }) {
        const draws = offered.map((agent) => {
          const { a, b } = beliefs.of(`${agent}`);
          return beta(a, b, uniform) - (price * costs.mean(agent, 0)) / budget;
        });
        return offered[argmax(draws, uniform)] ?? 0;
      },
      update(_task, agent, { reward, cost }) {
        beliefs.of(`${agent}`)[asSuccess(reward, uniform) ? 'a' : 'b'] += 1;
        costs.add(agent, cost);
        price = Math.max(0, price + STEP * (cost / budget - 1));
      },
    };
  };
