import { beta } from '../../../src/evidence/random.js';
import { argmax } from '../draws.js';
import type { MakeMethod } from '../method.js';
import { asSuccess, Beliefs } from './counts.js';

export interface ThompsonOptions {
  /** A belief of each agent in each category, instead of one for all categories. */
  byCategory?: boolean;
  /** What both parameters are multiplied by before drawing: above 1, fewer draws are far from the mean. */
  sharpness?: number;
}

/** Thompson sampling (Biometrika 25, 1933): each agent as often as it is believed to be the best. */
export const thompson =
  ({ byCategory = false, sharpness = 1 }: ThompsonOptions = {}): MakeMethod =>
  (_, uniform) => {
    const beliefs = new Beliefs();
    const beliefOf = (agent: number, category: string) =>
      beliefs.of(byCategory ? `${agent}|${category}` : `${agent}`);
    return {
      choose({ offered, category }) {
        const draws = offered.map((agent) => {
          const { a, b } = beliefOf(agent, category);
          return beta(a * sharpness, b * sharpness, uniform);
        });
        return offered[argmax(draws, uniform)] ?? 0;
      },
      update({ category }, agent, { reward }) {
        beliefOf(agent, category)[asSuccess(reward, uniform) ? 'a' : 'b'] += 1;
      },
    };
  };
