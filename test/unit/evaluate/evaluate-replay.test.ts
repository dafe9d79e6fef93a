import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { replayTable } from '../../../src/cli/replay-table.js';
import { outcomeOf } from '../../../src/evaluate/anonymised-replay.js';
import { thompson } from '../../../src/evaluate/bandits.js';
import { evaluateReplay } from '../../../src/evaluate/evaluate-replay.js';
import { measuresOf } from '../../../src/evaluate/measures.js';
import { permuted } from '../../../src/evaluate/permuted.js';
import type { ReplayFile } from '../../../src/evaluate/replay-file.js';
import { seededUniform } from '../../../src/evidence/random.js';
import { scriptedRun, syntheticReplay } from './synthetic-replay.js';

/** The first agent is right in 1 of 4 tasks, the second in 3 of 4; the first is cheaper. */
const replay = syntheticReplay(
  40,
  2,
  (task, agent) => (task % 4 < (agent === 0 ? 1 : 3) ? 1 : 0),
  (_, agent) => (agent === 0 ? 0.01 : 0.05),
);

/** Takes the second agent for the first so many tasks of each seed: 20, 24 and 28. */
const run = scriptedRun((at, seed) => ({ agent: at < 16 + 4 * seed ? 1 : 0, confidence: 0.55 }));

describe('an evaluation', () => {
  it('has intervals by Student over the seeds', async () => {
    const { evaluation } = await evaluateReplay(replay, { seeds: 3, costWeight: 0, run });
    // Rewards are (15 + 5) / 40, (18 + 4) / 40 and (21 + 3) / 40: mean .55, sd .05.
    expect(evaluation.mean).toBeCloseTo(0.55);
    expect(evaluation.sd).toBeCloseTo(0.05);
    const margin = (4.30265 * 0.05) / Math.sqrt(3);
    expect(evaluation.intervals.mean?.low).toBeCloseTo(0.55 - margin, 5);
    expect(evaluation.intervals.mean?.high).toBeCloseTo(0.55 + margin, 5);
    // From .5 by chance to .75.
    expect(evaluation.gapClosed).toBeCloseTo(0.2);
    expect(evaluation.intervals.gapClosed?.low).toBeCloseTo(0.2 - 4 * margin, 4);
    expect(evaluation.intervals.gapClosed?.high).toBeCloseTo(0.2 + 4 * margin, 4);
    const { random, bestSingle } = evaluation.beside;
    expect(random.gapClosed).toEqual({ mean: 0, interval: null });
    expect(bestSingle.gapClosed).toEqual({ mean: 1, interval: null });
    // Beside what is certain, differences are as sure as ours.
    expect(random.difference.mean).toBeCloseTo(0.05);
    expect(random.difference.interval?.high).toBeCloseTo(0.05 + margin, 5);
    expect(evaluation.spending).toBeNull();
    expect(evaluation.calibration?.ours.ece).toBeCloseTo(0);
  });

  it('is paired with Thompson sampling seed by seed', async () => {
    const certain = syntheticReplay(60, 3, (task, agent) => ((task * (agent + 1)) % 7 < 3 ? 1 : 0));
    const asThompson = (seed: number, file: ReplayFile) => {
      const bandit = thompson(3, seededUniform(`replay|${seed}|thompson`));
      const chosen = file.tasks.map((task) => {
        const agent = bandit.choose('');
        const { success, reward } = outcomeOf(task, agent, seed);
        bandit.learn('', agent, reward, success);
        return agent;
      });
      return scriptedRun((at) => ({ agent: chosen[at] ?? 0 }))(seed, file);
    };
    const same = await evaluateReplay(certain, { seeds: 4, costWeight: 0, run: asThompson });
    const { reward, difference } = same.evaluation.beside.thompson;
    // Its own choices: the seeds differ, the differences do not.
    expect(reward.interval?.high).toBeGreaterThan(reward.interval?.low ?? 1);
    expect(difference).toEqual({ mean: 0, interval: { low: 0, high: 0 } });
    const steady = scriptedRun(() => ({ agent: 1 }));
    const other = await evaluateReplay(certain, { seeds: 4, costWeight: 0, run: steady });
    const beside = other.evaluation.beside.thompson;
    // Beside one that never changes, the difference is as unsure as Thompson sampling is.
    expect(beside.difference.mean).toBeCloseTo(other.evaluation.mean - reward.mean);
    expect(beside.difference.interval?.low).toBeCloseTo(other.evaluation.mean - (reward.interval?.high ?? 0));
    expect(beside.difference.interval?.high).toBeCloseTo(other.evaluation.mean - (reward.interval?.low ?? 0));
  });

  it('of one seed has no intervals', async () => {
    const { evaluation } = await evaluateReplay(replay, { seeds: 1, costWeight: 0, run });
    expect(evaluation.intervals).toEqual({ mean: null, gapClosed: null });
    expect(evaluation.beside.thompson.difference.interval).toBeNull();
  });

  it('goes by utility where cost is weighed', async () => {
    const { evaluation } = await evaluateReplay(replay, { seeds: 3, costWeight: 20, run });
    // The first agent is worth .25 - .2, the second .75 - 1.
    expect(evaluation.beside.bestSingle.cost).toBeCloseTo(0.01);
    expect(evaluation.gapClosed).toBeCloseTo((0.55 - 20 * (0.01 + 0.04 * 0.6) + 0.1) / 0.15);
    expect(evaluation.beside.bestSingle.difference.mean).toBeCloseTo(0.55 - 20 * 0.034 - 0.05);
  });

  it('knows the best agent of each category', async () => {
    const byCategory = syntheticReplay(20, 2, (task, agent) => (agent === task % 2 ? 1 : 0.2));
    const { evaluation } = await evaluateReplay(byCategory, { seeds: 1, costWeight: 0, run });
    expect(evaluation.baselines).toMatchObject({ bestSingle: 0.6, bestPerCategory: 1 });
  });
});

describe('shuffling', () => {
  it('gives each seed an order of its own, and the same one again', () => {
    const ids = (seed: number) => permuted(replay, seed).tasks.map(({ id }) => id);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
    expect([...ids(1)].sort()).toEqual(replay.tasks.map(({ id }) => id).sort());
    // Every task comes first as often as any other.
    const firsts = Array.from({ length: 2_000 }, (_, seed) => ids(seed)[0]);
    const often = replay.tasks.map(({ id }) => firsts.filter((first) => first === id).length);
    expect(Math.min(...often)).toBeGreaterThan(20);
    expect(Math.max(...often)).toBeLessThan(90);
  });

  it('is of all that is measured', async () => {
    // All rewards are at the end, where the file's order has them.
    const late = syntheticReplay(60, 2, (task) => (task < 40 ? 0 : 1));
    const seen: string[][] = [];
    const evaluate = (shuffle: boolean) =>
      evaluateReplay(late, {
        seeds: 5,
        costWeight: 0,
        shuffle,
        run: (seed, ordered) => {
          seen.push(ordered.tasks.map(({ id }) => id));
          return run(seed, ordered);
        },
      });
    const kept = await evaluate(false);
    expect(new Set(seen.map((ids) => ids.join())).size).toBe(1);
    expect(kept.evaluation.curve).toEqual([0, 0, 1]);
    expect(kept.baselines.thompson.measures.curve).toEqual([0, 0, 1]);
    seen.length = 0;
    const shuffled = await evaluate(true);
    expect(new Set(seen.map((ids) => ids.join())).size).toBe(5);
    expect(shuffled.evaluation.shuffled).toBe(true);
    expect(shuffled.evaluation.mean).toBeCloseTo(1 / 3);
    // The baselines meet the tasks in the very orders.
    for (const baseline of Object.values(shuffled.baselines))
      shuffled.ours.curve.forEach((third, at) => {
        expect(baseline.measures.curve[at]).toBeCloseTo(third ?? -1);
      });
    expect(shuffled.ours.curve[0]).toBeGreaterThan(0.1);
  });
});

describe('a budget', () => {
  const spent = (budget: number, costWeight = 0) =>
    evaluateReplay(replay, { seeds: 3, costWeight, budget, run }).then(
      ({ evaluation }) => evaluation.spending,
    );

  it('is spent in shares, the greatest of them named', async () => {
    const spending = await spent(0.04);
    // 20, 24 and 28 of 40 tasks at .05, the others at .01.
    const shares = [20, 24, 28].map((dear) => (0.05 * dear + 0.01 * (40 - dear)) / 40 / 0.04);
    expect(spending?.spend.mean).toBeCloseTo(0.85);
    expect(spending?.spend.max).toBeCloseTo(shares[2] ?? 0);
    const margin = (4.30265 * measuresSpread(shares)) / Math.sqrt(3);
    expect(spending?.spend.interval?.high).toBeCloseTo(0.85 + margin, 5);
  });

  it('stands beside the best mixture in hindsight', async () => {
    const { mixture } = (await spent(0.02)) ?? {};
    // A quarter of the tasks for the dear agent.
    expect(mixture?.agents).toEqual([
      { agent: 'file-agent-0', share: 0.75 },
      { agent: 'file-agent-1', share: 0.25 },
    ]);
    expect(mixture?.reward).toBeCloseTo(0.375);
    expect(mixture?.cost).toBeCloseTo(0.02);
    expect(mixture?.difference.mean).toBeCloseTo(0.55 - 0.375);
    expect(mixture?.difference.interval?.low).toBeCloseTo(0.175 - (4.30265 * 0.05) / Math.sqrt(3), 5);
    expect(mixture?.drawn.spend.max).toBeGreaterThan(mixture?.drawn.spend.mean ?? 9);
  });

  it('and the mixture drawn task by task comes to what it is expected to', async () => {
    const many = syntheticReplay(
      2_000,
      2,
      (task, agent) => (task % 4 < (agent === 0 ? 1 : 3) ? 1 : 0),
      (_, agent) => (agent === 0 ? 0.01 : 0.05),
    );
    const { evaluation } = await evaluateReplay(many, { seeds: 10, costWeight: 0, budget: 0.02, run });
    const drawn = evaluation.spending?.mixture?.drawn;
    expect(drawn?.reward.mean).toBeCloseTo(0.375, 1);
    expect(drawn?.spend.mean).toBeCloseTo(1, 1);
    expect(drawn?.reward.interval?.low).toBeLessThan(drawn?.reward.interval?.high ?? 0);
  });

  it('weighs cost besides, and has no mixture where no agent is as cheap', async () => {
    const weighed = await spent(0.02, 20);
    expect(weighed?.mixture?.agents).toEqual([{ agent: 'file-agent-0', share: 1 }]);
    expect(weighed?.mixture?.utility).toBeCloseTo(0.05);
    expect(await spent(0.005)).toMatchObject({ mixture: null, spend: { max: expect.any(Number) as number } });
  });

  const measuresSpread = (values: readonly number[]): number => {
    const { reward: centre } = measuresOf(values.map((reward) => ({ reward, cost: null })));
    return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
  };
});

describe('the table', () => {
  const table = async (
    width: number,
    more: { budget?: number; costWeight?: number; seeds?: number } = {},
  ) => {
    const { costWeight = 0, seeds = 3, ...budget } = more;
    const evaluated = await evaluateReplay(replay, { seeds, costWeight, ...budget, run });
    return stripVTControlCharacters(replayTable(evaluated, width));
  };
  const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

  it.each([
    [80, {}],
    [80, { budget: 0.02, costWeight: 20 }],
    [140, {}],
    [140, { budget: 0.02, costWeight: 20 }],
  ])('fits into %i columns with %o', async (width, options) => {
    const text = await table(width, options);
    expect(widest(text)).toBeLessThanOrEqual(width);
    for (const row of ['Journeyman', 'Thompson sampling', 'UCB1', 'chance', 'best per category (hindsight)'])
      expect(text).toContain(`\n${row} `);
  });

  it('says how sure it is, and draws how confidence came true', async () => {
    const text = await table(140);
    expect(text).toMatch(/Journeyman +0\.5500 ± 0\.1242 +0\.200 ± 0\.497/);
    expect(text).toMatch(/best single \(hindsight\) +0\.7500 +1\.000 +-0\.2000 ± 0\.1242/);
    expect(text).toContain('Gap closed from chance to best single: 20% (-30% to 70%)');
    expect(text).toMatch(/0\.5 to 0\.6 +0\.550 +0\.550 +0\.\d\d to 0\.\d\d +120 +·+-+X-+·+\n/);
    expect(text).toMatch(/Journeyman +0\.0000 +0\.2475 +0\.6881\n/);
    expect(await table(140, { seeds: 1 })).not.toContain('±');
  });

  it('tells of a budget and its mixture', async () => {
    const text = await table(140, { budget: 0.02 });
    expect(text).toContain('Budget of $0.02 a task: spent 170.0% on average, 190.0% at most');
    expect(text).toContain('Best mixture: 75.0% file-agent-0 and 25.0% file-agent-1');
    expect(text).toMatch(/best mixture \(hindsight\) +0\.3750 +\+0\.1750 ± 0\.1242 +\$0\.02/);
    expect(await table(80, { budget: 0.005 })).toMatch(
      /Budget of \$0\.005 a task: .*; no agent is as cheap\n/,
    );
    expect(await table(80)).not.toContain('Budget');
  });
});
