import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { evidenceOf } from '../../src/evidence/usage.js';
import { extractPatternsBatch } from '../../src/learning/extract-patterns.js';
import { learningIndexes, learnings } from '../../src/learning/learning.js';
import { LearningEngine } from '../../src/learning/learning-engine.js';
import { learningVersions } from '../../src/learning/learning-versions.js';
import { observationGroups, observations } from '../../src/learning/observations.js';
import { refreshAllLearnings } from '../../src/learning/refresh.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { applyIncrements } from '../../src/store/counters.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { pending } from '../../src/store/pending.js';
import { openStore, type Store } from '../../src/store/store.js';
import { executionRecord, failing, type RecordOptions, step } from '../unit/learning/execution-records.js';

const ERROR = 'AssertionError: 3 !== 4';
const SIGNATURE = 'AssertionError: <n> !== <n>';
let store: Store;

beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `learning_extraction_${process.pid}` });
  await store.db.dropDatabase();
  await ensureIndexes(store, [...storeIndexes, ...learningIndexes]);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const record = (options: RecordOptions) => recordExecution(store, executionRecord(options));

async function drain(tenant: string, limit = 50): Promise<number> {
  let consumed = 0;
  for (;;) {
    const batch = await extractPatternsBatch(store, tenant, limit);
    if (batch.consumed === 0) return consumed;
    consumed += batch.consumed;
  }
}

/** After the error, `swap` works in `good` executions of so many; `drop` in none. */
async function repairs(tenant: string, count: number, good = count): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await record({
      tenant,
      id: `repair-${index}`,
      endedAt: 1_700_000_000_000 + index,
      success: index < good,
      steps: [
        failing('test', ERROR),
        failing('mutate', ERROR, { operator: 'drop' }),
        index < good
          ? [{ type: 'mutate', input: { operator: 'swap' } }, { success: true }]
          : failing('mutate', ERROR, { operator: 'swap' }),
      ],
    });
}

const recovery = async (tenant: string) =>
  (await new LearningEngine(store, tenant).getLearningsByType('ERROR_RECOVERY')).find(
    ({ action, verb, signature }) =>
      verb === 'prefer' && action?.input?.['operator'] === 'swap' && signature?.includes(':'),
  );

const stateOf = async (tenant: string) => ({
  groups: (await observationGroups(store).find({ tenant }).sort({ _id: 1 }).toArray()).map(
    ({ revision: _revision, ...group }) => group,
  ),
  observations: await observations(store).find({ tenant }).sort({ _id: 1 }).toArray(),
  learnings: await learnings(store).find({ tenant }).sort({ _id: 1 }).toArray(),
  versions: await learningVersions(store).find({ tenant }).sort({ _id: 1 }).toArray(),
});

describe('extraction', () => {
  it('finds a recovery: nothing at two, a candidate at three, asserted with more', async () => {
    const tenant = 'grows';
    await repairs(tenant, 2);
    expect(await drain(tenant)).toBe(2);
    expect(await recovery(tenant)).toBeUndefined();
    await repairs(tenant, 3);
    await drain(tenant);
    expect(await recovery(tenant)).toMatchObject({
      state: 'candidate',
      confidence: 'LOW',
      version: 1,
      signature: SIGNATURE,
      category: 'bug_fix',
      counts: { n: 3, successes: 3, withoutN: 3, withoutSuccesses: 0 },
      agentTypes: ['search'],
      firstSeen: new Date(1_700_000_000_000),
      lastSeen: new Date(1_700_000_000_002),
    });
    await repairs(tenant, 25);
    await drain(tenant, 10);
    const asserted = await recovery(tenant);
    expect(asserted).toMatchObject({
      state: 'asserted',
      confidence: 'VERY_HIGH',
      counts: { n: 25, successes: 25, withoutN: 25, withoutSuccesses: 0 },
      firstSeen: new Date(1_700_000_000_000),
      lastSeen: new Date(1_700_000_000_024),
    });
    expect(asserted?.version).toBeGreaterThan(1);
    const trail = await new LearningEngine(store, tenant).evidence(asserted?.id ?? '');
    expect(trail.for).toHaveLength(25);
    expect(trail.against).toEqual([]);
    expect(trail.for[0]?.executionId).toBe('grows/repair-24/run');
  });

  it('changes nothing when there is nothing new, however often it runs', async () => {
    const tenant = 'idle';
    await repairs(tenant, 6);
    await drain(tenant);
    const before = await stateOf(tenant);
    expect(before.learnings.length).toBeGreaterThan(0);
    await repairs(tenant, 6);
    expect(await extractPatternsBatch(store, tenant, 50)).toEqual({ consumed: 0, written: {} });
    await refreshAllLearnings(store, tenant, 'g1');
    expect(await stateOf(tenant)).toEqual(before);
  });

  it('leaves nothing of a batch that is cut off, and takes it whole the next time', async () => {
    const tenant = 'killed';
    await repairs(tenant, 5);
    const dying: Store = {
      ...store,
      collection: store.collection.bind(store),
      run: store.run.bind(store),
      transaction: (operation, deadlineMs) =>
        store.transaction(async (session) => {
          await operation(session);
          throw new Error('the process died');
        }, deadlineMs),
    };
    const before = await stateOf(tenant);
    await expect(extractPatternsBatch(dying, tenant, 50)).rejects.toThrow('the process died');
    expect(await stateOf(tenant)).toEqual(before);
    expect(await pending(store).countDocuments({ tenant, consumer: 'patterns' })).toBe(5);
    expect(await drain(tenant)).toBe(5);
    expect(await recovery(tenant)).toMatchObject({ counts: { n: 5, successes: 5 } });
  });

  it('lets only one of two concurrent runs take a record', async () => {
    const tenant = 'races';
    await repairs(tenant, 8);
    await Promise.allSettled([
      extractPatternsBatch(store, tenant, 8),
      extractPatternsBatch(store, tenant, 8),
    ]);
    await drain(tenant);
    expect(await recovery(tenant)).toMatchObject({ counts: { n: 8, successes: 8 } });
  });

  it('moves counts and evidence when an outcome is corrected, or found out later', async () => {
    const tenant = 'flips';
    // Twelve tasks, each tried both ways.
    for (let index = 0; index < 24; index += 1) {
      const steps = index < 12 ? [step('edit'), step('test')] : [step('guess'), step('hope')];
      const success = index === 0 ? null : index < 12;
      await record({ tenant, id: `t${index}`, description: `task ${index % 12}`, success, steps });
    }
    await drain(tenant);
    const pattern = async () => {
      const [found] = await new LearningEngine(store, tenant).getLearningsByType('SUCCESS_PATTERN');
      return found;
    };
    expect(await pattern()).toMatchObject({
      title: 'In bug fix tasks, it may help to use `edit`',
      aliases: expect.arrayContaining(['{"kind":"action","type":"test"}']),
      counts: { n: 11, successes: 11, withoutN: 12, withoutSuccesses: 0 },
      state: 'candidate',
    });
    const human = (id: string, success: boolean) =>
      addOutcome(store, {
        tenant,
        executionId: `${tenant}/${id}/run`,
        outcome: { success, source: 'human' },
        by: 'a person',
      });
    await human('t0', true);
    await human('t1', false);
    expect(await drain(tenant)).toBe(2);
    const corrected = await pattern();
    expect(corrected).toMatchObject({ counts: { n: 12, successes: 11, withoutN: 12 } });
    const trail = await new LearningEngine(store, tenant).evidence(corrected?.id ?? '');
    expect(trail.for).toHaveLength(11);
    expect(trail.against.map(({ executionId }) => executionId)).toEqual(['flips/t1/run']);
    // Everything turns out to have failed: what was learned is no longer supported.
    for (let index = 0; index < 12; index += 1) await human(`t${index}`, false);
    await drain(tenant);
    expect(await pattern()).toBeUndefined();
    expect(await new LearningEngine(store, tenant).get(corrected?.id ?? '')).toMatchObject({
      state: 'retired',
      retiredBecause: 'what was observed since no longer supports it',
    });
  });

  it('retires a learning whose use is shown to do harm', async () => {
    const tenant = 'harm';
    await repairs(tenant, 25);
    await drain(tenant);
    const learning = await recovery(tenant);
    expect(learning?.state).toBe('asserted');
    const id = learning?.id ?? '';
    const usage = (shown: boolean, success: boolean, times: number) => {
      const offered = [{ id, version: 1, score: 1, shown, probability: 0.5 }];
      const one = executionRecord({ id: 'x', learnings: offered });
      return Array.from({ length: times }, () => evidenceOf(one, { success, source: 'verifier' })).flat();
    };
    await store.transaction((session) =>
      applyIncrements(
        store,
        tenant,
        ['g1'],
        [...usage(true, false, 150), ...usage(false, true, 150)],
        session,
      ),
    );
    await record({
      tenant,
      id: 'next',
      learnings: [{ id, version: 1, score: 1, shown: true, probability: 0.5 }],
    });
    const { written } = await extractPatternsBatch(store, tenant, 10);
    expect(written['learnings retired']).toBe(1);
    expect(await recovery(tenant)).toBeUndefined();
    const retired = await new LearningEngine(store, tenant).get(id);
    expect(retired.state).toBe('retired');
    expect(retired.retiredBecause).toContain('those without it in 100%');
    // Further support of the pattern does not bring it back.
    await repairs(tenant, 30);
    await drain(tenant);
    expect((await new LearningEngine(store, tenant).get(id)).state).toBe('retired');
  });

  it('raises what holds in several categories to a best practice, and takes it back', async () => {
    const tenant = 'practice';
    for (const category of ['bug_fix', 'docs'])
      for (let index = 0; index < 30; index += 1)
        await record({
          tenant,
          id: `${category}-${index}`,
          description: `task ${Math.floor(index / 2)} on ${category}`,
          category,
          success: index % 2 === 0,
          steps: [index % 2 === 0 ? step('check') : step('skip')],
          plan: index % 2 === 0 ? 'single(careful)' : 'single(hasty)',
        });
    await drain(tenant);
    const engine = new LearningEngine(store, tenant);
    const [practice] = await engine.getLearningsByType('BEST_PRACTICE');
    expect(practice).toMatchObject({ title: 'Best practice: use `check`', counts: { n: 30, successes: 30 } });
    expect((await engine.evidence(practice?.id ?? '')).for).toHaveLength(30);
    const plans = await engine.getLearningsByType('TASK_STRATEGY');
    expect(plans.map(({ title }) => title)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^For bug fix tasks, .*`single\(careful\)`/)]),
    );
    for (let index = 0; index < 30; index += 2)
      await addOutcome(store, {
        tenant,
        executionId: `${tenant}/docs-${index}/run`,
        outcome: { success: false, source: 'human' },
        by: 'a person',
      });
    await drain(tenant);
    expect(await engine.getLearningsByType('BEST_PRACTICE')).toEqual([]);
  });

  it('keeps tenants apart', async () => {
    await repairs('one', 12);
    await drain('two');
    expect(await pending(store).countDocuments({ tenant: 'one', consumer: 'patterns' })).toBe(12);
    await drain('one');
    const two = new LearningEngine(store, 'two');
    expect(await two.list()).toEqual([]);
    expect(await two.getRelevantLearnings({ description: ERROR, category: 'bug_fix' })).toEqual([]);
    const [own] = await new LearningEngine(store, 'one').list();
    await expect(two.get(own?.id ?? '')).rejects.toThrow('was not found');
    await expect(two.evidence(own?.id ?? '')).rejects.toThrow('was not found');
    expect((await two.getStatistics()).totalInteractions).toBe(0);
  });
});
