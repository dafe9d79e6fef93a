/** A server that goes away in the middle of an import, or of an export, and comes back. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { knowledgeItems, knowledgeVersions } from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { FILE_FORMAT, FILE_VERSION, type FileItemInput } from '../../src/knowledge/transfer/file-format.js';
import { setUpStore } from '../../src/setup.js';
import { openStore, type Store } from '../../src/store/store.js';
import { type OwnMongod, ownMongod } from './own-mongod.js';

const ITEMS = 1_500;
const AWAY_MS = 3_000;

let server: OwnMongod;
let store: Store;
let folder: string;
let base: KnowledgeBase;
beforeAll(async () => {
  server = await ownMongod();
  store = openStore({ uri: server.uri, database: 'outage', deadlineMs: 2_000 });
  await setUpStore(store);
  base = new KnowledgeBase(store, 't');
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman-outage-'));
}, 120_000);
afterAll(async () => {
  await store.close();
  await server.remove();
  await rm(folder, { recursive: true });
});

function itemOf(index: number): FileItemInput {
  const says = { title: `Item ${index}`, content: `what ${index} says` };
  return {
    id: `k_${index}`,
    ...{
      type: 'SOLUTION',
      category: 'general',
      ...says,
      context: {},
      priority: 'LOW',
      tags: [],
      source: 'a',
    },
    ...{ state: 'EXPERIMENTAL', version: 1, usage: { successes: 0, failures: 0, unknown: 0 } },
    versions: [{ version: 1, ...says, changes: 'created', by: 'a', at: '2026-01-01T00:00:00.000Z' }],
  };
}

/** Kills the server once something has come so far, and starts it again a while later. */
function outage(after: number): { seen: (done: number) => void; over: () => Promise<void> } {
  let begun: Promise<void> | null = null;
  const lasting = async (): Promise<void> => {
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    await server.start();
  };
  return {
    seen: (done) => {
      if (done >= after) begun ??= lasting();
    },
    over: async () => {
      expect(begun).not.toBeNull();
      await begun;
    },
  };
}

it('goes on where it was: an import, then an export', async () => {
  const file = path.join(folder, 'in.json');
  const header = { format: FILE_FORMAT, version: FILE_VERSION, exportedAt: '2026-01-01T00:00:00.000Z' };
  const items = Array.from({ length: ITEMS }, (_, index) => itemOf(index));
  await writeFile(file, JSON.stringify({ ...header, items }));
  const during = outage(300);
  const imported = await base.importFrom(file, {
    onProgress: ({ phase, done }) => {
      if (phase === 'importing') during.seen(done);
    },
  });
  await during.over();
  // A batch that was written while its answer was lost is told as unchanged.
  expect(imported.added + imported.unchanged).toBe(ITEMS);
  expect(imported).toMatchObject({ kept: 0, refused: 0, faulty: 0 });
  expect(await knowledgeItems(store).countDocuments({ tenant: 't' })).toBe(ITEMS);
  expect(await knowledgeVersions(store).countDocuments({ tenant: 't' })).toBe(ITEMS);

  const out = path.join(folder, 'out.json');
  const meanwhile = outage(500);
  expect(await base.exportTo(out, { onProgress: meanwhile.seen })).toBe(ITEMS);
  await meanwhile.over();
  const again = await new KnowledgeBase(store, 'other').importFrom(out);
  expect(again).toMatchObject({ added: ITEMS, faulty: 0 });
}, 240_000);
