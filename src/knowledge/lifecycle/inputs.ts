/** What the public functions of the lifecycle accept. */
import { z } from 'zod';
import { agentSchema, limitSchema } from '../inputs.js';

/** Who does so, and why. */
export const handSchema = z.strictObject({
  by: agentSchema,
  reason: z.string().trim().min(1).max(2_000),
});
export type HandInput = z.input<typeof handSchema>;

export const pruneSchema = z.strictObject({
  /** Only tells what would go, and why. */
  dryRun: z.boolean().default(false),
  by: agentSchema.default('api'),
});
export type PruneInput = z.input<typeof pruneSchema>;

export const runSchema = z.string().min(1).max(200);

export const prunedSchema = z.strictObject({
  /** Of one run of pruning. */
  run: runSchema.optional(),
  limit: limitSchema.default(50),
});
export type PrunedQuery = z.input<typeof prunedSchema>;
export type PrunedRequest = z.output<typeof prunedSchema>;
