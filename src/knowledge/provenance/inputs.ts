/** What retracting accepts. */
import { z } from 'zod';
import { agentSchema, limitSchema } from '../inputs.js';

const sourceText = z.string().min(3).max(1_000);

export const retractSchema = z.strictObject({
  /** `<kind>:<id>` with a kind of task, agent, learning, import, person. */
  source: sourceText,
  by: agentSchema,
  reason: z.string().trim().min(1).max(2_000),
  /** Only counts what it would do. */
  dryRun: z.boolean().default(false),
});
export type RetractInput = z.input<typeof retractSchema>;

export const undoRetractionSchema = z.strictObject({ by: agentSchema });

export const retractionsSchema = z.strictObject({
  source: sourceText.optional(),
  limit: limitSchema.default(50),
});
export type RetractionsQuery = z.input<typeof retractionsSchema>;

export const itemsOfSchema = z.strictObject({
  source: sourceText,
  limit: limitSchema.default(100),
  /** The last id of the page before. */
  after: z.string().min(1).max(200).nullable().default(null),
});
export type ItemsOfQuery = z.input<typeof itemsOfSchema>;
