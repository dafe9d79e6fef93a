/** Recording of what agents anywhere reported: without secrets, and without what MongoDB cannot hold. */
import { BSON, MongoServerError } from 'mongodb';
import type { Redactor } from '../shared/redact.js';
import type { ExecutionRecord } from '../shared/task.js';
import type { Store } from '../store/store.js';
import { redactedRecord, withoutValues } from './record-content.js';
import { type Recorded, recordExecution } from './record-execution.js';

/** The server's codes for documents that are nested too deeply, or too large. */
const REFUSED_CODES: readonly unknown[] = [15, 10_334];

/**
 * Records an execution that no worker of ours need have seen before. Values that MongoDB cannot hold, such as
 * one that is nested too deeply, are left out rather than the whole record.
 *
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function keepRecord(
  store: Store,
  record: ExecutionRecord,
  redactor: Redactor,
  deadlineMs?: number,
): Promise<Recorded> {
  try {
    return await recordExecution(store, redactedRecord(record, redactor), undefined, deadlineMs);
  } catch (error) {
    if (!isUnstorable(error)) throw error;
    const without = redactedRecord(withoutValues(record), redactor);
    return recordExecution(store, without, undefined, deadlineMs);
  }
}

/** Whether the record itself is at fault, so that no later try ends otherwise. */
export function isUnstorable(error: unknown): boolean {
  if (error instanceof MongoServerError) return REFUSED_CODES.includes(error.code);
  // Ranges: of numbers, and of the stack that a deep value takes.
  return error instanceof RangeError || error instanceof BSON.BSONError;
}
