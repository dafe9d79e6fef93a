/** What somebody says later of how a task went: what is allowed. */
import { z } from 'zod';

/** Longest comment that is kept. */
export const MAX_COMMENT = 20_000;

/** An agent is not among them: its own word is in its report, and it cannot take that back. */
export const feedbackSources = ['human', 'verifier', 'system'] as const;

export const feedbackSchema = z
  .strictObject({
    success: z.boolean().nullable().exactOptional().describe('null: it is not known'),
    score: z.number().min(0).max(1).exactOptional(),
    comment: z.string().min(1).max(MAX_COMMENT).exactOptional(),
    source: z.enum(feedbackSources),
    by: z
      .string()
      .max(500)
      .refine((text) => text.trim() !== '', 'expected who says so, e.g. a name or an address')
      .describe('Who says so'),
    precedence: z.number().int().min(0).max(1_000).exactOptional().describe('Among words of the same source'),
    executionId: z.string().min(1).max(500).exactOptional().describe("Default: the task's latest"),
    at: z.iso
      .datetime({ offset: true })
      .exactOptional()
      .describe(
        'When it was found; of two words of the same speaker the one found later counts. Default: now',
      ),
    deliveryId: z.string().min(1).max(300).exactOptional().describe('The same again changes nothing'),
  })
  .refine(
    ({ success, score, comment }) => success !== undefined || score !== undefined || comment !== undefined,
    { path: ['success'], error: 'expected at least one of success, score and comment' },
  );

/** A later word. Without success and score it is a comment, which is kept and changes nothing. */
export type Feedback = z.input<typeof feedbackSchema>;
