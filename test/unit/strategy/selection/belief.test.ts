import { describe, expect, it } from 'vitest';
import { beliefIn } from '../../../../src/strategy/selection/belief.js';
import { cellsOf, priorSpreads } from '../../../../src/strategy/selection/crossed-effects.js';
import { EvidenceTable } from '../../../../src/strategy/selection/evidence-table.js';
import { fitEffects } from '../../../../src/strategy/selection/fit-spreads.js';
import { evidenceRow } from './evidence-rows.js';

const believed = (table: EvidenceTable, plans: string[], category: string) =>
  beliefIn(fitEffects(cellsOf(table, plans, category), priorSpreads(), 12), category);

describe('the belief in plans', () => {
  it('narrows with evidence and comes to the rate seen', () => {
    const deviations = [1, 5, 40, 400].map((n) => {
      const table = new EvidenceTable([evidenceRow({ plan: 'a', executions: n, reward: 0.8 * n })]);
      const belief = believed(table, ['a', 'b'], 'x');
      if (n === 400) expect(belief.mean[0]).toBeCloseTo(0.8, 1);
      return belief.covariance(0, 0);
    });
    expect([...deviations].sort((one, other) => other - one)).toEqual(deviations);
  });

  it('does not take a plan for bad that was tried on hard tasks', () => {
    const table = new EvidenceTable([
      evidenceRow({ plan: 'a', category: 'hard', executions: 60, reward: 18 }),
      evidenceRow({ plan: 'b', category: 'hard', executions: 30, reward: 9 }),
      evidenceRow({ plan: 'b', category: 'easy', executions: 60, reward: 48 }),
    ]);
    const { mean } = believed(table, ['a', 'b'], 'easy');
    // Pooled over categories, a would stand at .30 beside .63.
    expect(mean[0]).toBeGreaterThan(0.5);
    expect(believed(table, ['a', 'b'], 'hard').mean[0]).toBeCloseTo(0.3, 1);
  });

  it('leans on how other plans did where a plan is untried', () => {
    const rows = (rate: number) =>
      ['a', 'b', 'c', 'd'].map((plan) => evidenceRow({ plan, executions: 50, reward: 50 * rate }));
    const untried = (rate: number) =>
      believed(new EvidenceTable(rows(rate)), ['a', 'b', 'c', 'd', 'e'], 'x').mean[4] ?? 0;
    expect(untried(0.9)).toBeGreaterThan(0.8);
    expect(untried(0.2)).toBeLessThan(0.3);
  });

  it('learns that categories matter from plans that differ in them', () => {
    const table = new EvidenceTable([
      evidenceRow({ plan: 'a', category: 'x', executions: 100, reward: 90 }),
      evidenceRow({ plan: 'b', category: 'x', executions: 100, reward: 30 }),
      evidenceRow({ plan: 'a', category: 'y', executions: 100, reward: 30 }),
      evidenceRow({ plan: 'b', category: 'y', executions: 100, reward: 90 }),
    ]);
    const x = believed(table, ['a', 'b'], 'x');
    const y = believed(table, ['a', 'b'], 'y');
    expect(x.mean[0]).toBeGreaterThan((x.mean[1] ?? 0) + 0.4);
    expect(y.mean[1]).toBeGreaterThan((y.mean[0] ?? 0) + 0.4);
  });

  it('takes a reward of grades to be surer than one of yes and no', () => {
    const noiseOf = (rewardSquares: number): number => {
      const rows = [evidenceRow({ executions: 60, reward: 42, rewardSquares })];
      return believed(new EvidenceTable(rows), ['a'], 'x').noise[0] ?? 0;
    };
    expect(noiseOf(42)).toBeCloseTo(0.21, 1);
    // All of 60 rewards near .7.
    expect(noiseOf(60 * (0.49 + 0.01))).toBeLessThan(0.03);
  });
});
