import { expect, it } from 'vitest';
import type { Embedder } from '../../../src/retrieval/embedding/embedder.js';
import { queryVector } from '../../../src/retrieval/query-vector.js';

/** An endpoint that knows three texts, and notes what it was asked. */
function embedderOf(known: Record<string, number[]>): { embedder: Embedder; asked: string[][] } {
  const asked: string[][] = [];
  const embed = async (texts: readonly string[]): Promise<Float32Array[]> => {
    asked.push([...texts]);
    return texts.map((text) => Float32Array.from(known[text] ?? [0, 0, 1]));
  };
  return { embedder: { id: 'known', dimensions: 3, embed }, asked };
}

it('of one line is its vector, asked for once', async () => {
  const { embedder, asked } = embedderOf({ 'Fix the login': [0.6, 0.8, 0] });
  expect(await queryVector(embedder, '  Fix the login\n')).toEqual(Float32Array.of(0.6, 0.8, 0));
  expect(asked).toEqual([['Fix the login']]);
});

it('of several lines lies between the text and its first line', async () => {
  const { embedder } = embedderOf({ 'Title\nbody': [1, 0, 0], Title: [0, 1, 0] });
  const vector = await queryVector(embedder, 'Title\r\nbody'.replace('\r', ''));
  expect(vector?.[0]).toBeCloseTo(Math.SQRT1_2);
  expect(vector?.[1]).toBeCloseTo(Math.SQRT1_2);
  expect(vector?.[2]).toBe(0);
});

it('has length 1 even where both point away from each other', async () => {
  const { embedder } = embedderOf({ 'Title\nbody': [1, 0, 0], Title: [-1, 0, 0] });
  expect(await queryVector(embedder, 'Title\nbody')).toEqual(Float32Array.of(1, 0, 0));
});

it('of nothing is none', async () => {
  const { embedder, asked } = embedderOf({});
  expect(await queryVector(embedder, ' \n ')).toBeNull();
  expect(asked).toEqual([]);
});
