import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../../src/evidence/random.js';
import { EvidenceTable } from '../../../../src/strategy/selection/evidence-table.js';
import type { Composition } from '../../../../src/strategy/selection/expectation.js';
import { currentModel } from '../../../../src/strategy/selection/fitted-model.js';
import { selectPlan } from '../../../../src/strategy/selection/select-plan.js';
import { evidenceRow } from './evidence-rows.js';

/** `both` succeeds where one of two does, which fail independently; it costs and takes what they do. */
const compose: Composition = (plan, category, believed) => {
  if (plan !== 'both') return null;
  const [a, b] = [believed('a', category), believed('b', category)];
  return {
    mean: 1 - (1 - a.mean) * (1 - b.mean),
    cost: a.cost + b.cost,
    seconds: a.seconds + b.seconds,
    deviation: 0.1,
  };
};

const singles = ['x', 'y'].flatMap((category) => [
  evidenceRow({ plan: 'a', category, executions: 300, reward: 150, cost: 300, seconds: 3_000 }),
  evidenceRow({ plan: 'b', category, executions: 300, reward: 120, cost: 600, seconds: 6_000 }),
]);

const believedOf = (table: EvidenceTable, plan: string, category = 'x') => {
  const task = { category, plans: ['a', 'b', 'both'], compose };
  const { beliefs } = selectPlan(table, currentModel(table, task), task, seededUniform('s'));
  const belief = beliefs.find((one) => one.plan === plan);
  if (belief === undefined) throw new Error(`plan ${plan}: no belief`);
  return belief;
};

describe('a plan that is made of others', () => {
  it('is expected, untried, to do what its parts promise', () => {
    const belief = believedOf(new EvidenceTable(singles), 'both');
    expect(belief.mean).toBeCloseTo(0.7, 1);
    expect(belief.deviation).toBeGreaterThanOrEqual(0.1);
    expect(belief.deviation).toBeLessThan(0.15);
    expect(belief.cost).toBeCloseTo(3, 0);
    expect(belief.seconds).toBeCloseTo(30, -1);
  });

  it('comes to its own record, there and, less so, in other categories', () => {
    const own = evidenceRow({ plan: 'both', executions: 200, reward: 60, cost: 1_800 });
    const table = new EvidenceTable([...singles, own]);
    const [there, elsewhere] = [believedOf(table, 'both', 'x'), believedOf(table, 'both', 'y')];
    expect(there.mean).toBeCloseTo(0.3, 1);
    expect(there.deviation).toBeLessThan(0.06);
    expect(elsewhere.mean).toBeLessThan(0.6);
    expect(elsewhere.mean).toBeGreaterThan(there.mean);
    expect(elsewhere.deviation).toBeGreaterThan(there.deviation);
    expect(there.cost).toBeCloseTo(9, 0);
  });

  it('says nothing of its parts', () => {
    const own = evidenceRow({ plan: 'both', executions: 200, reward: 10 });
    const [without, having] = [new EvidenceTable(singles), new EvidenceTable([...singles, own])];
    expect(believedOf(having, 'a').mean).toBe(believedOf(without, 'a').mean);
  });

  it('may have parts that nobody tried, or offers', () => {
    const table = new EvidenceTable([evidenceRow({ plan: 'a', executions: 50, reward: 40 })]);
    const task = { category: 'x', plans: ['a', 'both'], compose };
    const { beliefs } = selectPlan(table, currentModel(table, task), task, seededUniform('s'));
    for (const { mean, propensity } of beliefs) {
      expect(mean).toBeGreaterThan(0.5);
      expect(propensity).toBeGreaterThan(0);
    }
  });
});
