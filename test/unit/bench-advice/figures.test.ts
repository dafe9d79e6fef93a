import { describe, expect, it } from 'vitest';
import { figuresOf, textOf } from '../../../bench/advice/figures.js';
import { kindsOf } from '../../../bench/advice/kinds.js';
import { type Looked, lookAt, type Promised, type SoughtProblem } from '../../../bench/advice/looks.js';
import { plantedWorld } from '../../../bench/advice/world.js';
import { choose } from '../../../src/performance/advice/choose.js';
import { testsOf } from '../../../src/performance/advice/tests-of.js';

const promised = (low: number, high: number, truth: number, planted = true): Promised => ({
  ...{ type: 'CACHING', agent: 'a', category: 'c', subject: 's', metric: 'seconds', priority: 5, day: 9 },
  ...{ value: (low + high) / 2, low, high, truth, planted },
});
const problem = (detectable: boolean, found: boolean): SoughtProblem => ({
  ...{
    kind: 'repeatsWithin',
    type: 'CACHING',
    agent: 'a',
    category: 'c',
    day: 0,
    size: 1,
    weight: 1,
    other: '',
  },
  ...{ detectable, found, improvement: 0.2, instead: [] },
});
const looked = (of: Partial<Looked>): Looked => ({
  ...{ problems: [], promises: [], standing: [], highest: 0, looks: 3, ...of },
});

describe('the figures', () => {
  const figures = figuresOf(
    [
      looked({}),
      looked({ highest: 6, promises: [promised(0.1, 0.3, 0, false)] }),
      looked({ highest: 7 }),
      looked({}),
    ],
    [
      looked({
        problems: [problem(true, true), problem(true, false), problem(false, true), problem(false, false)],
        promises: [promised(0.1, 0.3, 0.3), promised(0.1, 0.3, 0.31), promised(0.1, 0.3, 0.05)],
      }),
    ],
  );

  it('count what is detectable, alarms of 7 and more, and promises that hold the truth', () => {
    expect(figures).toMatchObject({ found: 0.5, falseAlarms: 0.25, coverage: 0.25, untrue: 1 });
    expect(figures.anyAdvice.share).toBe(0.5);
    expect(figures.detectable.of).toBe(2);
    expect(figures.byKind['repeatsWithin']).toMatchObject({
      planted: 4,
      detectable: 2,
      found: 1,
      foundBeyond: 1,
    });
    expect(figures.byType['CACHING']).toMatchObject({ below: 2, above: 1 });
  });

  it('are null of nothing', () => {
    expect(figuresOf([looked({})], [looked({})])).toMatchObject({
      found: null,
      coverage: null,
      falseAlarms: 0,
    });
  });

  it('are told', () => {
    expect(textOf(figures)).toContain('Detectable problems found: 0.500 of 2');
  });
});

describe('a world looked at', () => {
  it('counts advice at any look, and keeps each promise as it was first made', () => {
    const world = plantedWorld('looked', kindsOf(2));
    const [found] = world.problems;
    if (found === undefined) throw new Error('nothing planted');
    let looks = 0;
    const result = lookAt(world, {
      testsOf: ({ category }) => ({ category, tests: 1, candidates: [] }),
      choose: () => {
        looks += 1;
        if (looks > 2) return [];
        return [
          {
            ...{ type: found.type, agentType: found.agent, category: found.category, subject: found.other },
            ...{
              p: 0,
              monthlyExecutions: 1,
              monthlySpend: 1,
              title: '',
              reason: '',
              action: '',
              evidence: {},
            },
            effect: { scale: 'share', estimate: 0, error: 1, least: null, typical: 1, part: 1 },
            expectedImprovement: { metric: 'seconds', value: looks, low: 0, high: 1 },
            priority: 8 + looks,
          },
        ];
      },
    });
    expect(result.looks).toBe(looks);
    expect(result.highest).toBe(10);
    expect(result.promises.map(({ value }) => value)).toEqual([1]);
    expect(result.standing).toEqual([]);
    expect(
      result.problems.find(({ kind, agent }) => kind === found.kind && agent === found.agent)?.found,
    ).toBe(found.day <= 8);
  });

  it('by the rules themselves gives the same each time', () => {
    const look = () => lookAt(plantedWorld('again', ['serialStages']), { testsOf, choose });
    expect(look()).toEqual(look());
  });
});
