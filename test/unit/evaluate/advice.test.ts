import { existsSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { adviceTable } from '../../../src/cli/evaluate-advice.js';
import { follow } from '../../../src/evaluate/advice-follow.js';
import { assignedRecords } from '../../../src/evaluate/advice-records.js';
import { anonymise } from '../../../src/evaluate/anonymised-replay.js';
import { evaluateAdvice, overFiles } from '../../../src/evaluate/evaluate-advice.js';
import { readReplayFile } from '../../../src/evaluate/replay-file.js';
import { syntheticReplay } from './synthetic-replay.js';

/** Some number from 0 to 1 that belongs to a task and an agent. */
const chance = (task: number, agent: number): number => {
  const value = Math.sin(task * 12.9898 + agent * 78.233) * 43_758.5453;
  return value - Math.floor(value);
};

describe('records of assigned agents', () => {
  const replay = syntheticReplay(600, 3, (task, agent) => (chance(task, agent) < (agent + 1) / 4 ? 1 : 0));
  const agentsOf = async (...[seed, assignment]: [number, 'random' | 'selection']) =>
    (await assignedRecords(replay, seed, assignment)).map(({ attempts }) => attempts[0]?.agentType ?? '');
  const largest = (agents: readonly string[]): number =>
    Math.max(
      ...['agent-1', 'agent-2', 'agent-3'].map((name) => agents.filter((each) => each === name).length),
    );

  it('are drawn evenly at random, and unevenly by selection, which prefers what succeeds', async () => {
    expect(largest(await agentsOf(1, 'random'))).toBeLessThan(250);
    expect(largest(await agentsOf(1, 'selection'))).toBeGreaterThan(350);
  });

  it('are the same for a seed, and others for another', async () => {
    expect(await agentsOf(1, 'random')).toEqual(await agentsOf(1, 'random'));
    expect(await agentsOf(1, 'random')).not.toEqual(await agentsOf(2, 'random'));
  });

  it('end on days in the order of the tasks, and know no durations', async () => {
    const records = await assignedRecords(replay, 1, 'random');
    const ends = records.map(({ endedAt }) => endedAt);
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
    expect(new Set(ends.map((end) => new Date(end).toISOString().slice(0, 10))).size).toBe(45);
    expect(new Set(records.flatMap(({ attempts }) => attempts.map(({ durationMs }) => durationMs)))).toEqual(
      new Set([0]),
    );
  });
});

describe('advice that is followed', () => {
  const replay = syntheticReplay(
    40,
    2,
    (task, agent) => (agent === 1 || task % 4 === 0 ? 1 : 0),
    (task, agent) => (agent === 0 ? 0.08 : 0.02) * (1 + (task % 2)),
  );
  const view = anonymise(replay, 1);
  const nameOf = new Map(view.agents.map((agent) => [view.indexOf(agent), agent]));
  const advice = (metric: 'successRate' | 'costUsd', value: number, margin: number) => ({
    type: metric === 'successRate' ? ('AGENT_SELECTION' as const) : ('RESOURCE_EFFICIENCY' as const),
    category: 'even',
    agentType: nameOf.get(0) ?? '',
    subject: nameOf.get(1) ?? '',
    expectedImprovement: { metric, value, low: value - margin, high: value + margin },
  });

  it('is measured task by task: in points of success, and in the share of cost saved', () => {
    expect(follow(advice('successRate', 0.7, 0.1), replay.tasks, view)).toMatchObject({
      measured: 0.75,
      tasks: 40,
      keptBare: true,
      kept: true,
    });
    const cost = follow(advice('costUsd', 0.7, 0.1), replay.tasks, view);
    expect(cost?.measured).toBeCloseTo(0.75, 9);
    expect(cost?.error).toBeCloseTo(0, 9);
  });

  it('keeps a promise within the interval widened by what is measured by chance, and no further', () => {
    // Ten of forty gain nothing: a standard error of 0.0693, and 0.114 of 1.645 times that.
    const kept = (value: number, margin: number) => {
      const followed = follow(advice('successRate', value, margin), replay.tasks, view);
      return [followed?.keptBare, followed?.kept];
    };
    expect(kept(0.66, 0.05)).toEqual([false, true]);
    expect(kept(0.61, 0.05)).toEqual([false, false]);
    expect(kept(0.84, 0.05)).toEqual([false, true]);
    expect(kept(0.89, 0.05)).toEqual([false, false]);
  });

  it('says nothing from a few tasks', () => {
    expect(follow(advice('successRate', 0.7, 0.1), replay.tasks.slice(0, 9), view)).toBeNull();
  });
});

describe('an evaluation', () => {
  const planted = syntheticReplay(
    1_600,
    2,
    (task, agent) => (chance(task, agent) < (agent === 1 ? 0.9 : 0.45) ? 1 : 0),
    (task, agent) => 0.02 * (0.5 + chance(task, agent + 7)),
  );

  it('follows the advice to prefer what is better, in each category, and finds it kept', async () => {
    const { assignments, all } = await evaluateAdvice(planted, { seeds: 2 });
    const { AGENT_SELECTION: selection } = assignments.random;
    expect(selection).toMatchObject({ followed: 4, different: 2, improved: 1 });
    expect(selection.kept).toBeGreaterThanOrEqual(0.75);
    expect(selection.promised).toBeGreaterThan(0.3);
    expect(Math.abs((selection.promised ?? 0) - (selection.measured ?? 0))).toBeLessThan(0.1);
    expect(all.followed).toBeGreaterThanOrEqual(4);
  }, 60_000);

  it('follows the advice to take what is as good for less', async () => {
    const cheaper = syntheticReplay(
      2_400,
      2,
      (task, agent) => (chance(task, agent) < 0.8 ? 1 : 0),
      (task, agent) => (agent === 1 ? 0.01 : 0.04) * (0.5 + chance(task, agent + 7)),
    );
    const { assignments } = await evaluateAdvice(cheaper, { seeds: 2 });
    const { RESOURCE_EFFICIENCY: cost, AGENT_SELECTION: selection } = assignments.random;
    expect(selection.followed).toBe(0);
    expect(cost.followed).toBeGreaterThan(0);
    expect(cost.measured).toBeCloseTo(0.75, 1);
    expect(Math.abs((cost.promised ?? 0) - (cost.measured ?? 0))).toBeLessThan(0.03);
  }, 60_000);

  it('has nothing to follow where agents are equal', async () => {
    const equal = syntheticReplay(1_000, 2, (task, agent) => (chance(task, agent) < 0.6 ? 1 : 0));
    const evaluation = await evaluateAdvice(equal, { seeds: 3, shuffle: true });
    expect(evaluation.all).toMatchObject({ followed: 0, kept: null, promised: null });
    expect(stripVTControlCharacters(adviceTable([evaluation], 100))).toContain('No advice could be followed');
  }, 60_000);

  it('adds files up by their advice, and fits into 80 columns', () => {
    const of = (followed: number, kept: number | null) => ({
      ...{ followed, different: followed, kept, keptBare: kept, promised: 0.2, measured: 0.1, improved: 1 },
      keptInterval: { low: 0, high: 1 },
    });
    const file = (followed: number, kept: number | null) => {
      const types = { AGENT_SELECTION: of(followed, kept), RESOURCE_EFFICIENCY: of(0, null) };
      return {
        ...{ file: 'outcomes-with-a-long-name.jsonl', tasks: 9, agents: 2, seeds: 1, shuffled: false },
        assignments: { random: types, selection: types },
        all: of(followed, kept),
      };
    };
    const files = [file(30, 1), file(10, 0.6), file(0, null)];
    expect(overFiles(files)).toMatchObject({ followed: 40, kept: 0.9 });
    const text = stripVTControlCharacters(adviceTable(files, 80));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toContain('Promises kept: 90% of 40');
  });
});

const data = path.resolve(process.env['JOURNEYMAN_DATA'] ?? '../shared/data', 'replay/model-cost.jsonl');

it.skipIf(!existsSync(data))(
  'on recorded outcomes of real agents advice on cost is kept',
  async () => {
    const replay = await readReplayFile(data);
    const { all } = await evaluateAdvice(replay, { seeds: 2 });
    expect(all.followed).toBeGreaterThan(0);
    expect(all.improved).toBe(1);
  },
  60_000,
);
