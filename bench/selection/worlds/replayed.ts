/** Recorded outcomes of every agent on every task, as a world. */
import { requestOf } from '../../../src/evaluate/anonymised-replay.js';
import type { ReplayFile } from '../../../src/evaluate/replay-file.js';
import type { World } from './world.js';

/** What is measured and what is shown is the reward that was recorded. A cost that is unknown counts as 0. */
export function replayedWorld({ agents, tasks }: ReplayFile): World {
  const requests = tasks.map(requestOf);
  const categories = requests.map(({ context }) => {
    const category = context['category'];
    return typeof category === 'string' ? category : 'none';
  });
  const all = agents.map((_, agent) => agent);
  const reward = (task: number, agent: number): number => tasks[task]?.reward[agent] ?? 0;
  return {
    agents: agents.length,
    tasks: tasks.length,
    category: (task) => categories[task] ?? '',
    text: (task) => requests[task]?.description ?? '',
    offered: () => all,
    expected: reward,
    reward,
    cost: (task, agent) => tasks[task]?.cost?.[agent] ?? 0,
  };
}

/** Whether every cost is known. */
export const isPriced = ({ tasks }: ReplayFile): boolean =>
  tasks.every(({ cost }) => cost !== undefined && !cost.includes(null));
