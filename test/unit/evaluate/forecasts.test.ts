import { expect, it } from 'vitest';
import { calibrationOf } from '../../../src/evaluate/forecasts.js';
import { scriptedRun, syntheticReplay } from './synthetic-replay.js';

it('lays each prediction beside the base rate of the agent that was chosen, in hindsight and so far', async () => {
  // The first agent is worth 3 of 4 tasks, the second 1 of 4.
  const replay = syntheticReplay(4, 2, (task, agent) => ((agent === 0) === task < 3 ? 1 : 0));
  const run = scriptedRun((at) => ({ agent: at === 2 ? 1 : 0, confidence: 0.9 }));
  const { steps } = await run(5, replay);
  const calibration = calibrationOf(replay, [{ seed: 5, order: replay, steps }]);
  // Chosen are agents 0, 0, 1, 0, with the rewards 1, 1, 0, 0.
  expect(steps.map(({ reward }) => reward)).toEqual([1, 1, 0, 0]);
  expect(calibration).toMatchObject({ n: 4, unpredicted: 0 });
  expect(calibration?.ours.brier).toBeCloseTo((2 * 0.01 + 2 * 0.81) / 4);
  expect(calibration?.ours.ece).toBeCloseTo(0.4);
  // In hindsight .75, .75, .25, .75: what came true is 2/3 of the first and 0 of the second.
  expect(calibration?.baseRate.brier).toBeCloseTo((2 * 0.0625 + 0.0625 + 0.5625) / 4);
  expect(calibration?.baseRate.ece).toBeCloseTo((3 * (0.75 - 2 / 3) + 0.25) / 4);
  expect(calibration?.baseRate.logLoss).toBeCloseTo(-(3 * Math.log(0.75) + Math.log(0.25)) / 4);
  // So far 1/2, 2/3 and 3/4 of agent 0, 1/2 of agent 1.
  expect(calibration?.runningBaseRate.brier).toBeCloseTo((0.25 + 1 / 9 + 0.25 + 0.5625) / 4);
  expect(calibration?.agents.map(({ agent, n }) => [agent, n])).toEqual([
    ['file-agent-0', 3],
    ['file-agent-1', 1],
  ]);
  expect(calibration?.agents[1]?.ours.brier).toBeCloseTo(0.81);
});

it('puts seeds together, with the running base rate begun anew, and counts what was not predicted', async () => {
  const replay = syntheticReplay(4, 1, () => 1);
  const run = scriptedRun((at) => ({ agent: 0, confidence: at === 0 ? null : 0.75 }));
  const runs = await Promise.all(
    [1, 2].map(async (seed) => ({ seed, order: replay, steps: (await run(seed, replay)).steps })),
  );
  const calibration = calibrationOf(replay, runs);
  expect(calibration).toMatchObject({ n: 6, unpredicted: 2 });
  // The first task has no prediction, but is a record: 2/3, 3/4, 4/5 in each seed.
  expect(calibration?.runningBaseRate.brier).toBeCloseTo((1 / 9 + 1 / 16 + 1 / 25) / 3);
  // Both seeds saw the same three outcomes.
  const once = calibrationOf(replay, runs.slice(0, 1));
  expect(calibration?.bins[0]?.interval).toEqual(once?.bins[0]?.interval);
});

it('is none where nothing was predicted', async () => {
  const replay = syntheticReplay(4, 2, () => 1);
  const { steps } = await scriptedRun(() => ({ agent: 1 }))(1, replay);
  expect(calibrationOf(replay, [{ seed: 1, order: replay, steps }])).toBeNull();
});
