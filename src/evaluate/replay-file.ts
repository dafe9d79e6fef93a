/** Recorded outcomes of every agent on every task: the file's format, and reading it. */
import { z } from 'zod';
import { InvalidInputError } from '../shared/errors.js';
import { TASK_ID_PATTERN } from '../shared/ids.js';
import { type JsonLine, JsonLines } from './json-lines.js';

const MAX_TEXT = 200_000;
const REWARD = 'a number from 0 to 1';
const COST = 'a number of USD from 0, or null';

const headerSchema = z.object({
  agents: z
    .array(z.string().min(1))
    .min(1)
    .refine((agents) => new Set(agents).size === agents.length, 'names that differ'),
});

const taskSchema = z.object({
  id: z.string().regex(TASK_ID_PATTERN, 'letters, digits and _.:@#/+-, at most 200'),
  text: z.string().max(MAX_TEXT),
  context: z.record(z.string(), z.json()),
  reward: z.array(z.number(REWARD).min(0, REWARD).max(1, REWARD)),
  cost: z.array(z.number(COST).min(0, COST).nullable()).exactOptional(),
  createdAt: z.string().exactOptional(),
});

/** One task and what came of it with each agent, in the order of the file's agents. */
export interface ReplayTask {
  id: string;
  text: string;
  context: z.infer<typeof taskSchema>['context'];
  /** 0 to 1, one an agent. */
  reward: readonly number[];
  /** USD, one an agent; null where unknown. */
  cost?: readonly (number | null)[];
}

export interface ReplayFile {
  file: string;
  agents: readonly string[];
  /** In the file's order. */
  tasks: readonly ReplayTask[];
}

export interface ReplayFileOptions {
  /** Reads this many tasks at most. */
  limit?: number;
  /** Refuses tasks whose costs are not all known. */
  costRequired?: boolean;
}

/**
 * Reads a replay file line by line: first `{"agents":[...]}`, then a task a line.
 *
 * @throws InvalidInputError naming file and line, the field, its value and what is allowed
 */
export async function readReplayFile(file: string, options: ReplayFileOptions = {}): Promise<ReplayFile> {
  const { limit = Number.POSITIVE_INFINITY, costRequired = false } = options;
  const reader = new JsonLines(file, 'a row of the replay format');
  let agents: readonly string[] | null = null;
  const tasks: ReplayTask[] = [];
  for await (const line of reader.lines()) {
    if (agents === null) {
      agents = reader.parse(headerSchema, line).agents;
      continue;
    }
    if (tasks.length >= limit) break;
    const { createdAt: _, ...task } = reader.parse(taskSchema, line);
    checkFigures(task, line, agents.length, costRequired);
    reader.noteId(task.id, line);
    tasks.push(task);
  }
  if (agents === null)
    throw new InvalidInputError(`${file}:1`, '', 'a first line {"agents":[...]} naming the agents');
  if (tasks.length === 0)
    throw new InvalidInputError(reader.next, '', 'at least one task after the line of agents');
  return { file, agents, tasks };
}

function checkFigures(task: ReplayTask, { at }: JsonLine, agents: number, costRequired: boolean): void {
  for (const field of ['reward', 'cost'] as const) {
    const values = task[field];
    if (values !== undefined && values.length !== agents)
      throw new InvalidInputError(
        `${at}: ${field}`,
        values,
        `${agents} numbers, one for each agent of the first line (here are ${values.length})`,
      );
  }
  if (costRequired) {
    const unknown = task.cost === undefined ? -1 : task.cost.indexOf(null);
    if (task.cost === undefined || unknown >= 0)
      throw new InvalidInputError(
        `${at}: cost${unknown >= 0 ? `[${unknown}]` : ''}`,
        unknown >= 0 ? null : undefined,
        'a known cost of every agent, which a budget or cost weight needs',
      );
  }
}
