/** Made-up replays whose best agent is known. */
import type { ReplayFile, ReplayTask } from '../../../src/evaluate/replay-file.js';

/** Tasks of two categories in turn; `reward` says what each agent is worth on a task. */
export function syntheticReplay(
  tasks: number,
  agents: number,
  reward: (task: number, agent: number) => number,
  cost?: (task: number, agent: number) => number,
): ReplayFile {
  const each = <T>(make: (agent: number) => T) => Array.from({ length: agents }, (_, agent) => make(agent));
  return {
    file: 'synthetic.jsonl',
    agents: each((agent) => `file-agent-${agent}`),
    tasks: Array.from(
      { length: tasks },
      (_, task): ReplayTask => ({
        id: `t${task}`,
        text: `Sort the list number ${task}`,
        context: { category: task % 2 === 0 ? 'even' : 'odd' },
        reward: each((agent) => reward(task, agent)),
        ...(cost === undefined ? {} : { cost: each((agent) => cost(task, agent)) }),
      }),
    ),
  };
}
