/** Which `withLearning` the running code belongs to: the innermost around it. Workflow code only. */
import { AsyncLocalStorage } from '@temporalio/workflow';
import type { StepLog } from './step-log.js';

const active = new AsyncLocalStorage<StepLog | null>();

/** The log that what is called here is noted in; null outside of any `withLearning`. */
export const activeSteps = (): StepLog | null => active.getStore() ?? null;

/** Runs code whose calls are noted in a log. */
export const notedIn = <T>(log: StepLog, code: () => Promise<T>): Promise<T> => active.run(log, code);

/** Runs code of our own, which is nobody's step. */
export const unnoted = <T>(code: () => Promise<T>): Promise<T> => active.run(null, code);
