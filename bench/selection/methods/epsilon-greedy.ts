import { argmax } from '../draws.js';
import type { MakeMethod } from '../method.js';
import { Means } from './counts.js';

/** What an agent without a trial is taken for. */
const UNTRIED = 0.5;

/** The best mean so far, and any agent in a share of the tasks. @param shareOf by task number, from 0, and agents */
export const epsilonGreedy =
  (shareOf: (task: number, agents: number) => number): MakeMethod =>
  ({ agents }, uniform) => {
    const means = new Means(agents);
    return {
      choose({ number, offered }) {
        if (uniform() < shareOf(number, offered.length))
          return offered[Math.floor(uniform() * offered.length)] ?? 0;
        return (
          offered[
            argmax(
              offered.map((agent) => means.mean(agent, UNTRIED)),
              uniform,
            )
          ] ?? 0
        );
      },
      update(_task, agent, { reward }) {
        means.add(agent, reward);
      },
    };
  };

/** A share that falls as 5 agents / tasks (epsilon-n-greedy: Auer, Cesa-Bianchi and Fischer, Machine Learning 47, 2002). */
export const decayingShare = (task: number, agents: number): number => Math.min(1, (5 * agents) / (task + 1));
