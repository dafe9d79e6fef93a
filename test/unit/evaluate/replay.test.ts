import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayTable } from '../../../src/cli/replay-table.js';
import { anonymise, requestOf } from '../../../src/evaluate/anonymised-replay.js';
import { baselinesOf } from '../../../src/evaluate/baselines.js';
import { evaluateReplay } from '../../../src/evaluate/evaluate-replay.js';
import { gapClosed, measuresOf, spread } from '../../../src/evaluate/measures.js';
import { replayThroughCore } from '../../../src/evaluate/replay-core.js';
import { readReplayFile } from '../../../src/evaluate/replay-file.js';
import { syntheticReplay } from './synthetic-replay.js';

const onlyAgent = (best: number) => (_: number, agent: number) => (agent === best ? 1 : 0);

describe('anonymised agents', () => {
  const replay = syntheticReplay(3, 5, (_, agent) => agent / 4);
  const [task] = replay.tasks;
  if (task === undefined) throw new Error('no task');
  const rewards = (seed: number) => {
    const view = anonymise(replay, seed);
    return view.agents.map((agent) => view.outcome(task, agent).reward);
  };

  it('are all agents, under other names in another order for each seed', () => {
    expect(anonymise(replay, 1).agents).toEqual(['agent-1', 'agent-2', 'agent-3', 'agent-4', 'agent-5']);
    expect(new Set(rewards(1))).toEqual(new Set([0, 0.25, 0.5, 0.75, 1]));
    expect(rewards(1)).toEqual(rewards(1));
    const orders = new Set(Array.from({ length: 20 }, (_, seed) => rewards(seed).join()));
    expect(orders.size).toBeGreaterThan(15);
  });

  it('succeed with the probability of their reward', () => {
    const many = syntheticReplay(2_000, 1, () => 0.3);
    const view = anonymise(many, 1);
    const successes = many.tasks.filter((each) => view.outcome(each, 'agent-1').success).length;
    expect(successes / 2_000).toBeGreaterThan(0.27);
    expect(successes / 2_000).toBeLessThan(0.33);
    const sure = syntheticReplay(100, 2, (_, agent) => agent);
    const certain = anonymise(sure, 1);
    for (const each of sure.tasks)
      for (const agent of certain.agents) {
        const { reward, success } = certain.outcome(each, agent);
        expect(success).toBe(reward === 1);
      }
  });
});

it('a task is given with its category, and with a text', () => {
  const task = { id: 'x', reward: [1] };
  expect(requestOf({ ...task, text: ' ', context: { repo: 'a/b' } })).toEqual({
    taskId: 'x',
    description: '(no text)',
    context: { repo: 'a/b', category: 'a/b' },
  });
  expect(requestOf({ ...task, text: 'Do it', context: { repo: 'a/b', category: 'c' } }).context).toEqual({
    repo: 'a/b',
    category: 'c',
  });
});

describe('measures', () => {
  it('are means, by thirds in order, and of known costs', () => {
    const steps = [0, 0, 1, 0, 1, 1].map((reward, at) => ({ reward, cost: at === 0 ? null : 2 }));
    expect(measuresOf(steps)).toEqual({ reward: 0.5, cost: 2, curve: [0, 0.5, 1] });
    expect(measuresOf([{ reward: 1, cost: null }])).toEqual({
      reward: 1,
      cost: null,
      curve: [null, 1, null],
    });
  });

  it('the closed gap is the share of the way from random to the best single agent', () => {
    expect(gapClosed(0.4, 0.3, 0.5)).toBeCloseTo(0.5);
    expect(gapClosed(0.6, 0.3, 0.5)).toBeCloseTo(1.5);
    expect(gapClosed(0.2, 0.3, 0.5)).toBeCloseTo(-0.5);
    expect(gapClosed(0.4, 0.4, 0.4)).toBeNull();
  });

  it('one seed has no spread', () => {
    expect(spread([0.5])).toBeNull();
    expect(spread([0.4, 0.6])).toBeCloseTo(Math.SQRT2 / 10);
  });
});

describe('baselines', () => {
  it('know random and best single exactly, and Thompson sampling finds the best', () => {
    const replay = syntheticReplay(600, 4, onlyAgent(2));
    const { random, thompson, bestSingle } = baselinesOf(replay, {
      seeds: [1, 2, 3],
      costWeight: 0,
      orderOf: () => replay,
    });
    expect(random.measures.reward).toBeCloseTo(0.25);
    expect(bestSingle.measures.reward).toBe(1);
    expect(thompson.measures.reward).toBeGreaterThan(0.95);
    expect(thompson.measures.reward).toBeLessThan(1);
  });

  it('go by reward less weighted cost', () => {
    const costly = syntheticReplay(
      600,
      2,
      (task, agent) => (agent === 0 ? 1 : task % 5 === 0 ? 0 : 1),
      (_, agent) => (agent === 0 ? 0.1 : 0),
    );
    const weighing = (costWeight: number) =>
      baselinesOf(costly, { seeds: [1], costWeight, orderOf: () => costly });
    expect(weighing(0).bestSingle.measures.reward).toBe(1);
    const { bestSingle, thompson, epsilonGreedy } = weighing(8);
    expect(bestSingle.measures.reward).toBeCloseTo(0.8);
    expect(bestSingle.measures.cost).toBe(0);
    expect(thompson.measures.cost).toBeLessThan(0.01);
    expect(epsilonGreedy.measures.cost).toBeLessThan(0.02);
  });
});

describe('a replay through core', () => {
  it('finds the best agent of each category, which no single agent is', async () => {
    const replay = syntheticReplay(400, 4, (task, agent) => (agent === task % 2 ? 1 : 0));
    const evaluated = await evaluateReplay(replay, {
      seeds: 3,
      costWeight: 0,
      run: (seed, ordered) => replayThroughCore(ordered, seed),
    });
    const { evaluation } = evaluated;
    expect(Object.keys(evaluation)).toEqual(
      expect.arrayContaining(
        'file tasks agents seeds mean sd gapClosed cost curve completed recorded baselines'.split(' '),
      ),
    );
    expect(evaluation).toMatchObject({ tasks: 400, agents: 4, seeds: 3, completed: 1_200, recorded: 1_200 });
    expect(evaluation.baselines).toMatchObject({ random: 0.25, bestSingle: 0.5 });
    expect(evaluation.mean).toBeGreaterThan(0.85);
    expect(evaluation.gapClosed).toBeCloseTo((evaluation.mean - 0.25) / 0.25);
    expect(evaluation.curve[2]).toBeGreaterThan(evaluation.curve[0] ?? 1);
    expect(evaluation.cost).toBeNull();
    expect(replayTable(evaluated)).toMatch(
      /Journeyman .*\n[\s\S]*best single \(hindsight\) .*\n[\s\S]*Gap closed/,
    );
  });

  it('chooses the same under the same seed, and differently under another', async () => {
    const replay = syntheticReplay(60, 4, (task, agent) => ((task * 7 + agent) % 3 === 0 ? 1 : 0));
    const agents = async (seed: number) => {
      const chosen: (string | undefined)[] = [];
      await replayThroughCore(replay, seed, {
        onRecord: (record) => void chosen.push(record.attempts[0]?.agentType),
      });
      return chosen;
    };
    expect(await agents(1)).toEqual(await agents(1));
    expect(await agents(1)).not.toEqual(await agents(2));
  });
});

const data = path.resolve(process.env['JOURNEYMAN_DATA'] ?? '../shared/data', 'replay/swebench-lite.jsonl');

it.skipIf(!existsSync(data))('on recorded outcomes of real agents it is better than chance', async () => {
  const replay = await readReplayFile(data);
  const { evaluation } = await evaluateReplay(replay, {
    seeds: 2,
    costWeight: 0,
    run: (seed, ordered) => replayThroughCore(ordered, seed),
  });
  expect(evaluation.completed).toBe(600);
  expect(evaluation.mean).toBeGreaterThan(evaluation.baselines.random);
  expect(evaluation.mean).toBeLessThan(evaluation.baselines.bestSingle);
});
