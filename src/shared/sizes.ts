/**
 * How much may pass through Temporal at once, in bytes of JSON. Its server refuses a payload over 2 MiB and a
 * message over 4 MiB, and ends a workflow whose history comes to 50 MiB; the first two stall a workflow or end
 * it, whatever its code does. Pure.
 */

/** All arguments of one activity or child, and what a workflow returns: 2 MiB, less what stands around them. */
export const MAX_PAYLOAD_BYTES = 1_900_000;
/** All that one answer to a workflow's task starts: 4 MiB, less one payload and what is not counted. */
export const MAX_STARTED_BYTES = 2_400_000;
/** A history in which no further agent is called: what runs already still has to report, and to be recorded. */
export const MAX_HISTORY_BYTES = 30_000_000;
/** A record that waits for the store is the input of a workflow, started along with the last agent's report. */
export const MAX_RECORD_BYTES = 1_600_000;
/** Reports of earlier agents that a call carries: beyond that they are cut, the oldest no less than the last. */
export const MAX_EARLIER_BYTES = 1_000_000;
/** News that a task keeps for its agents and its inbox; of more, the latest. */
export const MAX_NEWS_BYTES = 300_000;
/** A result that a person is shown: the query that asks for it has 2 MiB for the whole of the progress. */
export const MAX_SHOWN_BYTES = 1_500_000;
/** What the workflow of an agent hands back is read by a local activity, whose answer is a payload too. */
export const MAX_CHILD_REPORT_BYTES = 1_000_000;
/** Why something failed, wherever it is told again. */
export const MAX_REASON_CHARS = 2_000;
/** One line of the memo, which visibility keeps for each task. */
export const MAX_LINE_CHARS = 300;
/** Lines of the memo. */
export const MAX_MEMO_LINES = 100;
/** Values of one search attribute together: the server refuses more than 2 KiB. */
export const MAX_ATTRIBUTE_CHARS = 1_500;

/** Stands for a value that had to be left out. */
export const CUT = '[cut: too large to keep]';

/** Bytes of a value's JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value) ?? '';
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    // Half of a pair counts two: the pair has four bytes, and JSON escapes one that stands alone.
    bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
