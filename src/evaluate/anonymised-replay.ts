/**
 * One seed's view of a replay file: the agents under drawn names, so that nothing can be learned from their
 * names or order, and each outcome as a success or failure.
 */
import { uniformOf } from '../evidence/random.js';
import type { Json } from '../shared/agent-contract.js';
import type { ReplayFile, ReplayTask } from './replay-file.js';

/** A task as the product is given it. */
export interface ReplayRequest {
  taskId: string;
  description: string;
  context: Record<string, Json>;
}

/** What one agent makes of one task. */
export interface ReplayOutcome {
  /** 0 to 1, as the file has it: what is measured. */
  reward: number;
  /** What the agent reports: true with the reward's probability. */
  success: boolean;
  /** USD; null where the file does not know. */
  cost: number | null;
}

export interface AnonymisedReplay {
  /** `agent-1` to `agent-n`. */
  agents: readonly string[];
  /** What the agent of that name does on a task. */
  outcome(task: ReplayTask, agent: string): ReplayOutcome;
  /** Where the file has the agent of that name. @throws Error when there is none */
  indexOf(agent: string): number;
}

/**
 * Draws the agents' names. The order of the tasks is kept.
 *
 * @param seed the same seed draws the same names and the same successes
 */
export function anonymise(replay: Pick<ReplayFile, 'agents'>, seed: number): AnonymisedReplay {
  // Sorted by a draw each, so that all orders are equally likely.
  const order = replay.agents
    .map((_, index) => ({ index, draw: uniformOf(`replay|${seed}|name|${index}`) }))
    .sort((one, other) => one.draw - other.draw)
    .map(({ index }) => index);
  const indices = new Map(order.map((index, position) => [`agent-${position + 1}`, index]));
  const indexOf = (agent: string): number => {
    const index = indices.get(agent);
    if (index === undefined) throw new Error(`${agent} is none of ${[...indices.keys()].join(', ')}`);
    return index;
  };
  return {
    agents: [...indices.keys()],
    indexOf,
    outcome: (task, agent) => outcomeOf(task, indexOf(agent), seed),
  };
}

/** What the file's agent at an index does on a task, under a seed. */
export function outcomeOf(task: ReplayTask, index: number, seed: number): ReplayOutcome {
  const reward = task.reward[index] ?? 0;
  return {
    reward,
    success: succeeds(reward, `replay|${seed}|success|${task.id}|${index}`),
    cost: task.cost?.[index] ?? null,
  };
}

/** Success is yes or no: a reward in between succeeds with its own probability. */
export function succeeds(reward: number, seed: string): boolean {
  if (reward <= 0 || reward >= 1) return reward >= 1;
  return uniformOf(seed) < reward;
}

/** The task as the product is given it: `context.category`, or else `context.repo`, is its category. */
export function requestOf(task: ReplayTask): ReplayRequest {
  const category = task.context['category'] ?? task.context['repo'];
  return {
    taskId: task.id,
    // Some files leave texts out; a task has to say something.
    description: task.text.trim() === '' ? '(no text)' : task.text,
    context: { ...task.context, ...(typeof category === 'string' ? { category } : {}) },
  };
}
