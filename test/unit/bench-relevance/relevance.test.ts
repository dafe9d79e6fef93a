import { describe, expect, it } from 'vitest';
import { measureWorld, nothingShown } from '../../../bench/relevance/measure.js';
import { plantedWorld } from '../../../bench/relevance/world.js';
import { LEAST_RELEVANCE } from '../../../src/learning/relevance.js';
import { HybridIndex } from '../../../src/retrieval/index/hybrid-index.js';

describe('a planted world', () => {
  const world = plantedWorld(1);

  it('is the same for a seed, and another for another', () => {
    expect(plantedWorld(1)).toEqual(world);
    expect(plantedWorld(2).tasks).not.toEqual(world.tasks);
  });

  it('has lessons with ids of their own, and knows what helps', () => {
    const ids = new Set(world.learnings.map(({ id }) => id));
    expect(ids.size).toBe(world.learnings.length);
    for (const { kind, relevant } of world.tasks) {
      expect(relevant.size > 0).toBe(kind !== 'near' && kind !== 'far');
      for (const id of relevant) expect(ids.has(id)).toBe(true);
    }
  });
});

it('shows what fits by error or category, and seldom anything to tasks that nothing fits', async () => {
  const shown = nothingShown();
  for (const seed of [1, 2, 3])
    await measureWorld(plantedWorld(seed), new HybridIndex(), null, new Map([[LEAST_RELEVANCE, shown]]));
  expect(shown.error.helped).toBe(shown.error.tasks);
  expect(shown.category.helped).toBe(shown.category.tasks);
  expect(shown.far.tasks).toBeGreaterThan(90);
  expect(shown.far.served / shown.far.tasks).toBeLessThan(0.1);
  expect(shown.words.helped / shown.words.tasks).toBeGreaterThan(0.3);
});
