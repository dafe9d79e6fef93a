/** Words on tasks, whether these are recorded already or will be. */
import { type ClientSession, MongoServerError } from 'mongodb';
import { type Interaction, interactions } from '../learning/interactions.js';
import { NotFoundError } from '../shared/errors.js';
import { events, type OutcomeEvent, type WaitingWord } from '../store/event-log.js';
import { ensureLedger } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import { keepEarlyWord, type SaidWord } from './early-words.js';
import { appendOutcome } from './outcomes.js';

/** What became of a word. */
export interface Taken {
  event: OutcomeEvent | WaitingWord;
  /** It had been taken in before: nothing was changed. */
  repeated: boolean;
}

/**
 * Takes in a word on a task: at once where the task is recorded, else together with its record.
 *
 * @param isComing asked where there is no record: whether one can be expected
 * @throws NotFoundError when there is none and none is coming
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function takeFeedback(
  store: Store,
  word: SaidWord,
  isComing: () => Promise<boolean>,
): Promise<Taken> {
  await ensureLedger(store, word.tenant);
  const taken = await tryToTake(store, word, false);
  if (taken !== null) return taken;
  const { taskId, executionId } = word;
  const missing = (): NotFoundError =>
    executionId === undefined
      ? new NotFoundError('task', taskId)
      : new NotFoundError(`execution of task ${JSON.stringify(taskId)}`, executionId);
  if (!(await isComing())) throw missing();
  const kept = await tryToTake(store, word, true);
  if (kept === null) throw missing();
  return kept;
}

async function tryToTake(store: Store, word: SaidWord, mayWait: boolean): Promise<Taken | null> {
  try {
    return await store.transaction((session) => take(store, word, mayWait, session));
  } catch (error) {
    if (!isSecondDelivery(error)) throw error;
    const event = await store.run(() => delivered(store, word));
    if (event === null) throw error;
    return { event, repeated: true };
  }
}

async function take(
  store: Store,
  word: SaidWord,
  mayWait: boolean,
  session: ClientSession,
): Promise<Taken | null> {
  const first = await delivered(store, word, session);
  if (first !== null) return { event: first, repeated: true };
  const interaction = await recorded(store, word, session);
  if (interaction !== null) {
    const { tenant: _tenant, taskId: _taskId, executionId: _executionId, ...said } = word;
    return { event: await appendOutcome(store, interaction, said, session), repeated: false };
  }
  return mayWait ? { event: await keepEarlyWord(store, word, session), repeated: false } : null;
}

/** The execution named, or the task's latest. */
function recorded(
  store: Store,
  { tenant, taskId, executionId }: SaidWord,
  session: ClientSession,
): Promise<Interaction | null> {
  const filter = {
    tenant,
    taskId: { $eq: taskId },
    ...(executionId === undefined ? {} : { _id: executionId }),
  };
  return interactions(store).findOne(filter, { session, sort: { endedAt: -1 } });
}

async function delivered(
  store: Store,
  { tenant, deliveryId }: SaidWord,
  session?: ClientSession,
): Promise<OutcomeEvent | WaitingWord | null> {
  if (deliveryId === undefined) return null;
  const found = await events(store).findOne({ tenant, deliveryId }, session === undefined ? {} : { session });
  return found as OutcomeEvent | WaitingWord | null;
}

/** Two deliveries of the same at once, of which the other was faster. */
function isSecondDelivery(error: unknown): boolean {
  if (!(error instanceof MongoServerError) || error.code !== 11_000) return false;
  const key: unknown = error['keyPattern'];
  return typeof key === 'object' && key !== null && 'deliveryId' in key;
}
