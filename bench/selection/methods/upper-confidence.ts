import { argmax } from '../draws.js';
import type { MakeMethod } from '../method.js';
import { Means } from './counts.js';

/** The bound of an agent that was tried, at the task of a number from 1. */
type Bound = (agent: number, means: Means, task: number) => number;

/** UCB1 (Auer, Cesa-Bianchi and Fischer, Machine Learning 47, 2002). @param width 2 in the paper */
export const ucb1 = (width = 2): MakeMethod =>
  byBound(
    (agent, means, task) => means.mean(agent, 0) + Math.sqrt((width * Math.log(task)) / means.count(agent)),
  );

/** UCB1-tuned, which goes by the variance seen (the same paper, section 4). */
export const ucbTuned = (): MakeMethod =>
  byBound((agent, means, task) => {
    const share = Math.log(task) / means.count(agent);
    const variance = Math.min(0.25, means.variance(agent) + Math.sqrt(2 * share));
    return means.mean(agent, 0) + Math.sqrt(share * variance);
  });

/** KL-UCB (Garivier and Cappe, COLT 2011): the highest mean that the trials do not refute. */
export const klUcb = (): MakeMethod =>
  byBound((agent, means, task) => {
    const mean = means.mean(agent, 0);
    const allowed = Math.log(task) / means.count(agent);
    let [low, high] = [mean, 1];
    for (let step = 0; step < 25; step++) {
      const middle = (low + high) / 2;
      if (divergence(mean, middle) > allowed) high = middle;
      else low = middle;
    }
    return low;
  });

/** Each agent once, then the highest bound. */
const byBound =
  (bound: Bound): MakeMethod =>
  ({ agents }, uniform) => {
    const means = new Means(agents);
    return {
      choose({ number, offered }) {
        const bounds = offered.map((agent) =>
          means.count(agent) === 0 ? Number.POSITIVE_INFINITY : bound(agent, means, number + 1),
        );
        return offered[argmax(bounds, uniform)] ?? 0;
      },
      update(_task, agent, { reward }) {
        means.add(agent, reward);
      },
    };
  };

/** Kullback and Leibler's, of two probabilities of success. */
function divergence(p: number, q: number): number {
  const [one, other] = [inside(p), inside(q)];
  return one * Math.log(one / other) + (1 - one) * Math.log((1 - one) / (1 - other));
}

const inside = (probability: number): number => Math.min(1 - 1e-9, Math.max(1e-9, probability));
