import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReplayEvaluation } from '../../src/evaluate/evaluate-replay.js';
import { journeymanHere } from './run-program.js';

let folder: string;
const TASKS = 120;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman-evaluate-'));
  const row = (task: number, cost: boolean) =>
    JSON.stringify({
      id: `t${task}`,
      text: `Sort the list number ${task}`,
      context: { category: 'sorting' },
      // The dear agent is right in 9 of 10 tasks, the cheap one in 5.
      reward: [task % 10 < 9 ? 1 : 0, task % 10 < 5 ? 1 : 0],
      ...(cost ? { cost: [0.1, 0.01] } : {}),
    });
  const lines = (cost: boolean) =>
    ['{"agents":["dear","cheap"]}', ...Array.from({ length: TASKS }, (_, task) => row(task, cost))].join(
      '\n',
    );
  await writeFile(path.join(folder, 'costs.jsonl'), lines(true));
  await writeFile(path.join(folder, 'rewards.jsonl'), lines(false));
});

afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) =>
  journeymanHere(['evaluate', 'replay', path.join(folder, args[0] ?? ''), ...args.slice(1)], {});

async function evaluation(...args: string[]): Promise<ReplayEvaluation> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect([code, stderr.includes('error')]).toEqual([0, false]);
  return JSON.parse(stdout) as ReplayEvaluation;
}

describe('evaluate replay', () => {
  it('prints one document with the figures, their intervals, the baselines and the calibration', async () => {
    const figures = await evaluation('rewards.jsonl', '--seeds', '3');
    expect(figures).toMatchObject({ tasks: TASKS, agents: 2, seeds: 3, completed: 3 * TASKS, cost: null });
    expect(figures.mean).toBeGreaterThan(0.7);
    expect(figures.intervals.mean?.low).toBeLessThanOrEqual(figures.mean);
    expect(figures.intervals.mean?.high).toBeGreaterThanOrEqual(figures.mean);
    expect(figures.baselines).toMatchObject({ random: 0.7, bestSingle: 0.9, bestPerCategory: 0.9 });
    expect(figures.gapClosed).toBeCloseTo((figures.mean - 0.7) / 0.2);
    expect(figures.beside.thompson.gapClosed?.interval).not.toBeNull();
    expect(figures.beside.thompson.difference.mean).toBeCloseTo(
      figures.mean - figures.beside.thompson.reward.mean,
    );
    expect(figures.calibration).toMatchObject({ n: 3 * TASKS, unpredicted: 0 });
    expect(figures.calibration?.bins.reduce((sum, { n }) => sum + n, 0)).toBe(3 * TASKS);
    expect(figures.spending).toBeNull();
  });

  it('is the same when it is asked again', async () => {
    expect(await evaluation('costs.jsonl', '--shuffle')).toEqual(
      await evaluation('costs.jsonl', '--shuffle'),
    );
  });

  it('holds a budget, which takes the cheap agent in most of the tasks', async () => {
    const free = await evaluation('costs.jsonl', '--seeds', '3');
    const held = await evaluation('costs.jsonl', '--seeds', '3', '--shuffle', '--budget', '0.028');
    expect(held.shuffled).toBe(true);
    expect(free.cost).toBeGreaterThan(0.05);
    expect(held.spending?.spend.max).toBeLessThan(1.1);
    expect(held.cost).toBeCloseTo((held.spending?.spend.mean ?? 0) * 0.028);
    expect(held.spending?.mixture?.agents.map(({ agent, share }) => [agent, share.toFixed(3)])).toEqual([
      ['cheap', '0.800'],
      ['dear', '0.200'],
    ]);
    expect(held.spending?.mixture?.reward).toBeCloseTo(0.58);
  });

  it('weighs cost in the choice itself', async () => {
    const indifferent = await evaluation('costs.jsonl', '--seeds', '6');
    // At 10 a USD the dear agent is worth .9 - 1, the cheap one .5 - .1.
    const weighing = await evaluation('costs.jsonl', '--seeds', '6', '--cost-weight', '10');
    expect(weighing.costWeight).toBe(10);
    expect(weighing.cost).toBeLessThan(0.5 * (indifferent.cost ?? 0));
    expect(weighing.beside.bestSingle.cost).toBeCloseTo(0.01);
  });

  it('prints a table for people, and progress beside it', async () => {
    const { code, stdout, stderr } = await run('costs.jsonl', '--seeds', '2', '--budget', '0.05');
    expect(code).toBe(0);
    const text = stripVTControlCharacters(stdout);
    expect(text).toMatch(/Journeyman +0\.\d{4} ± 0\.\d{4}/);
    expect(text).toMatch(/Budget of \$0\.05 a task: spent \d+\.\d% on average, \d+\.\d% at most/);
    expect(text).toMatch(/predicted by +calibration error +Brier score +log loss/);
    expect(stderr).toContain('Seed 2 of 2');
    expect(text).not.toContain('Seed 2 of 2');
  });

  it('tells of progress twenty times at most', async () => {
    const { stderr } = await run('rewards.jsonl', '--seeds', '50', '--limit', '2', '--json');
    const told = stripVTControlCharacters(stderr).match(/Seed \d+ of 50/g) ?? [];
    expect(told.length).toBeLessThanOrEqual(20);
    expect(told.at(-1)).toBe('Seed 50 of 50');
  });

  it.each([
    [['costs.jsonl', '--budget', '0'], /--budget.*Allowed is a number of USD above 0/],
    [['costs.jsonl', '--budget', 'much'], /--budget.*Allowed is a number of USD above 0/],
    [['costs.jsonl', '--cost-weight', '-1'], /--cost-weight.*Allowed is a number from 0/],
    [['costs.jsonl', '--seeds', '0'], /--seeds.*Allowed is a whole number from 1/],
    [['costs.jsonl', '--seeds', '99999999999'], /--seeds.*Allowed is a whole number from 1 to 10000/],
    [['costs.jsonl', '--limit', '0'], /--limit.*Allowed is a whole number of at least 1/],
    [['rewards.jsonl', '--budget', '1'], /rewards\.jsonl:2: cost: .*which a budget or cost weight needs/],
    [
      ['rewards.jsonl', '--cost-weight', '1'],
      /rewards\.jsonl:2: cost: .*which a budget or cost weight needs/,
    ],
    [['none.jsonl'], /none\.jsonl.*ENOENT/],
  ])('refuses %j with exit code 2', async (args, says) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stripVTControlCharacters(stderr)).toMatch(says);
  });

  it('explains every key of its JSON', async () => {
    const { stdout } = await journeymanHere(['evaluate', 'replay', '--help'], {});
    const figures = await evaluation('costs.jsonl', '--limit', '10', '--budget', '0.05');
    const { calibration, spending, beside, baselines, intervals } = figures;
    for (const part of [figures, calibration, spending, spending?.mixture, beside.ucb1, baselines, intervals])
      for (const key of Object.keys(part ?? {})) expect(stdout).toMatch(new RegExp(`\\b${key}\\b`));
  });
});
