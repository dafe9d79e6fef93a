/** Vectors inside the documents, where MongoDB Search looks for them; written in the background. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Binary, type Document } from 'mongodb';
import { ChangeFeed } from '../store/change-feed.js';
import type { Store } from '../store/store.js';
import { type IndexedCollection, type StoredDocument, tenantOfKey } from './indexed-collection.js';
import { VECTOR_FIELD } from './mongo-search-stages.js';
import type { StoredVectors } from './vectors.js';

const AT_ONCE = 8;
/** Keys that may wait; a look through the whole collection goes no further ahead. */
const MOST_WAITING = 1_000;
const RETRY_MS = 5_000;
const DEADLINE_MS = 10_000;

/** Gives the documents of one collection their vectors: those that lack them, and those whose text is changed. */
export class DocumentVectors<T extends StoredDocument> {
  private readonly waiting = new Set<string>();
  private readonly closing = new AbortController();
  private readonly feed: ChangeFeed;
  private isBehind = true;

  /** @param failed told of each failure; it is tried again */
  constructor(
    private readonly store: Store,
    private readonly collection: IndexedCollection<T>,
    private readonly vectors: StoredVectors,
    private readonly failed: (error: unknown) => void,
  ) {
    this.feed = new ChangeFeed(store, collection.name, {
      changed: (key) => this.waiting.add(key),
      lost: () => {
        this.isBehind = true;
      },
    });
  }

  /** Works until it is closed. Several processes may do so at once: what one has done is no work for the others. */
  async run(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        if (this.isBehind) await this.lookThrough();
        if (this.waiting.size > 0) await this.fillSome();
        else await sleep(100, undefined, { signal });
      } catch (error) {
        if (signal.aborted) return;
        this.failed(error);
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  close(): void {
    this.closing.abort();
    this.feed.close();
  }

  private get documents() {
    return this.store.db.collection<StoredDocument & Document>(this.collection.name);
  }

  /** Everything that has no vector, another embedder's or that of another text; changes are followed from before. */
  private async lookThrough(): Promise<void> {
    await this.feed.begin();
    this.isBehind = false;
    try {
      const lacking = this.documents
        .find({
          $or: [
            { [`${VECTOR_FIELD}.embedder`]: { $ne: this.vectors.embedder.id } },
            { $expr: { $ne: [`$${VECTOR_FIELD}.text`, `$${this.collection.textField}`] } },
          ],
        })
        .project<StoredDocument>({ _id: 1 });
      for await (const { _id } of lacking) {
        this.waiting.add(_id);
        while (this.waiting.size >= MOST_WAITING) await this.fillSome();
      }
    } catch (error) {
      this.isBehind = true;
      throw error;
    }
  }

  private async fillSome(): Promise<void> {
    const [first = ''] = this.waiting;
    const tenant = tenantOfKey(first);
    const keys = [...this.waiting].filter((key) => tenantOfKey(key) === tenant).slice(0, AT_ONCE);
    for (const key of keys) this.waiting.delete(key);
    try {
      await this.fill(tenant, keys);
    } catch (error) {
      for (const key of keys) this.waiting.add(key);
      throw error;
    }
  }

  private async fill(tenant: string, keys: readonly string[]): Promise<void> {
    const { store, vectors, collection } = this;
    const { signal } = this.closing;
    signal.throwIfAborted();
    const found = (await store.run(
      (options) => this.documents.find({ _id: { $in: [...keys] }, tenant }, options).toArray(),
      DEADLINE_MS,
    )) as unknown as (T & { [VECTOR_FIELD]?: { embedder: string; text: string } })[];
    const embedder = vectors.embedder.id;
    const lacking = found.filter((document) => {
      const held = document[VECTOR_FIELD];
      return held?.embedder !== embedder || held.text !== (document[collection.textField] as unknown);
    });
    if (lacking.length === 0) return;
    const texts = lacking.map((document) => collection.textOf(document));
    const stored = await vectors.read(tenant, texts);
    const missing = texts.filter((_, index) => stored[index] === undefined);
    const made = missing.length === 0 ? [] : await vectors.make(tenant, missing, signal);
    const byText = new Map(missing.map((text, index) => [text, made[index]]));
    await store.run(
      (options) =>
        this.documents.bulkWrite(
          lacking.map((document, index) => {
            // The server searches one vector a document: that of the first window.
            const [vector] = stored[index] ?? byText.get(texts[index] ?? '') ?? [];
            const text = document[collection.textField] as unknown;
            const held = {
              embedder,
              text,
              ...(vector === undefined ? {} : { vector: Binary.fromFloat32Array(vector) }),
            };
            return {
              updateOne: {
                // A text that is changed meanwhile is told of again.
                filter: { _id: document._id, tenant, [collection.textField]: text },
                update: { $set: { [VECTOR_FIELD]: held } },
              },
            };
          }),
          { ordered: false, ...options },
        ),
      DEADLINE_MS,
    );
  }
}
