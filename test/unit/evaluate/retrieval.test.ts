import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { retrievalTable } from '../../../src/cli/retrieval-table.js';
import { evaluateRetrieval } from '../../../src/evaluate/retrieval-evaluation.js';
import {
  type RetrievalFile,
  type RetrievalRow,
  readRetrievalFile,
} from '../../../src/evaluate/retrieval-file.js';
import { bootstrapIntervals, retrievalMeasures } from '../../../src/evaluate/retrieval-measures.js';
import type { Embedder } from '../../../src/retrieval/embedding/embedder.js';
import { embedderOf } from '../../../src/retrieval/embedding/embedder-of.js';
import { localModel } from '../../fixtures/local-model.js';

describe('measures', () => {
  it('are means over queries of what is among the first hits', () => {
    const placings = [
      { ranks: [1, 7], relevant: 2 },
      { ranks: [4], relevant: 4 },
      { ranks: [], relevant: 1 },
      { ranks: [10], relevant: 1 },
    ];
    expect(retrievalMeasures(placings)).toEqual({
      recallAt5: (0.5 + 0.25 + 0 + 0) / 4,
      recallAt10: (1 + 0.25 + 0 + 1) / 4,
      hitAt5: 2 / 4,
      mrr: (1 + 1 / 4 + 0 + 1 / 10) / 4,
    });
  });

  it('have intervals that hold them, wider where groups differ, the same each time', () => {
    const hit = { ranks: [1], relevant: 1 };
    const miss = { ranks: [], relevant: 1 };
    const mixed = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? hit : miss));
    const alike = bootstrapIntervals([mixed, mixed, mixed, mixed]);
    const apart = bootstrapIntervals([
      mixed.map(() => hit),
      mixed.map(() => hit),
      mixed.map(() => miss),
      mixed.map(() => miss),
    ]);
    expect(alike.mrr.low).toBeLessThan(0.5);
    expect(alike.mrr.high).toBeGreaterThan(0.5);
    expect(alike.mrr.high - alike.mrr.low).toBeLessThan(0.3);
    expect(apart.mrr.high - apart.mrr.low).toBeGreaterThan(0.6);
    expect(bootstrapIntervals([mixed])).toEqual(bootstrapIntervals([mixed]));
    expect(bootstrapIntervals([[hit, hit]]).hitAt5).toEqual({ low: 1, high: 1 });
  });
});

/** Puts texts of one subject close together, as a model would. */
const bySubject: Embedder = {
  id: 'subjects',
  dimensions: 4,
  embed: async (texts) =>
    texts.map((text) => {
      const subject = [/car|automobile/iu, /boat|ship/iu, /tree/iu].findIndex((words) => words.test(text));
      return Float32Array.from([0, 1, 2, -1], (each) => (each === subject ? 1 : 0));
    }),
};

const rows: RetrievalRow[] = [
  { type: 'document', group: 'a', id: 'boat', text: 'A boat needs a harbour' },
  { type: 'query', group: 'a', id: 'early', text: 'automobile', relevant: ['car'] },
  { type: 'document', group: 'a', id: 'car', text: 'My car has four wheels' },
  { type: 'document', group: 'a', id: 'tree', text: 'Trees have leaves' },
  { type: 'query', group: 'a', id: 'meaning', text: 'automobile', relevant: ['car'] },
  { type: 'query', group: 'a', id: 'words', text: 'Which harbour?', relevant: ['boat'] },
];
const fileOf = (groups: { group: string; rows: RetrievalRow[] }[]): RetrievalFile => ({
  file: 'made.jsonl',
  groups,
  documents: groups.flatMap((each) => each.rows).filter(({ type }) => type === 'document').length,
  queries: groups.flatMap((each) => each.rows).filter(({ type }) => type === 'query').length,
});

describe('an evaluation', () => {
  const other: RetrievalRow[] = [
    { type: 'document', group: 'b', id: 'ship', text: 'A ship' },
    { type: 'query', group: 'b', id: 'q', text: 'a car?', relevant: ['car'] },
  ];

  it('asks each query what stands above it in its group, by words and by meaning', async () => {
    const evaluation = await evaluateRetrieval(
      fileOf([
        { group: 'a', rows },
        { group: 'b', rows: other },
      ]),
      bySubject,
    );
    expect(evaluation).toMatchObject({ queries: 4, documents: 4, embedder: 'subjects', hitAt5: 2 / 4 });
    expect(evaluation.byGroup).toMatchObject({ a: { queries: 3, mrr: 2 / 3 }, b: { queries: 1, mrr: 0 } });
    expect(evaluation.beside.words).toMatchObject({ mrr: 1 / 4 });
    expect(evaluation.beside.meaning?.mrr).toBeGreaterThan(1 / 4);
    expect(evaluation.intervals.mrr.low).toBeLessThanOrEqual(evaluation.mrr);
    expect(evaluation.intervals.mrr.high).toBeGreaterThanOrEqual(evaluation.mrr);
    expect(evaluation.p95Ms).toBeGreaterThan(0);
  });

  it('goes by words alone without an embedder', async () => {
    const evaluation = await evaluateRetrieval(fileOf([{ group: 'a', rows }]), null);
    expect(evaluation).toMatchObject({
      embedder: null,
      mrr: 1 / 3,
      beside: { words: { mrr: 1 / 3 }, meaning: null },
    });
    const table = retrievalTable(evaluation, 200);
    expect(table).toContain('made.jsonl: 3 queries, 3 documents, 1 group');
    expect(table).toMatch(/^by words alone +3( +0\.333 \[0\.000, 1\.000\]){4}$/mu);
    expect(table).not.toContain('meaning alone');
    expect(table).toContain('embedder: none');
  });

  it('shows each side alone and each group to people', async () => {
    const table = retrievalTable(
      await evaluateRetrieval(
        fileOf([
          { group: 'a', rows },
          { group: 'b', rows: other },
        ]),
        bySubject,
      ),
      200,
    );
    expect(table).toMatch(/^words alone +0\.250/mu);
    expect(table).toMatch(/^ {2}b +1 +0\.000 \[0\.000, 0\.000\]/mu);
  });
});

const folder = path.resolve(process.env['JOURNEYMAN_DATA'] ?? '../shared/data', 'retrieval');
const model = existsSync(folder) ? await localModel() : null;

describe.skipIf(!existsSync(folder))('recorded questions', () => {
  const evaluated = async (name: string, embedder: Embedder | null) =>
    evaluateRetrieval(await readRetrievalFile(path.join(folder, name)), embedder);

  it('by words alone are answered as well as by plain BM25, or better', { timeout: 60_000 }, async () => {
    expect((await evaluated('conversations.jsonl', null)).recallAt10).toBeGreaterThanOrEqual(0.612);
    const issues = await evaluated('issues.jsonl', null);
    expect(issues.hitAt5).toBeGreaterThanOrEqual(0.6);
    expect(issues.mrr).toBeGreaterThanOrEqual(0.405);
  });

  it.skipIf(model === null)(
    'by words and meaning are answered by one setting',
    { timeout: 600_000 },
    async () => {
      const embedder = await embedderOf('auto', process.env, () => {});
      expect(embedder).not.toBeNull();
      expect((await evaluated('conversations.jsonl', embedder)).recallAt10).toBeGreaterThanOrEqual(0.67);
      const issues = await evaluated('issues.jsonl', embedder);
      expect(issues.mrr).toBeGreaterThanOrEqual(0.52);
      expect(issues.hitAt5).toBeGreaterThanOrEqual(0.7);
    },
  );
});
