import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Learning, learnings, NO_CONTROL, toLesson } from '../../src/learning/learning.js';
import { LearningEngine } from '../../src/learning/learning-engine.js';
import { keepVersions, learningVersions } from '../../src/learning/learning-versions.js';
import { restoreControl } from '../../src/learning/restore-control.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../../src/shared/errors.js';
import { events } from '../../src/store/event-log.js';
import { openStore, type Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { madeLearning } from '../unit/learning/made-learning.js';

let store: Store;
let folder: string;
let tenant: string;
let engine: LearningEngine;
let number = 0;
const ann = { by: 'ann', reason: 'a test' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'learning-control-'));
  store = openStore({ uri: inject('mongoUri'), database: `learning_control_${process.pid}` });
  await setUpStore(store);
});
beforeEach(() => {
  tenant = `c${(number += 1)}`;
  engine = new LearningEngine(store, tenant);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await store.db.dropDatabase();
  await store.close();
});

/** Stores a learning as the pipeline would. */
async function stored(given: Partial<Learning> = {}): Promise<Learning> {
  const learning = madeLearning({ tenant, ...given });
  await store.transaction(async (session) => {
    await learnings(store).insertOne(learning, { session });
    await keepVersions(store, [learning], session);
  });
  return learning;
}

const names = async (id?: string) => (await engine.history(id)).map(({ act }) => act);

describe('switches', () => {
  it('disable and pin, and their opposites, are logged with who and why, and do nothing twice', async () => {
    const { id } = await stored();
    const disabled = await engine.disable(id, ann);
    expect(disabled).toMatchObject({ changed: true, learning: { control: { disabled: true }, version: 1 } });
    expect(await engine.disable(id, ann)).toMatchObject({ changed: false });
    await engine.pin(id, { by: 'bob' });
    expect((await engine.get(id)).control).toEqual({ disabled: true, pinned: true, edits: null });
    await engine.enable(id, ann);
    await engine.unpin(id, ann);
    expect((await engine.get(id)).control).toEqual(NO_CONTROL);
    const history = await engine.history(id);
    expect(history.map(({ act, by, reason }) => [act, by, reason])).toEqual([
      ['unpin', 'ann', 'a test'],
      ['enable', 'ann', 'a test'],
      ['pin', 'bob', null],
      ['disable', 'ann', 'a test'],
    ]);
    expect(history[2]).toMatchObject({
      before: { disabled: true, pinned: false },
      after: { disabled: true, pinned: true },
    });
    expect(await engine.history()).toEqual(history);
  });

  it('act on the next look-up', async () => {
    const { id } = await stored();
    const task = { description: 'Make the suite pass', category: 'bug_fix' };
    const offered = async () => (await engine.getRelevantLearnings(task)).map(({ learning }) => learning.id);
    await expect.poll(offered, { timeout: 10_000 }).toEqual([id]);
    await engine.disable(id, ann);
    await expect.poll(offered, { timeout: 2_000, interval: 20 }).toEqual([]);
    await engine.enable(id, ann);
    await expect.poll(offered, { timeout: 2_000, interval: 20 }).toEqual([id]);
  });

  it('are refused for what is not there, on another version, by nobody, and for pinning the retired', async () => {
    const { id } = await stored({ version: 4 });
    await expect(engine.disable('0000000000000000', ann)).rejects.toThrow(NotFoundError);
    await expect(new LearningEngine(store, 'other').disable(id, ann)).rejects.toThrow(NotFoundError);
    const stale = engine.disable(id, { ...ann, expectedVersion: 3 });
    await expect(stale).rejects.toThrow(ConflictError);
    await expect(stale).rejects.toThrow(/is at version 4, not at the expected 3/);
    await expect(engine.disable(id, { by: ' ' })).rejects.toThrow(/^by: " " is not allowed; expected who/);
    await learnings(store).updateOne(
      { tenant, id },
      { $set: { state: 'retired', retiredBecause: 'of harm' } },
    );
    await expect(engine.pin(id, ann)).rejects.toThrow(/is retired \(of harm\).*add one of your own/);
    expect(await names(id)).toEqual([]);
  });

  it('of many at once are all logged, one after the other', async () => {
    const { id } = await stored();
    const acts = ['disable', 'pin', 'enable', 'unpin', 'disable'] as const;
    const done = await Promise.all(acts.map((act, at) => engine[act](id, { by: `p${at}` })));
    const history = await engine.history(id);
    expect(history).toHaveLength(done.filter(({ changed }) => changed).length);
    // Each begins where the one before it ended.
    for (const [at, { before }] of history.entries())
      expect(before).toEqual(history[at + 1]?.after ?? NO_CONTROL);
    expect((await engine.get(id)).control).toEqual(history[0]?.after);
  });
});

describe('edits', () => {
  it('take the place of the words, make a version each, and are taken back one by one', async () => {
    const learning = await stored();
    const { id } = learning;
    await engine.edit(id, { advice: 'Lint first.' }, ann);
    const second = await engine.edit(id, { title: 'Lint', condition: 'Always' }, { by: 'bob' });
    expect(second.learning).toMatchObject({ version: 3, title: learning.title });
    expect(toLesson(await engine.get(id))).toMatchObject({
      version: 3,
      title: 'Lint',
      condition: 'Always',
      advice: 'Lint first.',
    });
    expect(await engine.edit(id, { title: 'Lint' }, ann)).toMatchObject({ changed: false });
    await engine.undoEdit(id, ann);
    expect((await engine.get(id)).control.edits).toEqual({ advice: 'Lint first.' });
    await engine.disable(id, ann);
    await engine.undoEdit(id, ann);
    expect((await engine.get(id)).control).toEqual({ disabled: true, pinned: false, edits: null });
    await expect(engine.undoEdit(id, ann)).rejects.toThrow(/has no edit that could be undone/);
    await engine.edit(id, { title: 'Again' }, ann);
    await engine.undoEdit(id, ann);
    expect((await engine.get(id)).control.edits).toBeNull();
    const kept = await learningVersions(store).find({ tenant, id }).sort({ version: 1 }).toArray();
    expect(kept.map((version) => [version.version, toLesson(version).title])).toEqual([
      [1, learning.title],
      [2, learning.title],
      [3, 'Lint'],
      [4, learning.title],
      [5, learning.title],
      [6, 'Again'],
      [7, learning.title],
    ]);
  });

  it('keep no secrets, neither in the words nor in the reason', async () => {
    const { id } = await stored();
    const secret = 'sk-abcdefghijklmnopqrstuvwxyz';
    await engine.edit(id, { advice: `Use ${secret}` }, { by: 'ann', reason: `the key is ${secret}` });
    const found = await events(store).find({ tenant }).toArray();
    expect(JSON.stringify([await engine.get(id), found])).not.toContain(secret);
    expect((await engine.get(id)).control.edits?.advice).toBe('Use [redacted]');
  });

  it('are refused when there are none, or too long', async () => {
    const { id } = await stored();
    await expect(engine.edit(id, {}, ann)).rejects.toThrow(/^edit: .*at least one of title, condition/);
    await expect(engine.edit(id, { title: ' ' }, ann)).rejects.toThrow(InvalidInputError);
    await expect(engine.edit(id, { title: 'x'.repeat(301) }, ann)).rejects.toThrow(/^edit: title: .*300/);
  });
});

describe('adding', () => {
  const lesson = { title: 'Lock first', condition: 'A schema is migrated', advice: 'Take the lock.' };

  it('makes a candidate without figures, once', async () => {
    const { learning, changed } = await engine.add(
      { ...lesson, error: 'LockError: held by 17', action: { type: 'lock', input: { mode: 'x' } } },
      ann,
    );
    expect(changed).toBe(true);
    expect(learning).toMatchObject({
      origin: 'added',
      type: 'BEST_PRACTICE',
      state: 'candidate',
      confidence: 'LOW',
      counts: { n: 0 },
      effect: null,
      signature: 'LockError: held by <n>',
      action: { verb: 'prefer', type: 'lock', input: { mode: 'x' } },
      control: NO_CONTROL,
    });
    expect(toLesson(learning)).not.toHaveProperty('successRate');
    const again = await engine.add(
      { ...lesson, error: 'LockError: held by 17', action: { type: 'lock', input: { mode: 'x' } } },
      { by: 'bob' },
    );
    expect(again).toMatchObject({ changed: false, learning: { id: learning.id } });
    expect(await names(learning.id)).toEqual(['add']);
    const relevant = () =>
      engine.getRelevantLearnings({ description: 'It ends with\nLockError: held by 4711' });
    await expect
      .poll(async () => (await relevant()).map(({ learning: { id } }) => id), { timeout: 10_000 })
      .toEqual([learning.id]);
  });

  it('is refused without words, naming the field', async () => {
    await expect(engine.add({ ...lesson, advice: '' }, ann)).rejects.toThrow(/^lesson: advice: ""/);
    await expect(engine.add({ ...lesson, type: 'NONE' as never }, ann)).rejects.toThrow(
      /^lesson: type: "NONE"/,
    );
  });
});

describe('the trace', () => {
  it('lists who was offered it, shown or withheld, how it went since, and the text of each version', async () => {
    const { id, advice } = await stored();
    const offer = (version: number, shown: boolean) => [
      { id: 'f'.repeat(16), version: 1, score: 0.9, shown: true, probability: 0.95 },
      { id, version, score: 0.5, shown, probability: 0.95 },
    ];
    const record = async (name: string, version: number, shown: boolean, applied: string[], at: number) => {
      const made = attempt([], 'coder');
      await recordExecution(
        store,
        executionRecord({
          tenant,
          id: name,
          endedAt: at,
          learnings: offer(version, shown),
          attempts: [{ ...made, report: { ...made.report, applied } }],
        }),
      );
    };
    await record('one', 1, true, [id], 1_000);
    await engine.edit(id, { advice: 'Lint first.' }, ann);
    await record('two', 2, true, [], 2_000);
    await record('three', 2, false, [], 3_000);
    await recordExecution(store, executionRecord({ tenant, id: 'not-offered' }));
    const outcome = { success: false, source: 'human' as const };
    await addOutcome(store, { tenant, executionId: `${tenant}/two/run`, outcome, by: 'ann' });
    const trace = await engine.trace(id);
    expect(
      trace.tasks.map(({ taskId, version, shown, applied, outcome: now, corrected }) => ({
        ...{ taskId, version, shown, applied, success: now.success, corrected },
      })),
    ).toEqual([
      { taskId: 'three', version: 2, shown: false, applied: false, success: true, corrected: false },
      { taskId: 'two', version: 2, shown: true, applied: false, success: false, corrected: true },
      { taskId: 'one', version: 1, shown: true, applied: true, success: true, corrected: false },
    ]);
    expect(trace.counts).toEqual({ shown: 2, withheld: 1, applied: 1 });
    expect(trace.lift).toMatchObject({ shownN: 2, withheldN: 1, lift: -0.5 });
    expect(trace.versions.map(({ version, lesson }) => [version, lesson?.advice])).toEqual([
      [2, 'Lint first.'],
      [1, advice],
    ]);
    expect((await engine.trace(id, 1)).tasks.map(({ taskId }) => taskId)).toEqual(['three']);
    await expect(engine.trace('0000000000000000')).rejects.toThrow(NotFoundError);
  });
});

describe('export and import', () => {
  it('carry the decisions of people along, once, and leave those of the other tenant alone', async () => {
    const first = await stored();
    const { learning: added } = await engine.add({ title: 'A b', condition: 'C d', advice: 'E f' }, ann);
    await engine.edit(first.id, { title: 'Mine' }, ann);
    await engine.pin(added.id, ann);
    const file = join(folder, 'learnings.json');
    expect(await engine.exportTo(file)).toBe(2);
    const there = new LearningEngine(store, `${tenant}-there`);
    const options = { by: 'bob', reason: 'from the pilot' };
    expect(await there.importFrom(file, options)).toEqual({ imported: 2, unchanged: 0, superseded: 0 });
    const imported = await there.list();
    expect(await there.importFrom(file, options)).toEqual({ imported: 0, unchanged: 2, superseded: 0 });
    expect(await there.list()).toEqual(imported);
    expect(await there.get(first.id)).toMatchObject({
      origin: 'imported',
      control: { edits: { title: 'Mine' } },
    });
    expect(await there.get(added.id)).toMatchObject({ origin: 'added', control: { pinned: true } });
    expect((await there.history()).map(({ act, by, reason, file: from }) => [act, by, reason, from])).toEqual(
      [
        ['import', 'bob', 'from the pilot', 'learnings.json'],
        ['import', 'bob', 'from the pilot', 'learnings.json'],
      ],
    );
    // Their own people decide, whatever a later file says.
    await there.disable(first.id, ann);
    await engine.edit(first.id, { advice: 'Newer' }, ann);
    await learnings(store).updateOne({ tenant, id: first.id }, { $set: { weight: 0.1 } });
    await engine.exportTo(file);
    expect(await there.importFrom(file)).toMatchObject({ imported: 1 });
    expect(await there.get(first.id)).toMatchObject({
      weight: 0.1,
      control: { disabled: true, edits: { title: 'Mine' } },
    });
    expect((await there.get(first.id)).control.edits).not.toHaveProperty('advice');
  });

  it('read files of format version 1', async () => {
    const { id, pattern, counts } = madeLearning();
    const old = {
      ...{ id, version: 3, type: 'SUCCESS_PATTERN', title: 'T', condition: 'C', advice: 'A' },
      ...{ category: 'bug_fix', signature: null, action: { verb: 'prefer', type: 'x' }, verb: 'prefer' },
      ...{ state: 'asserted', retiredBecause: null, confidence: 'HIGH', counts, pValue: 0.01, text: 't' },
      ...{ pattern, patterns: ['0123456789abcdef'], weight: 0.5, agentTypes: ['coder'] },
      ...{ firstSeen: '2026-01-01T00:00:00.000Z', lastSeen: '2026-01-02T00:00:00.000Z' },
    };
    const file = join(folder, 'old.json');
    const write = (learning: object, formatVersion: number) =>
      writeFile(
        file,
        JSON.stringify({ format: 'journeyman-learnings', formatVersion, learnings: [learning] }),
      );
    await write(old, 1);
    expect(await engine.importFrom(file)).toMatchObject({ imported: 1 });
    expect(await engine.get(id)).toMatchObject({
      version: 3,
      counts,
      stated: counts,
      effect: null,
      groups: ['bug_fix'],
      control: NO_CONTROL,
    });
    expect(await engine.importFrom(file)).toMatchObject({ unchanged: 1 });
    await write(old, 2);
    await expect(engine.importFrom(file)).rejects.toThrow(/old\.json: learnings\[0\]\./);
    await write(old, 3);
    await expect(engine.importFrom(file)).rejects.toThrow(/old\.json: formatVersion: 3 .*1.*2/);
  });

  it('say where a file cannot be written', async () => {
    await expect(engine.exportTo(join(folder, 'none', 'x.json'))).rejects.toThrow(/^file: .*ENOENT/);
    expect(JSON.parse(await readFile(join(folder, 'learnings.json'), 'utf8'))).toMatchObject({
      formatVersion: 2,
    });
  });
});

describe('the log is the truth', () => {
  it('brings back what people decided, added and imported', async () => {
    const first = await stored();
    await engine.edit(first.id, { title: 'Mine' }, ann);
    await engine.disable(first.id, ann);
    const { learning: added } = await engine.add({ title: 'A b', condition: 'C d', advice: 'E f' }, ann);
    await engine.pin(added.id, ann);
    const before = await engine.list();
    expect(await restoreControl(store, tenant)).toBe(0);
    await learnings(store).deleteMany({ tenant });
    // What a rebuild would make of the records.
    await stored();
    expect(await restoreControl(store, tenant)).toBe(2);
    expect(await engine.list()).toEqual(before);
    expect(await restoreControl(store, tenant)).toBe(0);
    // What nothing supports any more stays in the log alone.
    await learnings(store).deleteMany({ tenant });
    expect(await restoreControl(store, tenant)).toBe(1);
    expect((await engine.list()).map(({ id }) => id)).toEqual([added.id]);
  });
});

describe('the audit', () => {
  it('reads what it needs, and changes nothing', async () => {
    const first = await stored({ lastSeen: new Date(0) });
    const twin = await stored({ id: '00000000000000aa', weight: 0.1, lastSeen: new Date() });
    await recordExecution(store, executionRecord({ tenant, id: 'now', endedAt: Date.now() }));
    const report = await engine.audit();
    expect(report.findings.map(({ kind, learningId }) => [kind, learningId])).toEqual([
      ['duplicate', twin.id],
      ['stale', first.id],
    ]);
    expect(report.duplicateShare).toBe(0.5);
    await expect(engine.audit({ staleDays: 0 })).rejects.toThrow(/^audit: staleDays: 0/);
    expect(await engine.history()).toEqual([]);
  });
});
