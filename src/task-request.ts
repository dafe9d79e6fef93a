/** A task as callers give it: what is allowed, and the input of the workflow that it becomes. */
import path from 'node:path';
import { z } from 'zod';
import { capsSchema } from './shared/agent-contract.js';
import { approvalSchema } from './shared/approval.js';
import { checkInput } from './shared/check-input.js';
import { InvalidInputError } from './shared/errors.js';
import { MAX_USD } from './shared/figure-limits.js';
import { TASK_ID_PATTERN, TENANT_PATTERN } from './shared/ids.js';
import type { Redactor } from './shared/redact.js';
import type { TaskInput } from './shared/task.js';
import { learningModes, strategies } from './shared/terms.js';

const MAX_DESCRIPTION = 200_000;
const MAX_CONTEXT = 1_000_000;

const planSchema = z.strictObject({
  strategy: z.enum(strategies),
  agents: z.array(z.string().min(1).max(64)).min(1).max(50),
  onFailure: z.enum(['next', 'stop']).exactOptional(),
  verifier: z.string().min(1).max(64).exactOptional(),
  approval: approvalSchema.exactOptional(),
});

const verifierSchema = z.union(
  [
    z.strictObject({ name: z.string().min(1).max(100), command: z.array(z.string().min(1)).min(1) }),
    z.strictObject({ name: z.string().min(1).max(100), agent: z.string().min(1).max(64) }),
  ],
  { error: () => 'a name with either a command or an agent' },
);

const workspaceSchema = z.strictObject({
  source: z.string().refine((source) => path.isAbsolute(source), 'an absolute path'),
  isolation: z.enum(['git', 'copy']).default('git'),
  ref: z
    .string()
    .regex(/^[^-\s~^:?*[\\][^\s~^:?*[\\]*$/, 'a commit, a branch or a tag')
    .exactOptional(),
  keep: z.enum(['never', 'failed', 'always']).default('never'),
  apply: z.enum(['never', 'success']).default('never'),
  maxBytes: z
    .number()
    .int()
    .min(1)
    .default(2 * 1024 ** 3),
  maxFiles: z.number().int().min(1).default(200_000),
});

const requestSchema = z.strictObject({
  taskId: z.string().regex(TASK_ID_PATTERN, 'letters, digits and _.:@#/+-, at most 200').exactOptional(),
  description: z
    .string()
    .max(MAX_DESCRIPTION)
    .refine((text) => text.trim() !== '', 'a text that is not empty'),
  context: z
    .record(z.string(), z.json())
    .refine(
      (context) => JSON.stringify(context).length <= MAX_CONTEXT,
      `at most ${MAX_CONTEXT} characters of JSON`,
    )
    .exactOptional(),
  learning: z.enum(learningModes).exactOptional(),
  agents: z.array(z.string().min(1).max(64)).min(1).exactOptional(),
  plan: planSchema.exactOptional(),
  workspace: z
    .union([z.string().min(1), workspaceSchema], {
      error: ({ input }) =>
        typeof input === 'object' ? undefined : 'a folder, or how to make one from a source',
    })
    .exactOptional(),
  verify: z.array(z.string().min(1)).min(1).exactOptional(),
  verifiers: z.array(verifierSchema).min(1).max(20).exactOptional(),
  caps: z
    .strictObject(capsSchema.shape)
    .refine((caps) => Object.keys(caps).length > 0, 'seconds, tokens or usd')
    .exactOptional(),
  budget: z.number().positive().max(MAX_USD).exactOptional(),
  approval: approvalSchema.exactOptional(),
});

/**
 * What to do and how. `taskId` makes the call idempotent and is drawn when absent; `agents` limits who may
 * be chosen and `plan` fixes the choice; `verify` is a program with arguments whose exit code decides, and
 * `verifiers` are several, programs or agents, the most trusted first. With a `workspace` that names a source,
 * each attempt works in a folder of its own. `caps` end what costs too much, `budget` is the USD that tasks may cost on
 * average, held by what is chosen, and `approval` asks a person.
 */
export type TaskRequest = z.input<typeof requestSchema>;

/**
 * Checks a request and takes secrets out of it, before anything of it enters a workflow's history. Ids and the
 * workspace stay as they are: what looks like a secret in them has to lead to the same task and folder.
 *
 * @throws InvalidInputError naming the field, the value and what is allowed
 */
export function taskInput(
  tenant: string,
  taskId: string,
  request: TaskRequest,
  redactor: Redactor,
): TaskInput {
  const { taskId: _, workspace, context, ...task } = checkInput(requestSchema, request);
  return {
    tenant: checkedTenant(tenant),
    taskId,
    ...redactor.value({ context: context ?? {}, ...task }),
    ...(workspace === undefined ? {} : { workspace }),
  };
}

/** @throws InvalidInputError when the text cannot be a tenant's name */
export function checkedTenant(tenant: string): string {
  if (typeof tenant !== 'string' || !TENANT_PATTERN.test(tenant))
    throw new InvalidInputError('tenant', tenant, `text matching ${TENANT_PATTERN}`);
  return tenant;
}
