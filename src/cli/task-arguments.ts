/** What `run` was told, as a task request; checked before anything starts. */
import { existsSync, statSync } from 'node:fs';
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
  isolate?: 'git' | 'copy';
  apply?: boolean;
  keep?: 'never' | 'failed' | 'always';
  maxUsd?: number;
  budget?: number;
  maxTokens?: number;
  maxSeconds?: number;
  approve?: 'before' | 'after';
  verifyBy?: string[];
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
  const { agent, strategy, context, taskId, learning, approve, budget } = options;
  const known = config.agents.map(({ type }) => type);
  const unknown = agent?.find((type) => !known.includes(type));
  if (unknown !== undefined) throw new UnknownAgentError(unknown, known);
  if (strategy !== undefined && budget !== undefined)
    throw new InvalidInputError(
      '--budget',
      budget,
      'it only without --strategy, which leaves nothing to choose',
    );
  if (known.length === 0)
    throw new InvalidInputError('agents', [], 'at least one agent, declared in the configuration (--config)');
  return {
    description,
    ...(context !== undefined && { context }),
    ...verifiersOf(options, known),
    ...workspaceOf(options),
    ...capsOf(options),
    ...(budget !== undefined && { budget }),
    ...(approve !== undefined && { approval: { when: approve } }),
    ...(taskId !== undefined && { taskId }),
    ...(learning !== undefined && { learning }),
    ...choiceOf(strategy, agent),
  };
}

/** A program, agents, or both: the program is trusted more. */
function verifiersOf(
  { verify, verifyBy }: RunOptions,
  known: readonly string[],
): Pick<TaskRequest, 'verify' | 'verifiers'> {
  const command = verify === undefined ? undefined : splitCommand('--verify', verify);
  if (verifyBy === undefined) return command === undefined ? {} : { verify: command };
  const unknown = verifyBy.find((type) => !known.includes(type));
  if (unknown !== undefined) throw new UnknownAgentError(unknown, known);
  return {
    verifiers: [
      ...(command === undefined ? [] : [{ name: 'verify', command }]),
      ...verifyBy.map((type) => ({ name: type, agent: type })),
    ],
  };
}

function workspaceOf({ workspace, isolate, apply, keep }: RunOptions): Pick<TaskRequest, 'workspace'> {
  if (isolate === undefined) {
    if (apply === true) throw new InvalidInputError('--apply', apply, 'it only together with --isolate');
    if (keep !== undefined) throw new InvalidInputError('--keep', keep, 'it only together with --isolate');
    return workspace === undefined ? {} : { workspace: existingFolder(workspace) };
  }
  return {
    workspace: {
      source: sourceFolder(workspace ?? '.', isolate),
      isolation: isolate,
      ...(apply === true && { apply: 'success' as const }),
      ...(keep !== undefined && { keep }),
    },
  };
}

function capsOf({ maxUsd, maxTokens, maxSeconds }: RunOptions): Pick<TaskRequest, 'caps'> {
  const caps = {
    ...(maxUsd !== undefined && { usd: maxUsd }),
    ...(maxTokens !== undefined && { tokens: maxTokens }),
    ...(maxSeconds !== undefined && { seconds: maxSeconds }),
  };
  return Object.keys(caps).length === 0 ? {} : { caps };
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

function sourceFolder(folder: string, isolate: 'git' | 'copy'): string {
  const absolute = existingFolder(folder);
  if (isolate === 'git' && !existsSync(path.join(absolute, '.git')))
    throw new InvalidInputError(
      '--workspace',
      folder,
      'the top folder of a git repository with --isolate git; --isolate copy takes any folder',
    );
  return absolute;
}

function existingFolder(folder: string): string {
  const absolute = path.resolve(folder);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new InvalidInputError('--workspace', folder, 'an existing folder');
  return absolute;
}
