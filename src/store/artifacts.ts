/** Large values by reference: kept once for each tenant and content, in deflated pieces. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { ArtifactReference } from '../shared/workspace.js';
import { isUnavailable, type Store, StoreUnavailableError } from './store.js';

/** Most bytes of one value. */
export const MAX_ARTIFACT_BYTES = 64 * 1024 * 1024;
/** Most bytes of a deflated value that goes along with its reference when the store is away. */
const MAX_INLINE_BYTES = 1024 * 1024;
const PIECE_BYTES = 1_000_000;
/** Milliseconds to read or write one value. */
const DEADLINE_MS = 30_000;

interface Piece {
  /** `<tenant>|<digest>|<number>` */
  _id: string;
  tenant: string;
  /** `sha256:` and the digest of the whole content. */
  artifact: string;
  number: number;
  /** Of how many. */
  pieces: number;
  content: Buffer;
  at: Date;
}

const artifacts = (store: Store) => store.collection<Piece>('artifacts');
const deflated = promisify(deflate);
const inflated = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);
const digestOf = (content: Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A tenant's large values in MongoDB. */
export function storeArtifacts(store: Store) {
  return {
    /**
     * Keeps a value; one that is there already is kept once.
     *
     * @returns its reference; while the store is away, with the value in it
     * @throws Error when it is over 64 MB
     * @throws StoreUnavailableError when the store is away and the value, deflated, is over 1 MB
     */
    async put(tenant: string, content: Uint8Array): Promise<ArtifactReference> {
      if (content.length > MAX_ARTIFACT_BYTES)
        throw new Error(`a value of ${content.length} bytes is over the limit of ${MAX_ARTIFACT_BYTES}`);
      const reference = { id: digestOf(content), bytes: content.length };
      const packed = await deflated(content);
      try {
        await keep(store, tenant, reference.id, packed);
        return reference;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        if (packed.length <= MAX_INLINE_BYTES) return { ...reference, inline: packed.toString('base64') };
        throw new StoreUnavailableError(
          `a value of ${content.length} bytes could not be kept: the store is out of reach, and deflated it ` +
            `is ${packed.length} bytes, more than the ${MAX_INLINE_BYTES} that go without`,
          { cause: error },
        );
      }
    },

    /**
     * Reads a value.
     *
     * @throws Error when the tenant has no such value, or it is not what was put
     * @throws StoreUnavailableError when the store is away
     */
    async get(tenant: string, { id, bytes, inline }: ArtifactReference): Promise<Uint8Array> {
      const packed = inline === undefined ? await find(store, tenant, id) : Buffer.from(inline, 'base64');
      if (packed === null) throw new Error(`the artifact ${id} is not there, or not all of it`);
      const content = await inflated(packed, { maxOutputLength: MAX_ARTIFACT_BYTES }).catch(() => null);
      if (content === null || content.length !== bytes || digestOf(content) !== id)
        throw new Error(`the artifact ${id} is not what was put`);
      return content;
    },
  };
}

const pieceId = (tenant: string, artifact: string, number: number): string =>
  `${tenant}|${artifact}|${number}`;

async function keep(store: Store, tenant: string, artifact: string, packed: Buffer): Promise<void> {
  const pieces = Math.ceil(packed.length / PIECE_BYTES);
  const end = performance.now() + DEADLINE_MS;
  // One after the other: a bulk of all would be one message of up to 64 MB, over what the server takes.
  for (let number = 0; number < pieces; number += 1) {
    const content = packed.subarray(number * PIECE_BYTES, (number + 1) * PIECE_BYTES);
    await store.run(
      (options) =>
        artifacts(store).updateOne(
          { _id: pieceId(tenant, artifact, number) },
          { $setOnInsert: { tenant, artifact, number, pieces, content, at: new Date() } },
          { upsert: true, ...options },
        ),
      Math.max(1, Math.min(5_000, end - performance.now())),
    );
  }
}

/** Null when a piece is missing. */
async function find(store: Store, tenant: string, artifact: string): Promise<Buffer | null> {
  const found = await store.run(
    (options) =>
      artifacts(store)
        .find({ tenant, artifact }, { promoteBuffers: true, ...options })
        .sort({ number: 1 })
        .toArray(),
    DEADLINE_MS,
  );
  const [first] = found;
  if (first === undefined || found.length !== first.pieces) return null;
  return Buffer.concat(found.map(({ content }) => content));
}
