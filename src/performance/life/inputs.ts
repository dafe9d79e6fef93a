/** What deciding on recommendations takes. Strings are typed, so that no query operator gets through. */
import { z } from 'zod';
import { recommendationStates } from './recommendation.js';

const id = z.string().min(1).max(2_000);
const by = z.string().min(1).max(200);
const reason = z.string().min(1).max(2_000);

export const recommendationQuerySchema = z.strictObject({
  agentType: z.string().min(1).max(200).optional(),
  minPriority: z.number().int().min(1).max(10).default(1),
  /** Default: those that are open. */
  states: z.array(z.enum(recommendationStates)).min(1).default(['open']),
});
export type RecommendationQuery = z.input<typeof recommendationQuerySchema>;

export const idSchema = z.strictObject({ id });
/** Who decides. */
export const decidingSchema = z.strictObject({ id, by, reason: reason.exactOptional() });
/** A dismissal says why: whoever meets the advice again is told. */
export const dismissingSchema = z.strictObject({ id, by, reason });
