/** Which documents were changed, by whichever process: one change stream for all tenants. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ChangeStream,
  type ChangeStreamOptions,
  type Document,
  MongoError,
  type ResumeToken,
  type Timestamp,
} from 'mongodb';
import type { Store } from './store.js';

export interface FeedListener {
  /**
   * A document was written or removed.
   *
   * @param made of one that is new, the fields that are asked for; null for all others
   */
  changed(key: string, collection: string, made: Document | null): void;
  /** Changes were missed, or may have been: nothing that was read before can be trusted to be all. */
  lost(why: string): void;
}

/** A collection of which only some changes matter. */
export interface WatchedCollection {
  name: string;
  /** Condition on the change, as the change stream writes it. */
  where: Document;
  /** Fields of new documents that are told with them. */
  fields?: readonly string[];
}

/** What the feed takes of a change: only which document it was, so that tenants that nobody asks for cost little. */
interface Change {
  _id: ResumeToken;
  operationType: string;
  ns?: { coll?: string };
  documentKey?: { _id: unknown };
  fullDocument?: Document;
}

const OF_CHANGE = { operationType: 1, 'ns.coll': 1, 'documentKey._id': 1 };
/** Milliseconds that the server waits for a change before it says that there is none. */
const AWAIT_MS = 1_000;
/** Milliseconds without any answer after which a connection counts as dead. */
const SILENCE_MS = 5_000;
const OPEN_DEADLINE_MS = 5_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
/** Changes of the kinds that concern one document; all others concern the whole collection. */
const OF_DOCUMENTS: ReadonlySet<string> = new Set(['insert', 'update', 'replace', 'delete']);
/** ChangeStreamFatalError and ChangeStreamHistoryLost: the server cannot go on where the token says. */
const LOST_CODES: ReadonlySet<unknown> = new Set([280, 286]);

export class ChangeFeed {
  private readonly closing = new AbortController();
  private beginning: Promise<void> | null = null;
  private stream: ChangeStream<Document, Change> | null = null;
  /** Where to go on: after a change, or at a time. */
  private token: ResumeToken;
  private since: Timestamp | undefined;
  /** On the monotonic clock: since when no answer has come; null while the stream is followed. */
  private silentSince: number | null = performance.now();

  /** @param watched one collection, or some changes of several, in one stream */
  constructor(
    private readonly store: Store,
    private readonly watched: string | readonly WatchedCollection[],
    private readonly listener: FeedListener,
  ) {}

  /** Milliseconds for which changes may have been missed so far; 0 while the stream is followed. */
  get silentMs(): number {
    return this.silentSince === null ? 0 : performance.now() - this.silentSince;
  }

  /**
   * Begins to follow the changes, once. What is read after this resolves is never behind without being told of.
   *
   * @throws StoreUnavailableError when MongoDB is away
   */
  begin(): Promise<void> {
    this.beginning ??= this.markStart().then(
      () => {
        void this.read();
      },
      (error: unknown) => {
        this.beginning = null;
        throw error;
      },
    );
    return this.beginning;
  }

  /** Stops for good; the server's answer to the last question is not waited for. */
  close(): void {
    this.closing.abort();
    this.abandon();
  }

  /** Changes count from the server's time now, whenever the stream itself gets to be opened. */
  private async markStart(): Promise<void> {
    const { operationTime } = await this.store.run(
      (options) => this.store.db.command({ ping: 1 }, options),
      OPEN_DEADLINE_MS,
    );
    this.token = undefined;
    this.since = operationTime as Timestamp;
  }

  private get closed(): boolean {
    return this.closing.signal.aborted;
  }

  private async read(): Promise<void> {
    let wait = FIRST_RETRY_MS;
    while (!this.closed) {
      try {
        await this.follow(() => {
          wait = FIRST_RETRY_MS;
        });
      } catch (error) {
        this.silentSince ??= performance.now();
        this.abandon();
        if (this.closed) return;
        if (isLost(error)) await this.startAnew(error);
        await sleep(wait, undefined, { signal: this.closing.signal }).catch(() => {});
        wait = Math.min(LONGEST_RETRY_MS, wait * 2);
      }
    }
  }

  /** Follows the stream until it breaks. */
  private async follow(answered: () => void): Promise<never> {
    const { token, since } = this;
    // Left to connect by itself, a client whose first try failed never tries again.
    await this.store.run(() => Promise.resolve(), OPEN_DEADLINE_MS);
    this.closing.signal.throwIfAborted();
    const stream = this.open({
      maxAwaitTimeMS: AWAIT_MS,
      ...(token !== undefined
        ? { resumeAfter: token }
        : since !== undefined
          ? { startAtOperationTime: since }
          : {}),
    });
    // Its end is told by the call that waits for a change.
    stream.on('error', () => {});
    this.stream = stream;
    for (;;) {
      const change = await unlessSilent(stream.tryNext());
      // One that has ended says at once and for ever that nothing has changed.
      if (change === null && (this.closed || stream.closed)) throw new Error('the change stream has ended');
      this.token = stream.resumeToken ?? this.token;
      this.silentSince = null;
      answered();
      if (change !== null) this.take(change);
    }
  }

  private open(options: ChangeStreamOptions): ChangeStream<Document, Change> {
    const { watched } = this;
    const { db } = this.store;
    if (typeof watched === 'string')
      return db.collection(watched).watch<Document, Change>([{ $project: OF_CHANGE }], options);
    const some = watched.map(({ name, where }) => ({ 'ns.coll': name, ...where }));
    const whole = { operationType: { $nin: [...OF_DOCUMENTS] } };
    const named = [
      { 'ns.coll': { $in: watched.map(({ name }) => name) } },
      { 'ns.coll': { $exists: false } },
    ];
    const fields = watched.flatMap(({ fields: asked = [] }) => asked.map((field) => `fullDocument.${field}`));
    const told = { ...OF_CHANGE, ...Object.fromEntries(fields.map((field) => [field, 1])) };
    return db.watch<Document, Change>(
      [{ $match: { $or: [...some, { ...whole, $or: named }] } }, { $project: told }],
      options,
    );
  }

  private take(change: Change): void {
    const key = change.documentKey?._id;
    const collection = change.ns?.coll ?? '';
    if (OF_DOCUMENTS.has(change.operationType)) {
      const made = change.operationType === 'insert' ? (change.fullDocument ?? null) : null;
      if (typeof key === 'string') this.listener.changed(key, collection, made);
    } else throw new CollectionChangedError(`${collection}: ${change.operationType}`);
  }

  private async startAnew(error: unknown): Promise<void> {
    try {
      await this.markStart();
    } catch {
      // Its token is as lost as before: the next try ends here again.
      return;
    }
    this.listener.lost((error as Error).message);
  }

  /** Lets go of the stream without waiting: on a dead connection nothing ends by itself. */
  private abandon(): void {
    this.stream?.close().catch(() => {});
    this.stream = null;
  }
}

/** The collection was dropped, renamed or otherwise changed as a whole. */
class CollectionChangedError extends Error {
  override readonly name = 'CollectionChangedError';
}

const isLost = (error: unknown): boolean =>
  error instanceof CollectionChangedError ||
  (error instanceof MongoError && ('code' in error ? LOST_CODES.has(error.code) : false));

async function unlessSilent<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  answer.catch(() => {});
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${SILENCE_MS} ms`)), SILENCE_MS);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
