/** Large values of late, kept on this machine besides: what agents go on from is here when the store is away. */
import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactReference } from '../../shared/workspace.js';
import { readOwnFile, writeOwnFile } from './own-file.js';

/** Keeps large values by reference. */
export interface ArtifactStore {
  /** @throws Error when it is too large, or cannot be kept at present */
  put(tenant: string, content: Uint8Array): Promise<ArtifactReference>;
  /** @throws Error when it is not there, or is not what was put */
  get(tenant: string, reference: ArtifactReference): Promise<Uint8Array>;
}

const LONGEST_MS = 24 * 3_600_000;
const MOST_BYTES = 1024 ** 3;

const digestOf = (content: Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A store of artifacts with files before it. */
export class RecentArtifacts implements ArtifactStore {
  /** @param folder where the files are; made when it is first needed */
  constructor(
    private readonly store: ArtifactStore,
    private readonly folder: () => Promise<string>,
  ) {}

  async put(tenant: string, content: Uint8Array): Promise<ArtifactReference> {
    const reference = await this.store.put(tenant, content);
    await this.#keep(tenant, reference, content);
    return reference;
  }

  async get(tenant: string, reference: ArtifactReference): Promise<Uint8Array> {
    const kept = await this.#find(tenant, reference);
    if (kept !== null) return kept;
    const content = await this.store.get(tenant, reference);
    await this.#keep(tenant, reference, content);
    return content;
  }

  /** Forgets what is old, and the oldest where all are too large together. */
  async sweep(): Promise<void> {
    const folder = await this.folder();
    const found = await Promise.all(
      (await readdir(folder).catch(() => [])).map(async (name) => {
        const file = join(folder, name);
        const { mtimeMs, size } = await lstat(file).catch(() => ({ mtimeMs: 0, size: 0 }));
        return { file, mtimeMs, size };
      }),
    );
    let bytes = 0;
    for (const { file, mtimeMs, size } of found.sort((one, other) => other.mtimeMs - one.mtimeMs)) {
      bytes += size;
      if (bytes > MOST_BYTES || Date.now() - mtimeMs > LONGEST_MS)
        await rm(file, { force: true, recursive: true });
    }
  }

  /** A file that is not what its name says is none. */
  async #find(tenant: string, reference: ArtifactReference): Promise<Uint8Array | null> {
    try {
      const content = await readOwnFile(await this.#fileOf(tenant, reference), reference.bytes);
      return content !== null && digestOf(content) === reference.id ? content : null;
    } catch {
      return null;
    }
  }

  async #keep(tenant: string, reference: ArtifactReference, content: Uint8Array): Promise<void> {
    try {
      await mkdir(await this.folder(), { recursive: true, mode: 0o700 });
      await writeOwnFile(await this.#fileOf(tenant, reference), content);
    } catch {
      // It is in the store, or goes along with its reference.
    }
  }

  async #fileOf(tenant: string, { id }: ArtifactReference): Promise<string> {
    const name = createHash('sha256')
      .update(JSON.stringify([tenant, id]))
      .digest('hex');
    return join(await this.folder(), name);
  }
}
