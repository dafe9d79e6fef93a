import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patternsTable, permutedTable } from '../../../src/cli/patterns-table.js';
import { evaluatePatterns } from '../../../src/evaluate/evaluate-patterns.js';
import { aucOf } from '../../../src/evaluate/patterns-auc.js';
import { correctedEstimate } from '../../../src/evaluate/patterns-estimate.js';
import { type InteractionsFile, readInteractionsFile } from '../../../src/evaluate/patterns-file.js';
import { distinctLessons, testLesson } from '../../../src/evaluate/patterns-lessons.js';
import { permutePatterns } from '../../../src/evaluate/patterns-permute.js';
import { fitRidge } from '../../../src/evaluate/patterns-ridge.js';
import { groupsOf, type ObservedGroup, permuted, splitByTask } from '../../../src/evaluate/patterns-split.js';
import { featureKey } from '../../../src/learning/feature.js';
import type { Observation } from '../../../src/learning/inference/observation.js';
import type { Verdict } from '../../../src/learning/inference/verdict.js';
import { InvalidInputError } from '../../../src/shared/errors.js';
import { recordedRuns, writeRuns } from './recorded-runs.js';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'journeyman-patterns-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function fileOf(name: string, runs: readonly object[]): Promise<InteractionsFile> {
  const file = path.join(directory, `${name}.jsonl`);
  await writeRuns(file, runs);
  return readInteractionsFile(file);
}
const plan = featureKey({ kind: 'action', type: 'plan' });

describe('files of recorded runs', () => {
  const [run] = recordedRuns({ seed: 'file', tasks: 1, trials: 1, effect: 0 });
  it('are read as interactions', async () => {
    const { interactions } = await fileOf('one', [{ ...run, context: undefined, cost: 0.5 }]);
    expect(interactions).toHaveLength(1);
    expect(interactions[0]).toMatchObject({
      description: 'make thing 0 of file',
      context: {},
      analysis: { category: 'made_up' },
      attempts: [{ agentType: 'maker', report: { cost: 0.5, iterations: run?.iterations } }],
    });
  });

  it.each<[string, object, RegExp]>([
    ['success', { success: 'yes' }, /:1: success: "yes".*true or false/],
    ['results', { results: [] }, /:1: results: "0 results".*one result an action/],
    ['cost', { cost: -1 }, /:1: cost: -1.*number of USD/],
    ['actions', { actions: [{ type: '' }] }, /:1: actions\[0\]\.type/],
  ])('are refused with a wrong %s', async (name, wrong, message) => {
    await expect(fileOf(`bad-${name}`, [{ ...run, ...wrong }])).rejects.toThrow(message);
  });

  it('are refused when empty, missing, no JSON, or with an id twice', async () => {
    await expect(fileOf('empty', [])).rejects.toThrow(/at least one run/);
    await expect(readInteractionsFile(path.join(directory, 'none.jsonl'))).rejects.toThrow(
      /readable file \(ENOENT\)/,
    );
    await expect(fileOf('twice', [run ?? {}, run ?? {}])).rejects.toThrow(/:2: id: .*line 1 has it already/);
    const broken = path.join(directory, 'broken.jsonl');
    await writeFile(broken, '{"id": }\n');
    await expect(readInteractionsFile(broken)).rejects.toThrow(InvalidInputError);
  });
});

const observation = (id: string, task: string, features: string[], success: boolean): Observation => ({
  id,
  task,
  agent: 'a',
  features,
  success,
  length: 3,
  iterations: 1,
  durationMs: 1,
  cost: null,
  at: 0,
});
const outcomes = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 8 }), fc.boolean(), fc.subarray(['x', 'y', 'z'])),
  { minLength: 1, maxLength: 60 },
);
const groupOf = (runs: readonly [number, boolean, string[]][]): ObservedGroup => ({
  kind: 'action',
  group: 'g',
  observations: runs.map(([task, success, features], at) =>
    observation(`r${at}`, `t${task}`, features, success),
  ),
});

describe('splits and permutations', () => {
  it('never have a task on both sides, and lose none', () => {
    fc.assert(
      fc.property(outcomes, fc.string(), (runs, seed) => {
        const group = groupOf(runs);
        const { train, test } = splitByTask([group], seed);
        const tasks = (side: readonly ObservedGroup[]) =>
          new Set(side.flatMap(({ observations }) => observations.map(({ task }) => task)));
        expect([...tasks(train)].filter((task) => tasks(test).has(task))).toEqual([]);
        expect([...train, ...test].flatMap(({ observations }) => observations)).toHaveLength(runs.length);
        expect(Math.abs(tasks(train).size - tasks(test).size)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('within tasks keep how often each succeeded; between them keep which counts there are', () => {
    const counts = (observations: readonly Observation[]) => {
      const tasks = new Map<string, [number, number]>();
      for (const { task, success } of observations) {
        const [n, successes] = tasks.get(task) ?? [0, 0];
        tasks.set(task, [n + 1, successes + Number(success)]);
      }
      return tasks;
    };
    fc.assert(
      fc.property(outcomes, fc.string(), (runs, seed) => {
        const group = groupOf(runs);
        const before = counts(group.observations);
        const [within] = permuted([group], 'within', seed);
        expect(counts(within?.observations ?? [])).toEqual(before);
        const [between] = permuted([group], 'between', seed);
        const sizes = [...before.values()].map(([n]) => n);
        const exchanged = [...before.values()].filter(([n]) => sizes.filter((size) => size === n).length > 1);
        const sorted = (values: Iterable<[number, number]>) => [...values].map(String).sort();
        expect(sorted(counts(between?.observations ?? []).values())).toEqual(sorted(exchanged));
      }),
    );
  });
});

describe('measures', () => {
  it('the area is the share of pairs of the same group in order, ties counted half', () => {
    const scored = (group: string, score: number, success: boolean) => ({ group, score, success });
    expect(
      aucOf([scored('a', 2, true), scored('a', 1, false), scored('b', 0, true), scored('b', 9, false)]),
    ).toBe(0.5);
    expect(aucOf([scored('a', 1, true), scored('a', 1, false)])).toBe(0.5);
    expect(aucOf([scored('a', 1, true), scored('b', 0, false)])).toBeNull();
  });

  it('splits of the same runs say less than as many new runs would', () => {
    const { mean, interval } = correctedEstimate([0.1, 0.2, 0.3], 1);
    expect(mean).toBeCloseTo(0.2);
    // t(2) = 4.303, sd = 0.1, sqrt(1/3 + 1)
    expect((interval?.high ?? 0) - mean).toBeCloseTo(4.303 * 0.1 * Math.sqrt(4 / 3), 3);
    expect(correctedEstimate([0.1], 1).interval).toBeNull();
  });

  it('the reference is the ridge solution: its gradient is nought', () => {
    // One feature in half of 200 runs, succeeding in 80% with it and 40% without: shrunk towards, never beyond.
    const runs = Array.from({ length: 200 }, (_, at) =>
      observation(`r${at}`, `t${at}`, at % 2 === 0 ? ['x'] : [], at % 2 === 0 ? at % 10 !== 0 : at % 5 < 2),
    );
    const odds = fitRidge(runs);
    const difference = odds(['x']) - odds([]);
    const unpenalised = Math.log(0.8 / 0.2) - Math.log(0.4 / 0.6);
    expect(difference).toBeGreaterThan(0.7 * unpenalised);
    expect(difference).toBeLessThan(unpenalised);
    const expected = runs.reduce((sum, { features }) => sum + 1 / (1 + Math.exp(-odds(features))), 0);
    expect(expected).toBeCloseTo(runs.filter(({ success }) => success).length, 4);
    expect(odds(['x', 'never seen'])).toBe(odds(['x']));
  });

  it('lessons that nearly the same runs support count once, the surest for all', () => {
    const runs = Array.from({ length: 20 }, (_, at) =>
      observation(
        `r${at}`,
        `t${at}`,
        [...(at < 10 ? ['x'] : []), ...(at < 9 ? ['y'] : []), ...(at > 5 ? ['z'] : [])],
        true,
      ),
    );
    const verdict = (feature: string, pValue: number): Verdict => ({
      feature,
      aliases: [],
      counts: { n: 1, successes: 1, withoutN: 1, withoutSuccesses: 0 },
      tasks: 1,
      effect: 0.1,
      interval: [0, 1],
      verb: 'prefer',
      state: 'asserted',
      confidence: 'LOW',
      pValue,
      compared: 'trials',
    });
    const verdicts = [verdict('x', 0.01), verdict('y', 0.001), verdict('z', 0.02)];
    const judged = { kind: 'action', group: 'g', observations: runs, verdicts } as const;
    expect(distinctLessons([judged]).map((lesson) => lesson.verdict.feature)).toEqual(['y', 'z']);
  });

  it('a lesson is tested within tasks where it was asserted so', () => {
    // Within each task those with x do worse; between tasks x goes with the easy one.
    const runs = [
      ...Array.from({ length: 8 }, (_, at) =>
        observation(`e${at}`, 'easy', at < 6 ? ['x'] : [], at < 4 || at > 5),
      ),
      ...Array.from({ length: 8 }, (_, at) => observation(`h${at}`, 'hard', at < 1 ? ['x'] : [], at === 7)),
    ];
    const lesson = (compared: 'trials' | 'tasks') =>
      testLesson(
        { kind: 'action', group: 'g', verdict: { feature: 'x', verb: 'prefer', compared } as Verdict },
        runs,
      );
    expect(lesson('trials').kept).toBe(false);
    expect(lesson('tasks').kept).toBe(true);
    expect(
      testLesson({ kind: 'action', group: 'g', verdict: { feature: 'q' } as Verdict }, runs).kept,
    ).toBeNull();
  });
});

describe('evaluation of patterns', () => {
  it('finds what was planted, and not what only goes with easy tasks', { timeout: 120_000 }, async () => {
    const file = await fileOf('planted', recordedRuns({ seed: 'planted', effect: 0.4 }));
    const told: number[] = [];
    const evaluation = evaluatePatterns(file, file, { splits: 8, onSplit: (done) => told.push(done) });
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(evaluation).toMatchObject({ runs: 360, tasks: 60, splits: 8, transfer: null });
    const { lessons, aucDifference } = evaluation;
    expect(evaluation.asserted).toBeGreaterThanOrEqual(6);
    expect(evaluation.directionKept).toBeGreaterThanOrEqual(0.9);
    expect(evaluation.directionKeptLow).toBeLessThan(evaluation.directionKept ?? 0);
    const named = lessons.map(({ feature, verb }) => `${verb} ${featureKey(feature)}`);
    expect(named[0]).toMatch(/"plan"|"ask"/);
    expect(named.filter((name) => !/"plan"|"ask"/.test(name))).toEqual([]);
    expect(evaluation.auc).toBeGreaterThan(0.65);
    expect(aucDifference?.mean).toBeGreaterThan(-0.03);
    const table = patternsTable(evaluation, 120);
    expect(table).toContain('360 runs of 60 tasks, 8 splits by task');
    expect(table).toMatch(/lessons asserted over the splits, \d+ tested: direction kept in \d+%/);
  });

  it('of two files tests what the first teaches on the second, without its tasks', {
    timeout: 120_000,
  }, async () => {
    const first = recordedRuns({ seed: 'first', effect: 0.5 });
    const train = await fileOf('first', first);
    const test = await fileOf('second', [
      ...recordedRuns({ seed: 'second', effect: 0.5 }),
      // Tasks of the first file with every outcome turned: were they tested on, nothing would hold.
      ...first.map((run) => ({ ...run, id: `again-${run.id}`, success: !run.success })),
    ]);
    const { transfer, runs } = evaluatePatterns(train, test, { splits: 1 });
    expect(runs).toBe(1_080);
    expect(transfer?.asserted).toBeGreaterThanOrEqual(1);
    expect(transfer).toMatchObject({ directionKept: 1 });
    expect(transfer?.auc).toBeGreaterThan(0.65);
  });

  it('predicts nothing where nothing is to be predicted', { timeout: 120_000 }, async () => {
    const runs = recordedRuns({ seed: 'sure', tasks: 12, effect: 0 }).map((run) => ({
      ...run,
      success: true,
    }));
    const evaluation = evaluatePatterns(await fileOf('sure', runs), await fileOf('sure', runs), {
      splits: 2,
    });
    expect(evaluation).toMatchObject({ asserted: 0, directionKept: null, auc: null, aucDifference: null });
    expect(patternsTable(evaluation)).toContain('No lesson was asserted in any split');
  });

  it.each(['between', 'within'] as const)(
    'asserts hardly anything once outcomes are permuted %s tasks',
    { timeout: 120_000 },
    async (how) => {
      const file = await fileOf(`permuted-${how}`, recordedRuns({ seed: 'permuted', effect: 0.4 }));
      const found = permutePatterns([file], how, 40);
      expect(found).toMatchObject({ permuted: how, repeats: 40, share: found.withAny / 40 });
      expect(found.withAny).toBeLessThanOrEqual(4);
      expect(permutedTable(found)).toContain(`permuted ${how} tasks`);
    },
  );

  it('the same file is judged otherwise as it is', async () => {
    const file = await fileOf('as-it-is', recordedRuns({ seed: 'permuted', effect: 0.4 }));
    const { lessons } = evaluatePatterns(file, file, { splits: 2 });
    expect(lessons.length).toBeGreaterThan(0);
    expect(
      groupsOf(file)
        .flatMap(({ observations }) => observations)
        .some(({ features }) => features.includes(plan)),
    ).toBe(true);
  });
});

const folder = path.resolve(process.env['JOURNEYMAN_DATA'] ?? '../shared/data', 'interactions');

describe.skipIf(!existsSync(folder))('the recorded files', () => {
  it.each(['bug-fix', 'customer-service'])(
    'of %s are predicted as well as by logistic regression',
    { timeout: 180_000 },
    async (name) => {
      const file = await readInteractionsFile(path.join(folder, `${name}.jsonl`));
      const { auc, aucReference, directionKept } = evaluatePatterns(file, file, { splits: 4 });
      expect(auc).toBeGreaterThan((aucReference ?? 1) - 0.05);
      expect(directionKept ?? 1).toBeGreaterThanOrEqual(0.5);
    },
  );
});
