import type { MakeMethod } from '../method.js';
import { asSuccess, Beliefs } from './counts.js';

/** Draws for a second leader before the first one is taken after all. */
const ATTEMPTS = 50;

/** Top-two Thompson sampling (Russo, Operations Research 68(6), 2020). @param first share of the first leader */
export const topTwoThompson =
  (first = 0.5): MakeMethod =>
  (_, uniform) => {
    const beliefs = new Beliefs();
    return {
      choose({ offered }) {
        const one = beliefs.drawBest(offered, uniform);
        if (offered.length === 1 || uniform() < first) return one;
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const other = beliefs.drawBest(offered, uniform);
          if (other !== one) return other;
        }
        return one;
      },
      update(_task, agent, { reward }) {
        beliefs.of(`${agent}`)[asSuccess(reward, uniform) ? 'a' : 'b'] += 1;
      },
    };
  };
