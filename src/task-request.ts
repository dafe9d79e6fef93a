/** A task as callers give it: what is allowed, and the input of the workflow that it becomes. */
import { z } from 'zod';
import { checkInput } from './shared/check-input.js';
import { InvalidInputError } from './shared/errors.js';
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
  workspace: z.string().min(1).exactOptional(),
  verify: z.array(z.string().min(1)).min(1).exactOptional(),
});

/**
 * What to do and how. `taskId` makes the call idempotent and is drawn when absent; `agents` limits who may
 * be chosen and `plan` fixes the choice; `verify` is a program with arguments whose exit code decides.
 */
export type TaskRequest = z.input<typeof requestSchema>;

/**
 * Checks a request and takes secrets out of it, before anything of it enters a workflow's history.
 *
 * @throws InvalidInputError naming the field, the value and what is allowed
 */
export function taskInput(
  tenant: string,
  taskId: string,
  request: TaskRequest,
  redactor: Redactor,
): TaskInput {
  const { taskId: _, context, ...task } = checkInput(requestSchema, request);
  return redactor.value({ tenant: checkedTenant(tenant), taskId, context: context ?? {}, ...task });
}

/** @throws InvalidInputError when the text cannot be a tenant's name */
export function checkedTenant(tenant: string): string {
  if (typeof tenant !== 'string' || !TENANT_PATTERN.test(tenant))
    throw new InvalidInputError('tenant', tenant, `text matching ${TENANT_PATTERN}`);
  return tenant;
}
