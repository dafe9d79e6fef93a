import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../../src/evidence/random.js';
import { beliefIn } from '../../../../src/strategy/selection/belief.js';
import { lastChange } from '../../../../src/strategy/selection/change.js';
import { cellsOf, priorSpreads } from '../../../../src/strategy/selection/crossed-effects.js';
import { EvidenceTable } from '../../../../src/strategy/selection/evidence-table.js';
import { fitEffects } from '../../../../src/strategy/selection/fit-spreads.js';
import { settings } from '../../../../src/strategy/selection/settings.js';
import { evidenceRow } from './evidence-rows.js';

const believed = (table: EvidenceTable, plans: string[], category: string) =>
  beliefIn(fitEffects(cellsOf(table, plans, category), priorSpreads(), 12), category);

describe('a change', () => {
  const seen = (residuals: number[], expected = () => 14) => {
    const periods = residuals.map((residual, period) => ({
      period,
      executions: 20,
      total: 14 + residual,
      predicted: 20,
      reward: 14 + residual,
      expected: expected(),
    }));
    const reward = periods.reduce((sum, { total }) => sum + total, 0);
    return lastChange(periods, { executions: 20 * periods.length, reward });
  };

  it('is not seen in what chance brings', () => {
    expect(seen([2, -3, 1, -2, 3, -1, 2, -2])).toBeNull();
  });

  it('is dated to where residuals turn', () => {
    expect(seen([2, -3, 1, -2, 1, -6, -7, -6])).toBe(5);
  });

  it('is not seen where predictions are wrong of a plan that does what it did', () => {
    expect(seen([2, -3, 1, -2, 3, -1, 2, -2], () => 19)).toBeNull();
  });

  it('is seen once, though predictions that were made before it go on to come in', () => {
    const worlds = Array.from({ length: 40 }, (_, seed) => {
      const uniform = seededUniform(`stale ${seed}`);
      const table = new EvidenceTable();
      for (let slot = 0; slot < 400; slot++) table.add(evidenceRow({ plan: 'b', slot, expected: 0.9 }));
      for (let slot = 400; slot < 1_200; slot++)
        table.add(evidenceRow({ slot, reward: uniform() < (slot < 700 ? 0.9 : 0.3) ? 1 : 0, expected: 0.9 }));
      return table;
    });
    for (const { changes } of worlds) expect(changes.length).toBeGreaterThanOrEqual(1);
    expect(worlds.filter(({ changes }) => changes.length > 1).length).toBeLessThan(8);
    for (const { changes } of worlds) expect(Math.abs((changes[0]?.slot ?? 0) - 700)).toBeLessThan(50);
    const kept = worlds.map(({ plans }) => plans.get('b')?.cells.get('x')?.executions ?? 0);
    expect(Math.min(...kept)).toBeGreaterThan(20);
  });

  it('leaves what is known of other plans, however often it is seen, and more of it where few tasks went to the plan', () => {
    const kept = (share: number, tasks: number, turn: number) => {
      const table = new EvidenceTable([evidenceRow({ plan: 'b', executions: 400, reward: 200 })]);
      for (let slot = 1; slot <= tasks; slot++) {
        const plan = slot % 100 < 100 * share ? 'a' : 'c';
        // Plan a is at its best and at its worst by turns.
        const reward = plan === 'a' ? (Math.floor(slot / turn) % 2 === 0 ? 0.95 : 0.05) : 0.5;
        const row = evidenceRow({ plan, slot, reward, rewardSquares: reward ** 2 });
        table.add({ ...row, expected: 0.5 });
      }
      return { alarms: table.changes.length, left: table.plans.get('b')?.cells.get('x')?.executions ?? 0 };
    };
    const often = kept(1, 2_000, 200);
    expect(often.alarms).toBeGreaterThan(5);
    expect(often.left).toBeGreaterThan(2.5);
    const seldom = kept(0.2, 800, 500);
    expect(seldom.alarms).toBe(1);
    expect(seldom.left).toBeGreaterThan(100);
  });

  it('cuts off what was known of the plan, and of no other', () => {
    const row = (plan: string, slot: number, reward: number, expected = 14) =>
      evidenceRow({ plan, slot, executions: 20, reward, expected });
    const table = new EvidenceTable(
      [0, 1, 2, 3, 4].flatMap((period) => [row('a', period, 14), row('b', period, 14)]),
    );
    table.add(row('a', 5, 5));
    table.add(row('a', 6, 5, 6));
    expect(table.changes).toEqual([{ plan: 'a', slot: 5 }]);
    const { mean } = believed(table, ['a', 'b'], 'x');
    expect(mean[0]).toBeLessThan(0.4);
    expect(mean[1]).toBeGreaterThan(0.5);
  });

  it('leaves a few executions of what the plan did before, since bad luck raises alarms, too', () => {
    const table = new EvidenceTable(
      Array.from({ length: 300 }, (_, slot) => evidenceRow({ slot, expected: 0.9 })),
    );
    for (let slot = 300; table.changes.length === 0; slot++)
      table.add(evidenceRow({ slot, reward: 0, expected: 0.9 }));
    const cell = table.plans.get('a')?.cells.get('x');
    // Of those the latest, failed ones are a part.
    expect(cell?.reward).toBeGreaterThan(0.9 * settings.ownKept);
    expect(cell?.executions).toBeLessThan(settings.ownKept + 30);
  });

  it('is rarely seen where there is none', () => {
    const worlds = 100;
    let alarms = 0;
    for (let seed = 0; seed < worlds; seed++) {
      const uniform = seededUniform(`steady ${seed}`);
      const table = new EvidenceTable();
      for (let slot = 0; slot < 1_000; slot++)
        table.add(evidenceRow({ slot, reward: uniform() < 0.6 ? 1 : 0, expected: 0.6 }));
      if (table.changes.length > 0) alarms += 1;
    }
    expect(alarms / worlds).toBeLessThan(0.15);
  });

  it('of a third is seen within a hundred tasks, mostly', () => {
    const delays = Array.from({ length: 100 }, (_, seed) => {
      const uniform = seededUniform(`changed ${seed}`);
      const table = new EvidenceTable();
      for (let slot = 0; slot < 600; slot++) {
        table.add(
          evidenceRow({ slot, reward: uniform() < (slot < 300 ? 0.7 : 0.37) ? 1 : 0, expected: 0.7 }),
        );
        if (table.changes.length > 0) return slot - 300;
      }
      return 300;
    });
    expect(delays.filter((delay) => delay >= 0 && delay < 100).length).toBeGreaterThan(85);
  });
});

describe('the table of evidence', () => {
  it('comes to the same whichever way sums are split and ordered', () => {
    const whole = new EvidenceTable([evidenceRow({ executions: 4, reward: 3, expected: 2, cost: 0.5 })]);
    const parts = [
      evidenceRow({ executions: 3, reward: 3, expected: 1.5, cost: 0.25 }),
      evidenceRow({ executions: 1, reward: 0, expected: 0.5, cost: 0.25 }),
    ];
    for (const rows of [parts, parts.toReversed()]) {
      const table = new EvidenceTable(rows);
      expect([table.tasks, table.spent]).toEqual([whole.tasks, whole.spent]);
      expect(table.plans.get('a')?.cells).toEqual(whole.plans.get('a')?.cells);
    }
  });

  it('forgets slowly', () => {
    const table = new EvidenceTable([evidenceRow({ plan: 'old', executions: 100, reward: 50 })]);
    table.add(evidenceRow({ plan: 'new', slot: 1, executions: settings.memory - 100, reward: 1 }));
    table.add(evidenceRow({ plan: 'new', slot: 2, executions: 1, reward: 1 }));
    const kept = table.plans.get('old')?.cells.get('x')?.executions ?? 0;
    expect(kept).toBeCloseTo(100 / Math.E, 6);
  });

  it('counts age in tasks, however far apart they are', () => {
    const kept = (minutes: number): number => {
      const table = new EvidenceTable([evidenceRow({ plan: 'old', executions: 10, reward: 5 })]);
      for (let task = 1; task <= 400; task++)
        table.add(evidenceRow({ plan: 'new', slot: task * minutes, reward: 1 }));
      return table.plans.get('old')?.cells.get('x')?.executions ?? 0;
    };
    expect(kept(1)).toBeCloseTo(10 * Math.exp(-400 / settings.memory), 1);
    expect(kept(10_000)).toBeCloseTo(kept(1), 9);
  });

  it('takes what comes later to a row, late rows and corrections', () => {
    const rows = Array.from({ length: 200 }, (_, slot) =>
      evidenceRow({ slot, executions: 2, reward: 1, cost: 0.5 }),
    );
    const whole = new EvidenceTable(rows);
    const late = new EvidenceTable();
    for (const [slot] of rows.entries()) {
      late.add(evidenceRow({ slot, executions: 1, reward: 1, cost: 0.25 }));
      if (slot >= 3) late.add(evidenceRow({ slot: slot - 3, executions: 1, reward: 1, cost: 0.25 }));
    }
    for (const slot of [197, 198, 199]) late.add(evidenceRow({ slot, executions: 1, reward: 1, cost: 0.25 }));
    // Half of the outcomes turn out to have been failures.
    for (const [slot] of rows.entries())
      late.add(
        evidenceRow({ slot, executions: 0, reward: -1, predicted: 0, predictedReward: -1, expected: -1 }),
      );
    expect(late.tasks).toBe(whole.tasks);
    expect(late.spent).toBeCloseTo(whole.spent, 9);
    const [one, other] = [whole, late].map((table) => table.plans.get('a')?.cells.get('x'));
    expect((other?.executions ?? 0) / (one?.executions ?? 1)).toBeCloseTo(1, 1);
    expect((other?.reward ?? 0) / (other?.executions ?? 1)).toBeCloseTo(0.5, 2);
  });

  it('knows a newcomer by when it was introduced, or by never having been', () => {
    const introduced = new Map([
      ['first', 0],
      ['late', 90],
    ]);
    const table = new EvidenceTable(
      Array.from({ length: 100 }, (_, slot) => evidenceRow({ plan: 'tried', slot })),
      introduced,
    );
    const newcomers = ['first', 'tried', 'late', 'unheard of'].filter((plan) => table.isNewcomer(plan));
    expect(newcomers).toEqual(['late', 'unheard of']);
    introduced.set('later', 500);
    expect(table.isNewcomer('later')).toBe(true);
    expect(new EvidenceTable().isNewcomer('unheard of')).toBe(false);
  });
});
