import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ArtifactStore } from '../../src/agents/workspaces/workspaces.js';
import { setUpStore } from '../../src/setup.js';
import { MAX_ARTIFACT_BYTES, storeArtifacts } from '../../src/store/artifacts.js';
import { openStore, type Store, StoreUnavailableError } from '../../src/store/store.js';
import { type MongoDoor, openMongoDoor } from '../workflow/mongo-door.js';

let store: Store;
let artifacts: ArtifactStore;
const database = `artifacts-${randomUUID().slice(0, 8)}`;
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database });
  await setUpStore(store);
  artifacts = storeArtifacts(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const pieces = (tenant: string) => store.collection('artifacts').find({ tenant }).toArray();
const digest = (content: Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

describe('artifacts', () => {
  it.each([
    ['of nothing', Buffer.alloc(0), 1],
    ['of text', Buffer.from('a change\n'), 1],
    ['in several pieces', randomBytes(3_500_000), 4],
  ])('%s come back as they were put, and are kept once', async (name, content, count) => {
    const references = await Promise.all(Array.from({ length: 5 }, () => artifacts.put(name, content)));
    expect(new Set(references.map((reference) => JSON.stringify(reference))).size).toBe(1);
    const [reference = { id: '', bytes: -1 }] = references;
    expect(reference).toEqual({ id: digest(content), bytes: content.length });
    expect(Buffer.from(await artifacts.get(name, reference)).equals(content)).toBe(true);
    const kept = await pieces(name);
    expect(kept).toHaveLength(count);
    for (const { _id, content } of kept) {
      expect(String(_id).startsWith(`${name}|`)).toBe(true);
      expect(content.length()).toBeLessThanOrEqual(1_000_000);
    }
  });

  it('take little room where content repeats', async () => {
    const content = Buffer.alloc(5_000_000, 'the same again\n');
    expect(await artifacts.get('small', await artifacts.put('small', content))).toHaveLength(content.length);
    const [piece] = await pieces('small');
    expect(piece?.content.length()).toBeLessThan(50_000);
  });

  it('are of one tenant only', async () => {
    const content = Buffer.from('secret of alpha');
    const reference = await artifacts.put('alpha', content);
    await expect(artifacts.get('beta', reference)).rejects.toThrow(
      `the artifact ${reference.id} is not there, or not all of it`,
    );
    await artifacts.put('beta', content);
    await store.collection('artifacts').deleteMany({ tenant: 'alpha' });
    expect(Buffer.from(await artifacts.get('beta', reference)).toString()).toBe('secret of alpha');
  });

  it('that were changed or are not whole are refused', async () => {
    const reference = await artifacts.put('broken', randomBytes(1_500_000));
    const all = store.collection('artifacts');
    const [first, second] = await pieces('broken');
    await all.updateOne({ _id: first?._id as never }, { $set: { content: randomBytes(1_000_000) } });
    await expect(artifacts.get('broken', reference)).rejects.toThrow(/is not what was put/);
    await all.deleteOne({ _id: second?._id as never });
    await expect(artifacts.get('broken', reference)).rejects.toThrow(/is not there, or not all of it/);
  });

  it('have a limit', async () => {
    await expect(artifacts.put('large', Buffer.alloc(MAX_ARTIFACT_BYTES + 1))).rejects.toThrow(
      'a value of 67108865 bytes is over the limit of 67108864',
    );
  });

  describe('while the store is away', () => {
    let door: MongoDoor;
    let behind: Store;
    beforeAll(async () => {
      door = await openMongoDoor(inject('mongoUri'));
      behind = openStore({ uri: door.uri, database, deadlineMs: 300 });
      await door.refuse();
    });
    afterAll(async () => {
      await behind.close();
      await door.close();
    });

    it('go along with their reference, and can be read without it', async () => {
      const away = storeArtifacts(behind);
      const content = Buffer.from('a change\n'.repeat(10_000));
      const reference = await away.put('away', content);
      expect(reference).toMatchObject({ id: digest(content), bytes: content.length });
      expect(reference.inline?.length).toBeLessThan(1_000);
      expect(Buffer.from(await away.get('away', reference)).equals(content)).toBe(true);
      await expect(away.get('away', { ...reference, inline: 'eJwDAAAAAAE=' })).rejects.toThrow(
        /not what was put/,
      );
      const { id, bytes } = reference;
      await expect(away.get('away', { id, bytes })).rejects.toThrow(StoreUnavailableError);
    });

    it('say so when they are too large for that', async () => {
      await expect(storeArtifacts(behind).put('away', randomBytes(1_100_000))).rejects.toThrow(
        /^a value of 1100000 bytes could not be kept: the store is out of reach/,
      );
    });
  });
});
