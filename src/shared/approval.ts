/** A person's yes or no within a task. */
import { z } from 'zod';
import { fields } from './fields.js';

export const approvalSchema = fields({
  when: z
    .enum(['before', 'after'])
    .default('before')
    .describe('Before the agents are called, or on their result'),
  deadlineSeconds: z
    .number()
    .positive()
    .max(30 * 86_400)
    .default(86_400),
  onDeadline: z.enum(['approve', 'reject']).default('reject').describe('What counts when nobody decides'),
  question: z.string().min(1).max(2_000).exactOptional().describe('What the person is asked'),
});

/** What a plan or a task asks of a person. */
export type ApprovalRequest = z.infer<typeof approvalSchema>;

export const decisionSchema = z.strictObject({
  approved: z.boolean(),
  by: z
    .string()
    .max(200)
    .refine((by) => by.trim() !== '', 'who decides')
    .describe('Who decides'),
  comment: z.string().max(10_000).exactOptional(),
});

/** A person's answer. */
export type ApprovalDecision = z.infer<typeof decisionSchema>;

/** An approval that is over. */
export interface ApprovalOutcome extends ApprovalDecision {
  when: 'before' | 'after';
  /** Epoch milliseconds. */
  decidedAt: number;
  /** Nobody decided in time, and the default counts. */
  byDeadline: boolean;
}
