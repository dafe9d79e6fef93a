import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { extractPatternsBatch } from '../../src/learning/extract-patterns.js';
import { learningIndexes, learnings, toLesson } from '../../src/learning/learning.js';
import { LearningEngine } from '../../src/learning/learning-engine.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { lessonSchema } from '../../src/shared/agent-contract.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store, StoreUnavailableError } from '../../src/store/store.js';
import { executionRecord, failing, type Step, step } from '../unit/learning/execution-records.js';

let store: Store;
let engine: LearningEngine;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'learning-'));
  store = openStore({ uri: inject('mongoUri'), database: `learning_engine_${process.pid}` });
  await store.db.dropDatabase();
  await ensureIndexes(store, [...storeIndexes, ...learningIndexes]);
  engine = new LearningEngine(store, 'lib');
  const repaired = (error: string, operator: string): Step[] => [
    failing('test', error),
    failing('mutate', error, { operator: 'drop-call' }),
    [{ type: 'mutate', input: { operator } }, { success: true }],
  ];
  for (let index = 0; index < 15; index += 1) {
    await recordExecution(
      store,
      executionRecord({
        tenant: 'lib',
        id: `a${index}`,
        category: 'bug_fix',
        steps: repaired('AssertionError: 3 !== 4', 'swap-comparison'),
      }),
    );
    await recordExecution(
      store,
      executionRecord({
        tenant: 'lib',
        id: `b${index}`,
        category: 'database',
        success: index % 2 === 0,
        steps: [
          ...repaired(`DeadlockException: lock ${index}`, 'retry-transaction'),
          index % 2 === 0 ? step('vacuum') : step('reindex'),
        ],
      }),
    );
  }
  while ((await extractPatternsBatch(store, 'lib', 100)).consumed > 0);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await store.db.dropDatabase();
  await store.close();
});

const titles = (found: Awaited<ReturnType<LearningEngine['getRelevantLearnings']>>) =>
  found.map(({ learning }) => learning.title);

describe('looking up', () => {
  it('finds by the error that the task speaks of, exactly, before all else', async () => {
    const [first] = await engine.getRelevantLearnings({
      description: 'Make the suite pass.\n  AssertionError: 17 !== 18\n at line 3',
      category: 'database',
    });
    expect(first?.learning).toMatchObject({
      type: 'ERROR_RECOVERY',
      signature: 'AssertionError: <n> !== <n>',
      action: { verb: 'prefer', type: 'mutate', input: { operator: 'swap-comparison' } },
    });
    const inContext = await engine.getRelevantLearnings({
      description: 'Make it pass',
      context: { output: 'step 1\nError in worker: DeadlockException: lock 99' },
    });
    expect(inContext[0]?.learning.signature).toBe('DeadlockException: lock <n>');
  });

  it('finds by category and by words', async () => {
    const byCategory = await engine.getRelevantLearnings({ description: 'zzz', category: 'database' });
    expect(byCategory.length).toBeGreaterThan(1);
    expect(byCategory.every(({ learning }) => learning.category === 'database')).toBe(true);
    const byWords = await engine.getRelevantLearnings({
      description: 'The nightly job hits a "deadlock exception" -often, retrying the transaction?',
    });
    expect(titles(byWords)[0]).toBe(
      'After "DeadlockException", it may help to use `mutate` with operator=retry-transaction',
    );
  });

  it('finds nothing where nothing is relevant', async () => {
    for (const description of ['Translate the greeting card into French', '???', 'Mutate the colour theme'])
      expect(await engine.getRelevantLearnings({ description, category: 'translation' })).toEqual([]);
  });

  it('ranks by worth, honours limit, confidence and agent, and says the same twice', async () => {
    const task = { description: 'AssertionError: 1 !== 2', category: 'bug_fix' };
    const found = await engine.getRelevantLearnings(task);
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
    expect(await engine.getRelevantLearnings(task)).toEqual(found);
    expect(await engine.getRelevantLearnings(task, { limit: 1 })).toEqual(found.slice(0, 1));
    // So few runs of tasks that are never repeated make none that sure.
    const [sure = ''] = found.map(({ learning }) => learning.id);
    const high = async () =>
      (await engine.getRelevantLearnings(task, { minConfidence: 'HIGH' })).map(({ learning }) => learning.id);
    expect(await high()).toEqual([]);
    await learnings(store).updateOne({ tenant: 'lib', id: sure }, { $set: { confidence: 'VERY_HIGH' } });
    await expect.poll(high).toEqual([sure]);
    await learnings(store).updateOne({ tenant: 'lib', id: sure }, { $set: { confidence: 'LOW' } });
    await expect.poll(high).toEqual([]);
    const elsewhere = await engine.getRelevantLearnings({ ...task, agentType: 'other' });
    expect(elsewhere[0]?.score).toBeLessThan(found[0]?.score ?? 0);
  });

  it('gives lessons that fit the agent contract', async () => {
    for (const learning of await engine.list()) {
      const lesson = lessonSchema.parse(toLesson(learning));
      expect(lesson.successRate).toBeCloseTo(learning.stated.successes / learning.stated.n);
      expect('signature' in lesson).toBe(learning.signature !== null);
    }
  });

  it('refuses what it cannot look up, naming the field', async () => {
    await expect(engine.getRelevantLearnings({ description: '' })).rejects.toThrow(/^task: description: ""/);
    await expect(engine.getRelevantLearnings({ description: 'x' }, { limit: 0 })).rejects.toThrow(
      /^options: limit: 0/,
    );
    expect(() => engine.getLearningsByType('NONE' as 'OPTIMIZATION')).toThrow(InvalidInputError);
    expect(() => new LearningEngine(store, 'a/b')).toThrow(/^tenant: "a\/b"/);
  });

  it('ends soon when the store is away', async () => {
    const away = openStore({ uri: 'mongodb://127.0.0.1:9/?replicaSet=none', deadlineMs: 300 });
    const began = Date.now();
    await expect(
      new LearningEngine(away, 'lib').getRelevantLearnings({ description: 'fix it' }, { timeoutMS: 300 }),
    ).rejects.toThrow(StoreUnavailableError);
    expect(Date.now() - began).toBeLessThan(2_000);
    await away.close();
  });
});

describe('what is known', () => {
  it('is listed by type, state and confidence, and summed up', async () => {
    const all = await engine.list();
    const statistics = await engine.getStatistics();
    expect(statistics).toMatchObject({ totalInteractions: 30, totalLearnings: all.length });
    expect(Object.values(statistics.byState).reduce((sum, count) => sum + count)).toBe(all.length);
    expect(statistics.byType.ERROR_RECOVERY).toBe((await engine.getLearningsByType('ERROR_RECOVERY')).length);
    const high = await engine.getHighConfidenceLearnings();
    expect(high.length).toBe(statistics.byConfidence.HIGH + statistics.byConfidence.VERY_HIGH);
    const candidates = await engine.list({ state: 'candidate', type: 'SUCCESS_PATTERN' });
    expect(candidates.every(({ state, type }) => state === 'candidate' && type === 'SUCCESS_PATTERN')).toBe(
      true,
    );
    expect(await engine.list({ limit: 1 })).toEqual(all.slice(0, 1));
  });
});

describe('export and import', () => {
  it('bring the learnings to another tenant once, whatever is repeated', async () => {
    const file = join(folder, 'learnings.json');
    const count = await engine.exportTo(file);
    const other = new LearningEngine(store, 'elsewhere');
    expect(await other.importFrom(file)).toEqual({ imported: count, unchanged: 0, superseded: 0 });
    const imported = await other.list();
    expect(await other.importFrom(file)).toEqual({ imported: 0, unchanged: count, superseded: 0 });
    expect(await other.list()).toEqual(imported);
    const own = ({ _id: _1, tenant: _2, origin: _3, ...content }: (typeof imported)[number]) => content;
    expect(imported.map(own)).toEqual((await engine.list()).map(own));
    expect(await engine.importFrom(file)).toEqual({ imported: 0, unchanged: 0, superseded: count });
    const task = { description: 'AssertionError: 1 !== 2' };
    expect(titles(await other.getRelevantLearnings(task))).toEqual(
      titles(await engine.getRelevantLearnings(task)),
    );
    // What the tenant then observes itself takes the place of what it was given.
    const steps = [
      failing('test', 'AssertionError: 3 !== 4'),
      [{ type: 'mutate', input: { operator: 'swap-comparison' } }, { success: true }] satisfies Step,
    ];
    for (let index = 0; index < 3; index += 1)
      await recordExecution(store, executionRecord({ tenant: 'elsewhere', id: `e${index}`, steps }));
    await extractPatternsBatch(store, 'elsewhere', 10);
    const [local] = (await other.list()).filter(({ origin }) => origin === 'extracted');
    expect(local).toMatchObject({ counts: { n: 3, successes: 3, withoutN: 0 }, state: 'candidate' });
    // Of the one error, and of its class.
    expect(await other.importFrom(file)).toMatchObject({ imported: 0, superseded: 2 });
  });

  it('refuse a file that does not fit, naming place, value and what is allowed, and write nothing', async () => {
    const file = join(folder, 'bad.json');
    const fresh = new LearningEngine(store, 'fresh');
    const refused = async (text: string, message: RegExp) => {
      await writeFile(file, text);
      const failed = fresh.importFrom(file);
      await expect(failed).rejects.toThrow(InvalidInputError);
      await expect(failed).rejects.toThrow(message);
    };
    await engine.exportTo(file);
    const good = JSON.parse(await readFile(file, 'utf8')) as { learnings: Record<string, unknown>[] };
    const withFirst = (change: Record<string, unknown>) =>
      JSON.stringify({
        ...good,
        learnings: [...good.learnings.slice(1), { ...good.learnings[0], ...change }],
      });
    await refused('{"format":\n nope}', /bad\.json:2:2: .*nope.*expected a value/);
    await refused('{}', /bad\.json: format: undefined/);
    await refused(JSON.stringify({ ...good, formatVersion: 9 }), /formatVersion: 9 .*expected one of 1\|2/);
    const last = `learnings\\[${good.learnings.length - 1}\\]`;
    await refused(withFirst({ confidence: 'SURE' }), new RegExp(`${last}\\.confidence: "SURE".*LOW`));
    await refused(withFirst({ colour: 'red' }), new RegExp(`${last}\\.colour`));
    await refused(withFirst({ id: '0000000000000000' }), /the id of its pattern/);
    await refused(
      JSON.stringify({ ...good, learnings: [good.learnings[0], good.learnings[0]] }),
      /learnings\[1\]\.id: .*each id once/,
    );
    await expect(fresh.importFrom(join(folder, 'missing.json'))).rejects.toThrow(/^file: .*missing\.json/);
    expect(await fresh.list()).toEqual([]);
  });
});
