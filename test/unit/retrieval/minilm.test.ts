import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Embedder } from '../../../src/retrieval/embedding/embedder.js';
import { openMiniLm } from '../../../src/retrieval/embedding/minilm.js';
import { embedWindows, MAX_WINDOWS, windowsOf } from '../../../src/retrieval/embedding/windows.js';
import { localModel } from '../../fixtures/local-model.js';

const model = await localModel();
const files = model ?? { model: '', tokenizer: '' };
const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-model-'));
afterAll(() => rm(folder, { recursive: true }));

const dot = (a: Float32Array | undefined, b: Float32Array | undefined): number => {
  if (a === undefined || b === undefined) throw new Error('no vector');
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
};

/** Pairs that say the same in other words. */
const paraphrases = [
  ['Give the customer the money back for a returned lamp', 'Refund the purchase of a desk light'],
  ['The login page rejects correct passwords', 'Users cannot sign in though their credentials are right'],
  ['Speed up the nightly report', 'The job that writes the report every night takes too long'],
  ['Rename a function in the whole repository', 'Change the name of a method everywhere it is called'],
  ['Book a table for four on Friday', 'Reserve seats at a restaurant for this weekend'],
  ['The container runs out of memory', 'The process is killed since it uses too much RAM'],
  ['Translate the manual into French', 'Make a French version of the user guide'],
  ['Add a dark theme to the settings', 'Let people choose night colours in their preferences'],
] as const;

describe.skipIf(model === null)('the local model', () => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await openMiniLm(files);
  });

  it('puts texts of one meaning closer together than any other two', async () => {
    const [left, right] = await Promise.all([
      embedder.embed(paraphrases.map(([text]) => text)),
      embedder.embed(paraphrases.map(([, text]) => text)),
    ]);
    left.forEach((vector, at) => {
      const fits = right.map((other) => dot(vector, other));
      expect(fits.indexOf(Math.max(...fits))).toBe(at);
    });
  });

  it('makes vectors of length 1, the same alone and in company', async () => {
    const texts = ['', 'one', 'a task of some more words than that', 'é 日本語 🙂', 'x'.repeat(50_000)];
    const together = await embedder.embed(texts);
    expect(together.map((vector) => vector.length)).toEqual(texts.map(() => embedder.dimensions));
    for (const [at, text] of texts.entries()) {
      const [alone] = await embedder.embed([text]);
      expect(dot(alone, alone)).toBeCloseTo(1, 5);
      expect(dot(alone, together[at])).toBeGreaterThan(0.99);
    }
    expect(await embedder.embed([])).toEqual([]);
  });

  it('keeps the order of many texts of many lengths, and lets a single one go first', async () => {
    const texts = Array.from({ length: 120 }, (_, at) => `text ${at} ${'and more '.repeat((at * 7) % 40)}`);
    const order: string[] = [];
    const many = embedder.embed(texts).then((vectors) => (order.push('many'), vectors));
    const single = embedder.embed([texts[3] ?? '']).then((vectors) => (order.push('single'), vectors));
    const [all, [one]] = await Promise.all([many, single]);
    expect(order).toEqual(['single', 'many']);
    const fits = all.map((vector) => dot(vector, one));
    expect(fits.indexOf(Math.max(...fits))).toBe(3);
  });

  it.each([0, 400])(
    'does not abort a process that exits while it computes, after %i ms',
    (ms) => {
      const source = path.resolve(import.meta.dirname, '../../../src/retrieval/embedding/minilm.ts');
      const program = `
      import { openMiniLm } from ${JSON.stringify(source)};
      const embedder = await openMiniLm(${JSON.stringify(files)});
      void embedder.embed(Array.from({ length: 200 }, (_, at) => at + ' and more'.repeat(100)));
      setTimeout(() => process.exit(3), ${ms});`;
      const { status, signal, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '--eval', program],
        { cwd: path.resolve(import.meta.dirname, '../../..'), encoding: 'utf8' },
      );
      expect({ status, signal }, stderr).toEqual({ status: 3, signal: null });
    },
    60_000,
  );

  it('reads a long text in windows, the last of which is its end', async () => {
    const filler = 'The weather report speaks of light rain over the northern hills. '.repeat(120);
    const end = 'Finally the database refuses the connection: too many clients.';
    const windows = windowsOf(embedder, `${filler}\n${end}`);
    expect(windows).toHaveLength(MAX_WINDOWS);
    expect(windows.at(-1)).toContain(end);
    const [[query], vectors] = await Promise.all([
      embedder.embed([end]),
      embedWindows(embedder, `${filler}\n${end}`),
    ]);
    const fits = vectors.map((vector) => dot(vector, query));
    expect(fits.indexOf(Math.max(...fits))).toBe(MAX_WINDOWS - 1);
    expect(await embedWindows(embedder, ' \n ')).toEqual([]);
    expect(await embedWindows(embedder, 'short')).toHaveLength(1);
  });

  it('is opened once in a process', async () => {
    expect(await openMiniLm(files)).toBe(embedder);
  });

  it('names what is wrong with its files, and works once they are whole', async () => {
    const others = { model: path.join(folder, 'model.onnx'), tokenizer: path.join(folder, 'tokenizer.json') };
    await expect(openMiniLm(others)).rejects.toThrow(/tokenizer\.json cannot be used: ENOENT/);
    await writeFile(others.tokenizer, await readFile(files.tokenizer));
    await expect(openMiniLm(others)).rejects.toThrow(/model\.onnx cannot be read: ENOENT/);
    await writeFile(others.model, 'no model');
    await expect(openMiniLm(others)).rejects.toThrow(/model\.onnx cannot be run: .*protobuf/i);
    await writeFile(others.model, await readFile(files.model));
    expect((await openMiniLm(others)).id).toBe(embedder.id);
  });
});
