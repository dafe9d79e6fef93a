import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../../src/evidence/random.js';
import { EvidenceTable } from '../../../../src/strategy/selection/evidence-table.js';
import { currentModel, type FittedModel, fitModel } from '../../../../src/strategy/selection/fitted-model.js';
import { type SelectionTask, selectPlan } from '../../../../src/strategy/selection/select-plan.js';
import { evidenceRow } from './evidence-rows.js';

const select = (table: EvidenceTable, task: SelectionTask, seed: string) =>
  selectPlan(table, fitModel(table, task), task, seededUniform(seed));

const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Evidence of several plans in several categories, drawn by a seed. */
function drawnRows(seed: string, nameOf: (plan: number) => string = (plan) => `p${plan}`) {
  const uniform = seededUniform(seed);
  const plans = 2 + Math.floor(uniform() * 8);
  const rows = Array.from({ length: Math.floor(uniform() * 40) }, () => {
    const executions = Math.floor(uniform() * 30);
    return evidenceRow({
      plan: nameOf(Math.floor(uniform() * plans)),
      category: `c${Math.floor(uniform() * 4)}`,
      slot: Math.floor(uniform() * 10),
      executions,
      reward: Math.round(uniform() * executions),
      expected: uniform() * executions,
      cost: uniform() * executions,
    });
  });
  return { plans: Array.from({ length: plans }, (_, plan) => nameOf(plan)), rows };
}

interface World {
  means: (task: number) => number[];
  costs?: number[];
  tasks: number;
  budget?: number;
  /** Offered from this task on. */
  newcomer?: { plan: number; from: number };
}

/** Plays a world of yes and no rewards; the last plan's choices are told by task. */
function play({ means, costs, tasks, budget, newcomer }: World, seed: string) {
  const uniform = seededUniform(seed);
  const late = newcomer === undefined ? [] : [`p${newcomer.plan}`];
  const introduced = new Map<string, number>();
  const table = new EvidenceTable([], introduced);
  const chosen: number[] = [];
  let [model, reward]: [FittedModel | undefined, number] = [undefined, 0];
  for (let task = 0; task < tasks; task++) {
    const plans = means(task)
      .map((_, plan) => `p${plan}`)
      .filter((plan) => !late.includes(plan) || task >= (newcomer?.from ?? 0));
    for (const plan of plans) if (!introduced.has(plan)) introduced.set(plan, task);
    const asked = { category: 'x', plans, ...(budget === undefined ? {} : { budget }) };
    model = currentModel(table, asked, model);
    const { plan, beliefs } = selectPlan(table, model, asked, uniform);
    const index = Number(plan.slice(1));
    const success = uniform() < (means(task)[index] ?? 0) ? 1 : 0;
    reward += means(task)[index] ?? 0;
    chosen.push(index);
    table.add(
      evidenceRow({
        plan,
        slot: task,
        reward: success,
        expected: beliefs.find((belief) => belief.plan === plan)?.mean ?? 0,
        cost: costs?.[index] ?? 0,
      }),
    );
  }
  return { chosen, table, reward: reward / tasks };
}

const shareOf = (chosen: number[], plan: number): number =>
  chosen.filter((choice) => choice === plan).length / chosen.length;

describe('selecting a plan', () => {
  it('decides the same way for the same seed, and by chance for another', () => {
    const { plans, rows } = drawnRows('same');
    const task = { category: 'c0', plans };
    const once = select(new EvidenceTable(rows), task, 'a');
    expect(select(new EvidenceTable(rows), task, 'a')).toEqual(once);
    const untried = Array.from(
      { length: 20 },
      (_, seed) => select(new EvidenceTable(), task, `${seed}`).plan,
    );
    expect(new Set(untried).size).toBeGreaterThan(1);
  });

  it('has propensities that add up to 1, none near 0 and nothing that is no number, whatever it is given', () => {
    for (let seed = 0; seed < 60; seed++) {
      const { plans, rows } = drawnRows(`${seed}`);
      const budget = seed % 3 === 0 ? { budget: 0.4 } : {};
      const { beliefs, price } = select(
        new EvidenceTable(rows),
        { category: 'c9', plans, ...budget },
        `${seed}`,
      );
      expect(total(beliefs.map(({ propensity }) => propensity))).toBeCloseTo(1, 9);
      for (const belief of beliefs) {
        for (const value of [belief.mean, belief.deviation, belief.cost, belief.propensity, price])
          expect(Number.isFinite(value)).toBe(true);
        if (seed % 3 !== 0) expect(belief.propensity).toBeGreaterThanOrEqual(1e-5);
      }
    }
  });

  it('goes by what plans did, not by what they are called', () => {
    for (let seed = 0; seed < 20; seed++) {
      const one = drawnRows(`${seed}`);
      const other = drawnRows(`${seed}`, (plan) => `z${99 - plan}`);
      const chosen = select(new EvidenceTable(one.rows), { category: 'c1', plans: one.plans }, 's');
      const renamed = select(new EvidenceTable(other.rows), { category: 'c1', plans: other.plans }, 's');
      expect(other.plans.indexOf(renamed.plan)).toBe(one.plans.indexOf(chosen.plan));
    }
  });

  it('chooses as often as the propensities say', () => {
    const rows = ['p0', 'p1', 'p2'].map((plan) => evidenceRow({ plan, executions: 10, reward: 5 }));
    const table = new EvidenceTable(rows);
    const task = { category: 'x', plans: ['p0', 'p1', 'p2'] };
    const model = fitModel(table, task);
    const draws = 900;
    const [claimed, chosen] = [new Map<string, number>(), new Map<string, number>()];
    for (let draw = 0; draw < draws; draw++) {
      const { plan, beliefs } = selectPlan(table, model, task, seededUniform(`${draw}`));
      chosen.set(plan, (chosen.get(plan) ?? 0) + 1 / draws);
      for (const belief of beliefs)
        claimed.set(belief.plan, (claimed.get(belief.plan) ?? 0) + belief.propensity / draws);
    }
    for (const plan of task.plans)
      expect(Math.abs((chosen.get(plan) ?? 0) - (claimed.get(plan) ?? 0))).toBeLessThan(
        4 * Math.sqrt(0.25 / draws),
      );
  });

  it('refuses a choice among no plans', () => {
    expect(() => select(new EvidenceTable(), { category: 'x', plans: [] }, 's')).toThrow(/at least one/);
  });

  it('settles on the best of many plans, mostly', () => {
    const means = [0.3, 0.35, 0.7, 0.4, 0.2, 0.3, 0.45, 0.25];
    const shares = Array.from({ length: 16 }, (_, seed) =>
      shareOf(play({ means: () => means, tasks: 500 }, `${seed}`).chosen.slice(250), 2),
    );
    expect(total(shares) / shares.length).toBeGreaterThan(0.85);
  });

  it('leaves a plan that has become worse', () => {
    const means = (task: number) => [0.4, 0.5, task < 400 ? 0.8 : 0.2];
    const { chosen, table } = play({ means, tasks: 600 }, 'worse');
    expect(shareOf(chosen.slice(200, 400), 2)).toBeGreaterThan(0.9);
    expect(shareOf(chosen.slice(460), 2)).toBeLessThan(0.1);
    expect(table.changes.map(({ plan }) => plan)).toContain('p2');
  });

  it('tries a newcomer at once, and mostly keeps to it when it is better', () => {
    const means = () => [0.3, 0.5, 0.4, 0.75];
    const plays = Array.from({ length: 12 }, (_, seed) =>
      play({ means, tasks: 450, newcomer: { plan: 3, from: 300 } }, `newcomer ${seed}`),
    );
    expect(plays.map(({ chosen }) => chosen[300])).toEqual(plays.map(() => 3));
    const shares = plays.map(({ chosen }) => shareOf(chosen.slice(350), 3));
    expect(total(shares) / shares.length).toBeGreaterThan(0.8);
  });

  it('holds a budget, and makes use of it', () => {
    const [means, costs] = [
      [0.5, 0.7, 0.9],
      [0.0001, 0.001, 0.01],
    ];
    for (const budget of [0.002, 0.005]) {
      const plays = Array.from({ length: 6 }, (_, seed) =>
        play({ means: () => means, costs, tasks: 800, budget }, `${budget} ${seed}`),
      );
      for (const { table } of plays) expect(table.spent).toBeLessThanOrEqual(1.01 * budget * 800);
      // The best mixture of the middle and the dear plan, less what it takes to find it.
      const reward = total(plays.map((one) => one.reward)) / plays.length;
      expect(reward).toBeGreaterThan(0.7 + (0.2 * (budget - 0.001)) / 0.009 - 0.04);
    }
  });

  it('pays for no plan but the cheapest once the budget is gone', () => {
    const table = new EvidenceTable([
      evidenceRow({ plan: 'cheap', executions: 50, reward: 25, cost: 0.05 }),
      evidenceRow({ plan: 'dear', executions: 50, reward: 45, cost: 5 }),
    ]);
    const { plan, beliefs } = select(table, { category: 'x', plans: ['cheap', 'dear'], budget: 0.01 }, 's');
    expect(plan).toBe('cheap');
    expect(beliefs.find((belief) => belief.plan === 'dear')?.propensity).toBe(0);
  });

  it('weighs cost and time against reward', () => {
    const rows = (plan: string, reward: number, cost: number, seconds: number) =>
      evidenceRow({ plan, executions: 400, reward, cost: 400 * cost, seconds: 400 * seconds });
    const table = new EvidenceTable([rows('good', 320, 1, 3_600), rows('cheap', 280, 0.1, 360)]);
    const task = { category: 'x', plans: ['good', 'cheap'] };
    expect(select(table, task, 's').beliefs[0]?.plan).toBe('good');
    // .1 more success for .9 USD and .9 hours more.
    for (const weight of ['rewardPerUsd', 'rewardPerHour']) {
      expect(select(table, { ...task, [weight]: 0.05 }, 's').beliefs[0]?.plan).toBe('good');
      expect(select(table, { ...task, [weight]: 0.2 }, 's').beliefs[0]?.plan).toBe('cheap');
    }
    const [good] = select(table, { ...task, rewardPerUsd: 0.05 }, 's').beliefs;
    expect(good?.cost).toBeCloseTo(1, 1);
    expect(good?.seconds).toBeCloseTo(3_600, -3);
    expect(select(table, { ...task, rewardPerUsd: 0.05 }, 's').price).toBe(0.05);
  });

  it('tries a plan of unknown cost soon, though all that were tried are dear', () => {
    const [means, costs] = [
      [0.9, 0.5],
      [0.1, 0.01],
    ];
    const shares = Array.from({ length: 12 }, (_, seed) => {
      const uniform = seededUniform(`unknown cost ${seed}`);
      const table = new EvidenceTable([evidenceRow({ plan: 'p0', cost: 0.1 })]);
      const task = { category: 'x', plans: ['p0', 'p1'], rewardPerUsd: 10 };
      let [model, cheap]: [FittedModel | undefined, number] = [undefined, 0];
      for (let slot = 1; slot < 120; slot++) {
        model = currentModel(table, task, model);
        const { plan } = selectPlan(table, model, task, uniform);
        const index = Number(plan.slice(1));
        cheap += index;
        const reward = uniform() < (means[index] ?? 0) ? 1 : 0;
        table.add(evidenceRow({ plan, slot, reward, cost: costs[index] ?? 0 }));
      }
      return cheap / 119;
    });
    // .5 - .1 of the cheap one is more than .9 - 1 of the dear one.
    expect(Math.min(...shares)).toBeGreaterThan(0.8);
  });

  it('says when it takes a plan that is not expected to be the best', () => {
    const table = new EvidenceTable([
      evidenceRow({ plan: 'good', executions: 400, reward: 320 }),
      evidenceRow({ plan: 'bad', executions: 400, reward: 80 }),
    ]);
    const task = { category: 'x', plans: ['good', 'bad'] };
    const model = fitModel(table, task);
    const [leading] = selectPlan(table, model, task, () => 0).beliefs;
    for (const draw of [0, 0.5, 0.99, 1 - 1e-9]) {
      const { plan, explored, beliefs } = selectPlan(table, model, task, () => draw);
      expect(plan).toBe(draw < (leading?.propensity ?? 0) ? 'good' : 'bad');
      expect(explored).toBe(plan === 'bad');
      expect(beliefs[0]).toEqual(leading);
    }
  });

  it('bears executions of which nothing is known', () => {
    const unknown = { executions: 0, reward: 0, predicted: 0, costed: 0, timed: 0 };
    const table = new EvidenceTable(
      Array.from({ length: 50 }, (_, slot) => evidenceRow({ ...unknown, plan: 'p0', slot })),
    );
    const { beliefs } = select(table, { category: 'x', plans: ['p0', 'p1'], budget: 1 }, 's');
    for (const { mean, propensity } of beliefs) {
      expect(mean).toBeCloseTo(0.5, 9);
      expect(propensity).toBeCloseTo(0.5, 9);
    }
  });

  it('treats equals equally, whatever they are called and however they are ordered', () => {
    const sums = fc.record({
      executions: fc.integer({ min: 0, max: 40 }),
      rate: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(sums, { minLength: 1, maxLength: 6 }),
        sums,
        fc.boolean(),
        (others, twin, budgeted) => {
          const rowOf = ({ executions, rate }: typeof twin, plan: string) =>
            evidenceRow({ plan, executions, reward: rate * executions, cost: executions });
          const rows = [
            ...others.map((other, index) => rowOf(other, `p${index}`)),
            rowOf(twin, 'twin'),
            rowOf(twin, 'other twin'),
          ];
          const plans = rows.map(({ plan }) => plan);
          const task = { category: 'x', plans, ...(budgeted ? { budget: 1.5 } : {}) };
          const propensity = (given: typeof rows, offered: string[], plan: string): number => {
            const { beliefs } = select(new EvidenceTable(given), { ...task, plans: offered }, 's');
            expect(total(beliefs.map((belief) => belief.propensity))).toBeCloseTo(1, 9);
            return beliefs.find((belief) => belief.plan === plan)?.propensity ?? -1;
          };
          const one = propensity(rows, plans, 'twin');
          expect(propensity(rows, plans, 'other twin')).toBeCloseTo(one, 6);
          expect(propensity(rows.toReversed(), plans.toReversed(), 'twin')).toBeCloseTo(one, 6);
        },
      ),
      { numRuns: 60 },
    );
  });
});
