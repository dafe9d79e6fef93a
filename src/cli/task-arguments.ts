/** What `run` was told, as a task request; checked before anything starts. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config.js';
import { InvalidInputError, UnknownAgentError } from '../shared/errors.js';
import type { LearningMode, Strategy } from '../shared/terms.js';
import type { TaskRequest } from '../task-request.js';
import { splitCommand } from './split-command.js';

export interface RunOptions {
  agent?: string[];
  strategy?: Strategy;
  verify?: string;
  context?: Record<string, string>;
  workspace?: string;
  taskId?: string;
  learning?: LearningMode;
}

/**
 * Makes the request.
 *
 * @throws UnknownAgentError when the configuration does not declare an agent
 * @throws InvalidInputError when another option does not fit
 */
export function requestOf(
  description: string,
  options: RunOptions,
  config: Pick<Config, 'agents'>,
): TaskRequest {
  const { agent, strategy, verify, context, workspace, taskId, learning } = options;
  const known = config.agents.map(({ type }) => type);
  const unknown = agent?.find((type) => !known.includes(type));
  if (unknown !== undefined) throw new UnknownAgentError(unknown, known);
  if (known.length === 0)
    throw new InvalidInputError('agents', [], 'at least one agent, declared in the configuration (--config)');
  return {
    description,
    ...(context !== undefined && { context }),
    ...(verify !== undefined && { verify: splitCommand('--verify', verify) }),
    ...(workspace !== undefined && { workspace: existingFolder(workspace) }),
    ...(taskId !== undefined && { taskId }),
    ...(learning !== undefined && { learning }),
    ...choiceOf(strategy, agent),
  };
}

/** With a strategy the plan is fixed; without one, the agents only limit what may be chosen. */
function choiceOf(
  strategy: Strategy | undefined,
  agents: string[] | undefined,
): Pick<TaskRequest, 'plan' | 'agents'> {
  if (strategy === undefined) return agents === undefined ? {} : { agents };
  const count = agents?.length ?? 0;
  if (agents === undefined || (strategy === 'single' ? count !== 1 : count < 2)) {
    const allowed = strategy === 'single' ? 'exactly one --agent' : 'two or more --agent, in their order';
    throw new InvalidInputError('--agent', agents ?? [], `${allowed} with --strategy ${strategy}`);
  }
  return { plan: { strategy, agents } };
}

function existingFolder(folder: string): string {
  const absolute = path.resolve(folder);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new InvalidInputError('--workspace', folder, 'an existing folder');
  return absolute;
}
