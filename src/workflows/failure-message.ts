import { isCancellation } from '@temporalio/workflow';

/** The message of an error's innermost cause: Temporal wraps what an activity threw. */
export function messageOf(error: unknown): string {
  if (isCancellation(error)) return 'cancelled';
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}
