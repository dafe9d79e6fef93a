/** What the configuration says of knowledge. */
import { z } from 'zod';
import { fields } from './fields.js';

export const knowledgeSchema = fields({
  maxItems: z
    .number()
    .int()
    .min(100)
    .max(10_000_000)
    .default(100_000)
    .describe("Items that a tenant's look-ups may choose from; beyond it the least valuable are pruned"),
  sharesPerMinute: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(600)
    .describe('Items that one agent may share in a minute'),
  unusedDays: z
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(90)
    .describe('Days after which an item that nobody ever used is pruned'),
  staleDays: z
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(365)
    .describe('Days without use after which an item that is not validated is pruned'),
  restoreDays: z
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(30)
    .describe('Days for which what was pruned can be restored'),
});
export type KnowledgeSettings = z.output<typeof knowledgeSchema>;
export const defaultKnowledgeSettings: KnowledgeSettings = knowledgeSchema.parse({});
