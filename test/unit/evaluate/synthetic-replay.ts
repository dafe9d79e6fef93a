/** Made-up replays whose best agent is known. */
import { anonymise } from '../../../src/evaluate/anonymised-replay.js';
import type { ReplayFile, ReplayTask } from '../../../src/evaluate/replay-file.js';
import type { SeedReplay } from '../../../src/evaluate/seed-replay.js';

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

/** A run whose choices are written down: of each task the file's agent, and what is expected of it. */
export function scriptedRun(
  choose: (at: number, seed: number, task: ReplayTask) => { agent: number; confidence?: number | null },
): (seed: number, replay: ReplayFile) => Promise<SeedReplay> {
  return async (seed, replay) => {
    const view = anonymise(replay, seed);
    const nameOf = new Map(view.agents.map((agent) => [view.indexOf(agent), agent]));
    const steps = replay.tasks.map((task, at) => {
      const { agent, confidence = null } = choose(at, seed, task);
      const name = nameOf.get(agent) ?? '';
      return {
        ...view.outcome(task, name),
        confidence,
        propensity: 1,
        plan: `single(${name})`,
        category: JSON.stringify(task.context['category']),
      };
    });
    return { steps, completed: steps.length, recorded: steps.length, tenant: null };
  };
}
