/**
 * What CI services say of a build, in the form of their webhooks, read as a word on a task. Pure.
 *
 * Of the many events of one build some speak for a part of it (a check run, a job, a status) and some for more
 * (a check suite, a workflow run, a pipeline). What failed weighs more than what passed beside it, and a whole
 * more than its parts, in whichever order they come; one that is run again replaces what it said. All of them
 * weigh more than the verifiers of the task itself.
 */
import { z } from 'zod';
import { checkInput } from './check-input.js';
import type { CiEvent } from './ci-event.js';
import { fromGithub, githubEventOf } from './ci-result-github.js';
import { fromGitlab } from './ci-result-gitlab.js';
import { InvalidInputError } from './errors.js';
import { type Feedback, feedbackSchema, MAX_COMMENT } from './feedback.js';
import { TASK_ID_PATTERN } from './ids.js';

/** Precedence of a word on a build among those of verifiers. */
const PRECEDENCE = { passedPart: 100, failedPart: 101, passedWhole: 102, failedWhole: 103 } as const;

const precedenceOf = (success: boolean | null, whole: boolean): number =>
  PRECEDENCE[`${success === false ? 'failed' : 'passed'}${whole ? 'Whole' : 'Part'}`];

/** What an event comes to. */
export type CiResult =
  | { kind: 'ignored'; reason: string }
  | {
      kind: 'word';
      /** Ids that may be the task's, the likeliest first. */
      tasks: string[];
      /** The sender named the task outright, so that it has to exist. */
      named: boolean;
      feedback: Feedback;
      /** The same for a repeated delivery; made of the payload alone, as its headers are not signed. */
      key: string;
    };

export interface CiReading {
  /** The service's name for the event, from its header; read from the payload when absent. */
  event?: string | undefined;
  /** Name of the branches of tasks, with `{taskId}` in it. */
  branch?: string | undefined;
  /**
   * Whether the line `Journeyman-Task:` in the message of the commit counts, too: whoever can bring a commit onto
   * some branch of the repository can then speak for any task. Default false.
   */
  trailers?: boolean | undefined;
}

export const DEFAULT_BRANCH = 'journeyman/{taskId}';
const PLACE = '{taskId}';

/**
 * The pattern that finds a task's id in the name of a branch.
 *
 * @throws InvalidInputError when the text does not hold `{taskId}` once
 */
export function branchPattern(text: string): RegExp {
  const parts = text.split(PLACE);
  if (parts.length !== 2)
    throw new InvalidInputError('branch', text, `the name of a branch with ${PLACE} in it once`);
  const [before, after] = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^(?:refs/heads/)?${before}(.+)${after}$`);
}

const genericSchema = z
  .strictObject({
    taskId: z.string().regex(TASK_ID_PATTERN, 'letters, digits and _.:@#/+-, at most 200').exactOptional(),
    executionId: feedbackSchema.shape.executionId,
    success: z.boolean().nullable(),
    score: feedbackSchema.shape.score,
    comment: feedbackSchema.shape.comment,
    by: feedbackSchema.shape.by.default('ci'),
    at: feedbackSchema.shape.at,
    id: z
      .string()
      .min(1)
      .max(1_000)
      .exactOptional()
      .describe('The same again changes nothing; default: all the rest'),
  })
  .refine(({ taskId, executionId }) => taskId !== undefined || executionId !== undefined, {
    path: ['taskId'],
    error: 'expected taskId or executionId',
  });

/**
 * Reads a webhook's payload: GitHub's check_run, check_suite, workflow_run and status, GitLab's pipeline and
 * job events, or the plain `{ taskId | executionId, success, score?, comment?, by?, at?, id? }`. Builds of forks
 * are ignored: a stranger names branches and commits there.
 *
 * @throws InvalidInputError naming the field, the value and what is allowed
 */
export function readCiResult(
  payload: unknown,
  { event, branch = DEFAULT_BRANCH, trailers = false }: CiReading = {},
): CiResult {
  const pattern = branchPattern(branch);
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw new InvalidInputError('body', payload, 'a JSON object');
  const github = githubEventOf(payload, event);
  const read =
    github !== null ? fromGithub(github, payload) : 'object_kind' in payload ? fromGitlab(payload) : null;
  if (read === null) return generic(payload);
  return typeof read === 'string'
    ? { kind: 'ignored', reason: read }
    : wordOf(trailers ? read : { ...read, message: null }, pattern);
}

function generic(payload: object): CiResult {
  const { taskId, executionId, success, score, comment, by, at, id } = checkInput(genericSchema, payload);
  return {
    kind: 'word',
    // A direct recording's execution and task have the same id.
    tasks: [taskId ?? taskOfExecution(executionId ?? '')],
    named: true,
    key: `plain/${id ?? JSON.stringify(payload)}`,
    feedback: {
      success,
      source: 'verifier',
      precedence: precedenceOf(success, true),
      by,
      ...(score === undefined ? {} : { score }),
      ...(comment === undefined ? {} : { comment }),
      ...(executionId === undefined ? {} : { executionId }),
      ...(at === undefined ? {} : { at }),
    },
  };
}

/** The task of `<tenant>/<task>/<run>`; other execution ids are their own task's. */
function taskOfExecution(executionId: string): string {
  const run = /^[^/]+\/(.+)\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(executionId);
  return run?.[1] ?? executionId;
}

function wordOf(event: CiEvent, pattern: RegExp): CiResult {
  const named = [
    event.externalId,
    ...event.branches.map((branch) => pattern.exec(branch ?? '')?.[1]),
    trailerOf(event.message),
  ];
  const tasks = [...new Set(named.filter((id) => id != null && TASK_ID_PATTERN.test(id)))] as string[];
  const { success, whole, what, conclusion, by, key } = event;
  const at = timeOf(event.at);
  if (tasks.length === 0) return { kind: 'ignored', reason: `${what} names no task` };
  const comment = `${what}: ${conclusion}`.slice(0, MAX_COMMENT);
  return {
    kind: 'word',
    tasks,
    named: false,
    key: `${key}/${by}/${at ?? ''}`,
    feedback: {
      success,
      source: 'verifier',
      precedence: precedenceOf(success, whole),
      by: by.slice(0, 500),
      comment,
      ...(at === undefined ? {} : { at }),
    },
  };
}

/** ISO 8601, in UTC; GitLab writes `2026-01-31 15:26:29 UTC`. */
function timeOf(text: string | null | undefined): string | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** The task that the last `Journeyman-Task:` line of a commit's message names. */
const trailerOf = (message: string | null | undefined): string | undefined =>
  [...(message ?? '').matchAll(/^Journeyman-Task:[ \t]*(\S+)[ \t]*$/gim)].at(-1)?.[1];
