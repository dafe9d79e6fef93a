/** The connection to MongoDB: short deadlines, one circuit breaker, and transactions that end. */
import { BrokenCircuitError, bulkhead, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import {
  type ClientSession,
  type Collection,
  type Db,
  type Document,
  MongoBulkWriteError,
  MongoClient,
  type MongoClientOptions,
  MongoError,
  MongoNetworkError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';

/** MongoDB is out of reach, or was a moment ago. A task goes on without it. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

export interface StoreOptions {
  /** MongoDB connection string; its replica set makes the transactions possible. */
  uri: string;
  /** Database name. Default `journeyman`. */
  database?: string;
  /** Milliseconds a read or write may take, connecting included. Default 5,000. */
  deadlineMs?: number;
  client?: MongoClientOptions;
}

export interface Store {
  readonly db: Db;
  collection<T extends Document>(name: string): Collection<T>;
  /**
   * Runs reads or single writes under a deadline.
   *
   * @throws StoreUnavailableError when the deadline passes, MongoDB is away, or it was away just now
   */
  run<T>(operation: (options: { timeoutMS: number }) => Promise<T>, deadlineMs?: number): Promise<T>;
  /**
   * Runs a multi-document transaction, retried by the driver on transient errors until the deadline.
   *
   * @throws StoreUnavailableError as `run` does; whatever the operation throws aborts the transaction
   */
  transaction<T>(operation: (session: ClientSession) => Promise<T>, deadlineMs?: number): Promise<T>;
  /**
   * The number of a transaction among those of this process that are under way: the lowest that was free when it
   * began. No two have the same, and where there is one at a time, it is always 0.
   */
  laneOf(session: ClientSession): number;
  /** Aborted when the store is being closed. */
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

const DEFAULT_DEADLINE_MS = 5_000;
/** Transactions of one process at once: more only meet on the same counters and undo each other. */
const MAX_TRANSACTIONS = 8;

/** Connects lazily: the store may be away now and back later. */
export function openStore(options: StoreOptions): Store {
  const deadline = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const client = new MongoClient(options.uri, {
    serverSelectionTimeoutMS: deadline,
    connectTimeoutMS: Math.min(deadline, 2_000),
    retryWrites: true,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    ignoreUndefined: true,
    maxPoolSize: 50,
    ...options.client,
  });
  const db = client.db(options.database ?? 'journeyman');
  // One breaker for all calls: a worker whose store is away should not spend a deadline on each look-up.
  const breaker = circuitBreaker(handleWhen(isUnavailable), {
    halfOpenAfter: 1_000,
    breaker: new ConsecutiveBreaker(4),
  });
  const turns = bulkhead(MAX_TRANSACTIONS, Number.POSITIVE_INFINITY);
  const lanes = new Map<ClientSession, number>();
  const inLane = async <T>(session: ClientSession, work: () => Promise<T>): Promise<T> => {
    const taken = new Set(lanes.values());
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    lanes.set(session, lane);
    try {
      return await work();
    } finally {
      lanes.delete(session);
    }
  };
  const closing = new AbortController();
  // Left to connect by itself, a client whose first try failed never tries again.
  const connected = async <T>(operation: () => Promise<T>): Promise<T> => {
    await client.connect();
    return operation();
  };
  const guarded = async <T>(deadlineMs: number, operation: () => Promise<T>): Promise<T> => {
    try {
      return await breaker.execute(() => within(deadlineMs, connected(operation)));
    } catch (error) {
      if (error instanceof BrokenCircuitError)
        throw new StoreUnavailableError('MongoDB was out of reach a moment ago; not tried again yet');
      if (isUnavailable(error))
        throw new StoreUnavailableError(`MongoDB is out of reach: ${(error as Error).message}`, {
          cause: error,
        });
      throw error;
    }
  };
  return {
    db,
    collection: <T extends Document>(name: string) => db.collection<T>(name),
    run: (operation, deadlineMs = deadline) =>
      guarded(deadlineMs, () => operation({ timeoutMS: deadlineMs })),
    transaction: (operation, deadlineMs = deadline) => {
      const end = performance.now() + deadlineMs;
      const inTurn = () => {
        const left = Math.ceil(end - performance.now());
        // Its caller has been told by now that it failed.
        if (left <= 0) throw new StoreUnavailableError(`no turn within ${deadlineMs} ms`);
        return client.withSession({ defaultTimeoutMS: left }, (session) =>
          inLane(session, () =>
            session.withTransaction(operation, {
              readConcern: { level: 'snapshot' },
              writeConcern: { w: 'majority' },
              timeoutMS: left,
            }),
          ),
        );
      };
      return guarded(deadlineMs, () => turns.execute(inTurn));
    },
    laneOf: (session) => lanes.get(session) ?? 0,
    closed: closing.signal,
    close() {
      closing.abort();
      return client.close();
    },
  };
}

/** The driver's own deadlines leave out its first connection, so ours stands beside them. */
async function within<T>(deadlineMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreUnavailableError(`no answer within ${deadlineMs} ms`)),
      // A little later than the driver, whose errors say more.
      deadlineMs + 50,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether an error says that MongoDB cannot be reached or answers too late, rather than no. */
export function isUnavailable(error: unknown): boolean {
  // Around whatever stopped a bulk write, the driver puts an error that does not say which kind it was.
  if (error instanceof MongoBulkWriteError && (error.errorResponse as unknown) instanceof Error)
    return isUnavailable(error.errorResponse);
  return (
    error instanceof StoreUnavailableError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoNetworkError ||
    error instanceof MongoOperationTimeoutError ||
    (error instanceof MongoError &&
      (error.hasErrorLabel('TransientTransactionError') || error.hasErrorLabel('RetryableWriteError')))
  );
}
