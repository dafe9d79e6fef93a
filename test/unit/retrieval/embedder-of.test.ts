import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { embedderOf } from '../../../src/retrieval/embedding/embedder-of.js';
import { localModel } from '../../fixtures/local-model.js';

const model = await localModel();
const cache = await mkdtemp(path.join(tmpdir(), 'journeyman-embedder-of-'));
afterAll(() => rm(cache, { recursive: true }));
const said: string[] = [];
const say = (text: string): void => void said.push(text);
const empty = { JOURNEYMAN_CACHE: cache };

it('is none where none is wanted, or there is no model', async () => {
  expect(await embedderOf('none', { JOURNEYMAN_MODEL_PATH: cache }, say)).toBeNull();
  expect(said).toEqual([]);
  expect(await embedderOf('auto', empty, say)).toBeNull();
  expect(said).toEqual([expect.stringContaining('"journeyman models fetch"')]);
});

it('fails where a folder is given that holds none', async () => {
  await expect(embedderOf('auto', { JOURNEYMAN_MODEL_PATH: cache }, say)).rejects.toThrow(
    /JOURNEYMAN_MODEL_PATH: .* does not hold model\.onnx and tokenizer\.json/,
  );
});

it('is an endpoint where one is given, without asking it', async () => {
  const endpoint = { url: 'http://127.0.0.1:1/v1', model: 'small', dimensions: 8 };
  expect(await embedderOf(endpoint, empty, say)).toMatchObject({ dimensions: 8 });
  expect(said.at(-1)).toContain('http://127.0.0.1:1/v1#small:8');
});

it.skipIf(model === null)('is the local model where its files are', async () => {
  const embedder = await embedderOf('auto', { JOURNEYMAN_MODEL_PATH: model?.folder }, say);
  expect(embedder?.dimensions).toBe(384);
  expect(embedder?.split?.('one two')).toEqual(['one two']);
  expect(await embedder?.embed(['one'])).toHaveLength(1);
  expect(said.at(-1)).toContain(`${embedder?.id} (${model?.folder})`);
});
