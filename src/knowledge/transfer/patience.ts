/** Waiting for a server that is slow or away for a while. */
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { StoreUnavailableError } from '../../store/store.js';

/** What changes nothing when it is done twice is tried again where MongoDB has no answer in time. */
export const patience = retry(
  handleWhen((error) => error instanceof StoreUnavailableError),
  { maxAttempts: 5, backoff: new ExponentialBackoff({ initialDelay: 1_000, maxDelay: 30_000 }) },
);
