import type { MakeMethod } from '../method.js';
import { asSuccess, Beliefs } from './counts.js';

/** Thompson sampling on the last tasks only (sliding window: Trovò et al., JAIR 68, 2020). */
export const slidingWindowThompson =
  (tasks: number): MakeMethod =>
  (_, uniform) => {
    const beliefs = new Beliefs();
    const window: { agent: number; outcome: 'a' | 'b' }[] = [];
    return {
      choose: ({ offered }) => beliefs.drawBest(offered, uniform),
      update(_task, agent, { reward }) {
        const outcome = asSuccess(reward, uniform) ? 'a' : 'b';
        beliefs.of(`${agent}`)[outcome] += 1;
        window.push({ agent, outcome });
        const oldest = window.length > tasks ? window.shift() : undefined;
        if (oldest !== undefined) beliefs.of(`${oldest.agent}`)[oldest.outcome] -= 1;
      },
    };
  };

/** Thompson sampling whose evidence fades by a factor a task, down to the prior (Raj and Kalyani, 2017). */
export const discountedThompson =
  (factor: number): MakeMethod =>
  (_, uniform) => {
    const beliefs = new Beliefs();
    return {
      choose: ({ offered }) => beliefs.drawBest(offered, uniform),
      update(_task, agent, { reward }) {
        for (const belief of beliefs.all()) {
          belief.a = 1 + factor * (belief.a - 1);
          belief.b = 1 + factor * (belief.b - 1);
        }
        beliefs.of(`${agent}`)[asSuccess(reward, uniform) ? 'a' : 'b'] += 1;
      },
    };
  };
