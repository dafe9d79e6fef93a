import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RetrievalEvaluation } from '../../src/evaluate/retrieval-evaluation.js';
import { journeymanHere } from './run-program.js';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman-evaluate-retrieval-'));
  file = path.join(folder, 'questions.jsonl');
  const animals = ['lynx', 'otter', 'heron', 'badger', 'marten', 'adder', 'plover', 'shrew'];
  const lines = animals.flatMap((animal, at) => [
    { type: 'document', group: `g${at % 2}`, id: animal, text: `The ${animal} was seen near the river` },
    {
      type: 'query',
      group: `g${at % 2}`,
      id: `q-${animal}`,
      text: `Where was the ${animal}?`,
      relevant: [animal],
    },
  ]);
  await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'));
});

afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => journeymanHere(['evaluate', 'retrieval', ...args], {});

describe('evaluate retrieval', () => {
  it('prints one document with the figures, in all and by group', async () => {
    const { code, stdout } = await run(file, '--embedder', 'none', '--json');
    expect(code).toBe(0);
    const figures = JSON.parse(stdout) as RetrievalEvaluation;
    expect(figures).toMatchObject({
      file,
      queries: 8,
      documents: 8,
      embedder: null,
      recallAt5: 1,
      recallAt10: 1,
      hitAt5: 1,
      mrr: 1,
      intervals: { mrr: { low: 1, high: 1 } },
      beside: { words: { mrr: 1 }, meaning: null },
      byGroup: { g0: { queries: 4, hitAt5: 1 }, g1: { queries: 4, hitAt5: 1 } },
    });
    expect(figures.p95Ms).toBeGreaterThan(0);
  });

  it('prints a table for people', async () => {
    const { code, stdout } = await run(file, '--embedder', 'none');
    expect(code).toBe(0);
    expect(stdout).toContain('8 queries, 8 documents, 2 groups');
    expect(stdout).toMatch(/^by words alone +8 +1\.000/mu);
    expect(stdout).toMatch(/^ {2}g1 +4 +1\.000/mu);
  });

  it('names what is wrong with a file', async () => {
    const bad = path.join(folder, 'bad.jsonl');
    await writeFile(bad, '{"type":"document","group":"g","id":"a"}');
    const { code, stderr } = await run(bad, '--embedder', 'none');
    expect(code).toBe(2);
    expect(stderr).toMatch(/bad\.jsonl:1: text/);
  });

  it('says with --help how it is used and what it prints', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('journeyman evaluate retrieval questions.jsonl --json');
    for (const key of ['recallAt5', 'recallAt10', 'hitAt5', 'mrr', 'p95Ms', 'byGroup'])
      expect(stdout).toContain(key);
  });
});
