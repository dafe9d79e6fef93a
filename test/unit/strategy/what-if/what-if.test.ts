import { describe, expect, it } from 'vitest';
import type { LoggedChoice } from '../../../../src/strategy/what-if/logged-choice.js';
import { always, cheapest, greedy, uniform } from '../../../../src/strategy/what-if/policy.js';
import { whatIf } from '../../../../src/strategy/what-if/what-if.js';
import { adaptiveLog, choiceOf, planOf, truthOf } from './made-log.js';

const repeated = (count: number, choice: LoggedChoice): LoggedChoice[] =>
  Array.from({ length: count }, () => choice);

/** Half the time each of two plans; plan 0 succeeds at $0.02 in 4 s, plan 1 fails at $0.06 in 8 s. */
const evenLog: LoggedChoice[] = Array.from({ length: 200 }, (_, index) =>
  index % 2 === 0
    ? choiceOf([0.5, 0.5], { cost: 0.02, seconds: 4 })
    : choiceOf([0.5, 0.5], { plan: planOf(1), success: false, cost: 0.06, seconds: 8 }),
);

describe('what-if', () => {
  it('estimates success, cost and time beside what happened', async () => {
    const report = await whatIf([always(planOf(0)), always(planOf(1)), uniform], evenLog);
    expect(report).toMatchObject({ logged: 200, drawn: 200, unknown: 0, plans: [planOf(0), planOf(1)] });
    expect(report.happened.success).toEqual({ tasks: 200, mean: 0.5 });
    expect(report.happened.score).toEqual({ tasks: 0, mean: null });
    expect(report.happened.cost.mean).toBeCloseTo(0.04);
    const [first, second, both] = report.policies;
    expect(first?.success).toMatchObject({
      tasks: 200,
      effectiveSample: 100,
      answerable: true,
      tasksNeeded: null,
    });
    expect(first?.success.selfNormalised?.estimate).toBe(1);
    expect(first?.success.doublyRobust?.estimate).toBeGreaterThan(0.97);
    expect(first?.success.difference?.estimate).toBeCloseTo(
      (first?.success.doublyRobust?.estimate ?? 0) - 0.5,
      9,
    );
    expect(second?.success.selfNormalised?.estimate).toBe(0);
    expect(second?.success.doublyRobust?.low).toBe(0);
    expect(first?.cost.selfNormalised?.estimate).toBeCloseTo(0.02);
    expect(first?.cost.doublyRobust?.estimate).toBeCloseTo(0.02, 2);
    expect(second?.seconds.doublyRobust?.estimate).toBeCloseTo(8, 0);
    expect(both).toMatchObject({ policy: 'uniform', notOffered: 0 });
    expect(both?.success.doublyRobust?.estimate).toBeCloseTo(0.5, 2);
    expect(both?.score).toMatchObject({ tasks: 0, answerable: false, happened: null, tasksNeeded: null });
    for (const { success } of report.policies) {
      expect(success.doublyRobust?.low).toBeLessThanOrEqual(success.doublyRobust?.estimate ?? -1);
      expect(success.doublyRobust?.high).toBeGreaterThanOrEqual(success.doublyRobust?.estimate ?? 2);
    }
  });

  it('is what happened where the policy is the log’s own and chance had no part', async () => {
    const log = evenLog.map((choice) => ({
      ...choice,
      propensity: 1,
      candidates: choice.candidates
        .filter(({ plan }) => plan === choice.plan)
        .map((each) => ({ ...each, propensity: 1 })),
    }));
    const [policy] = (await whatIf([greedy], log)).policies;
    expect(policy?.success.doublyRobust).toEqual({
      estimate: expect.closeTo(0.5) as number,
      low: expect.closeTo(0.5) as number,
      high: expect.closeTo(0.5) as number,
    });
    expect(policy?.success.effectiveSample).toBe(200);
  });

  it('leaves out what was not drawn or is not known, and says so', async () => {
    const log = [
      ...repeated(40, choiceOf([0.9, 0.1])),
      ...repeated(5, choiceOf([0.9, 0.1], { propensity: null })),
      ...repeated(3, choiceOf([0.9, 0.1], { success: null })),
      ...repeated(2, choiceOf([0.9, 0.1], { plan: 'single(other)' })),
    ];
    const report = await whatIf([always(planOf(0))], log);
    expect(report).toMatchObject({ logged: 50, drawn: 43, unknown: 3 });
    expect(report.policies[0]?.success.tasks).toBe(40);
  });

  it('is not answerable where the log says too little, and tells how many tasks would do', async () => {
    const report = await whatIf(
      [always(planOf(1)), always(planOf(0))],
      repeated(1_000, choiceOf([0.99, 0.01])),
    );
    const [rare, usual] = report.policies;
    expect(rare?.success).toMatchObject({
      answerable: false,
      doublyRobust: null,
      selfNormalised: null,
      difference: null,
    });
    expect(rare?.success.effectiveSample).toBeCloseTo(10);
    expect(rare?.success.tasksNeeded).toBe(3_000);
    expect(usual?.success.effectiveSample).toBeCloseTo(990);
    const enough = await whatIf([always(planOf(1))], repeated(3_001, choiceOf([0.99, 0.01])));
    expect(enough.policies[0]?.success.answerable).toBe(true);
  });

  it('says how much of what the policy wants was not on offer', async () => {
    const log = [...repeated(60, choiceOf([0.5, 0.5])), ...repeated(40, choiceOf([1]))];
    const [some, none] = (await whatIf([always(planOf(1)), always('single(nobody)')], log)).policies;
    expect(some?.notOffered).toBeCloseTo(0.4);
    expect(some?.success).toMatchObject({ tasks: 60, effectiveSample: 30, happened: 1 });
    expect(none).toMatchObject({
      notOffered: 1,
      success: { tasks: 0, answerable: false, tasksNeeded: null },
    });
  });

  it('puts expectations right that do not hold', async () => {
    const log = adaptiveLog('wrong', 1_500, 0.5);
    const choices = log.choices.map((choice) => ({
      ...choice,
      candidates: choice.candidates.map((each) => ({ ...each, mean: 0.99 })),
    }));
    const [policy] = (await whatIf([always(planOf(2))], choices)).policies;
    const truth = truthOf(always(planOf(2)), log, log.outcomes.success);
    expect(policy?.success.doublyRobust?.low).toBeLessThan(truth);
    expect(policy?.success.doublyRobust?.high).toBeGreaterThan(truth);
    expect(Math.abs((policy?.success.doublyRobust?.estimate ?? 1) - truth)).toBeLessThan(0.06);
  });
});

describe('95% intervals', () => {
  const policies = [always(planOf(0)), always(planOf(2)), greedy, cheapest, uniform];

  it.each([
    [0.03, 100],
    [0.3, 60],
  ])('cover the truth in logs that learn, at an exploration of %d', async (exploration, trials) => {
    const covered = { success: 0, weighted: 0, cost: 0 };
    let [answers, widths] = [0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const log = adaptiveLog(`${exploration}/${trial}`, 800, exploration);
      const report = await whatIf(policies, log.choices);
      report.policies.forEach(({ success, cost }, index) => {
        const policy = policies[index] ?? greedy;
        if (!success.answerable || success.doublyRobust === null || cost.doublyRobust === null) return;
        const truth = truthOf(policy, log, log.outcomes.success);
        const money = truthOf(policy, log, log.outcomes.cost);
        answers += 1;
        widths += success.doublyRobust.high - success.doublyRobust.low;
        covered.success += Number(success.doublyRobust.low <= truth && truth <= success.doublyRobust.high);
        covered.cost += Number(cost.doublyRobust.low <= money && money <= cost.doublyRobust.high);
        const { low = 1, high = 0 } = success.selfNormalised ?? {};
        covered.weighted += Number(low <= truth && truth <= high);
      });
    }
    expect(answers).toBeGreaterThan(exploration < 0.1 ? 80 : 250);
    expect(widths / answers).toBeLessThan(exploration < 0.1 ? 0.35 : 0.2);
    // Coverage of 92 to 98%, and what chance adds to that; a log's answers go together.
    const chance = 0.03 * answers + 3 * Math.sqrt(answers * 0.95 * 0.05);
    for (const count of Object.values(covered)) expect(Math.abs(count - 0.95 * answers)).toBeLessThan(chance);
  });
});
