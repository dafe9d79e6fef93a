/** Vectors of texts as they are stored: by their content, so that a text is embedded once, whoever holds it. */
import { createHash } from 'node:crypto';
import { Binary, type Document, MongoBulkWriteError } from 'mongodb';
import type { CollectionIndexes } from '../store/indexes.js';
import type { Store } from '../store/store.js';
import type { Embedder } from './embedding/embedder.js';
import { windowsOf } from './embedding/windows.js';

interface VectorDocument extends Document {
  /** `<tenant>|<embedder>|<sha256 of the text>` */
  _id: string;
  tenant: string;
  /** One after the other: its scale (float32), and each component as a share of it (int8). */
  vectors: Binary;
  usedAt: Date;
}

const vectorsOf = (store: Store) => store.collection<VectorDocument>('vectors');

export const vectorIndexes: CollectionIndexes[] = [
  { collection: 'vectors', indexes: [{ key: { tenant: 1, usedAt: 1 } }] },
];

const DEADLINE_MS = 10_000;
const DUPLICATE_KEY = 11_000;
const DAY_MS = 86_400_000;
/** A vector's last use is written this seldom. */
const NOTED_EVERY_MS = 15 * DAY_MS;
/** What was not used for so long is removed; a text that comes back is embedded anew. */
const KEPT_MS = 60 * DAY_MS;

/** The vectors of texts by one embedder: a text without any is not embedded yet. */
export class StoredVectors {
  constructor(
    private readonly store: Store,
    readonly embedder: Embedder,
  ) {}

  /**
   * Reads what is there.
   *
   * @returns for each text its vectors, or undefined
   */
  async read(tenant: string, texts: readonly string[]): Promise<(Float32Array[] | undefined)[]> {
    const keys = texts.map((text) => this.keyOf(tenant, text));
    const found = await this.store.run(
      (options) =>
        vectorsOf(this.store)
          .find({ _id: { $in: [...new Set(keys)] }, tenant }, options)
          .toArray(),
      DEADLINE_MS,
    );
    const now = Date.now();
    const old = found.filter(({ usedAt }) => now - usedAt.getTime() > NOTED_EVERY_MS).map(({ _id }) => _id);
    if (old.length > 0)
      await this.store.run(
        (options) =>
          vectorsOf(this.store).updateMany(
            { _id: { $in: old }, tenant },
            { $set: { usedAt: new Date(now) } },
            options,
          ),
        DEADLINE_MS,
      );
    const { dimensions } = this.embedder;
    const byKey = new Map(found.map(({ _id, vectors }) => [_id, unpack(vectors.buffer, dimensions)]));
    return keys.map((key) => byKey.get(key));
  }

  /**
   * Embeds texts and stores their vectors. Another process may be at the same: what it stored stays.
   *
   * @param signal ends it before anything is stored
   * @throws EmbeddingError when the vectors cannot be had
   */
  async make(tenant: string, texts: readonly string[], signal: AbortSignal): Promise<Float32Array[][]> {
    const windows = texts.map((text) => windowsOf(this.embedder, text));
    const embedded = await this.embedder.embed(windows.flat());
    signal.throwIfAborted();
    let next = 0;
    const made = windows.map(({ length }) => embedded.slice(next, (next += length)));
    const usedAt = new Date();
    const documents = new Map(
      texts.map((text, index): [string, VectorDocument] => {
        const _id = this.keyOf(tenant, text);
        return [_id, { _id, tenant, vectors: new Binary(pack(made[index] ?? [])), usedAt }];
      }),
    );
    await this.store
      .run(
        (options) =>
          vectorsOf(this.store).insertMany([...documents.values()], { ordered: false, ...options }),
        DEADLINE_MS,
      )
      .catch((error: unknown) => {
        if (!(error instanceof MongoBulkWriteError && error.code === DUPLICATE_KEY)) throw error;
      });
    return made;
  }

  /** Removes a tenant's vectors that nobody has used for long. */
  async sweep(tenant: string): Promise<void> {
    const usedAt = { $lt: new Date(Date.now() - KEPT_MS) };
    await this.store.run(
      (options) => vectorsOf(this.store).deleteMany({ tenant, usedAt }, options),
      DEADLINE_MS,
    );
  }

  private keyOf(tenant: string, text: string): string {
    return `${tenant}|${this.embedder.id}|${createHash('sha256').update(text).digest('hex')}`;
  }
}

/** Vectors in bytes: 4 for the scale and one a component, for each. Components are off by at most 1/254 of the largest. */
export function pack(vectors: readonly Float32Array[]): Uint8Array {
  const dimensions = vectors[0]?.length ?? 0;
  const bytes = Buffer.alloc(vectors.length * (4 + dimensions));
  vectors.forEach((vector, index) => {
    const start = index * (4 + dimensions);
    const largest = vector.reduce((most, component) => Math.max(most, Math.abs(component)), 0);
    bytes.writeFloatLE(largest, start);
    if (largest === 0) return;
    vector.forEach((component, position) =>
      bytes.writeInt8(Math.round((component / largest) * 127), start + 4 + position),
    );
  });
  return bytes;
}

/** What {@link pack} packed, each brought to length 1 again. */
export function unpack(bytes: Uint8Array, dimensions: number): Float32Array[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vectors: Float32Array[] = [];
  for (let start = 0; start + 4 + dimensions <= view.length; start += 4 + dimensions) {
    const scale = view.readFloatLE(start) / 127;
    const vector = Float32Array.from(
      { length: dimensions },
      (_, position) => view.readInt8(start + 4 + position) * scale,
    );
    const length = Math.hypot(...vector);
    if (length > 0)
      for (let position = 0; position < dimensions; position += 1)
        vector[position] = (vector[position] ?? 0) / length;
    vectors.push(vector);
  }
  return vectors;
}
