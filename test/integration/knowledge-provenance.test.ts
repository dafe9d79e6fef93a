import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shareSchema } from '../../src/knowledge/inputs.js';
import { draftOf, insertItems } from '../../src/knowledge/insert-items.js';
import { retractionEffects } from '../../src/knowledge/provenance/retractions.js';
import { interactions } from '../../src/learning/interactions.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../../src/shared/errors.js';
import { events } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { World } from './knowledge-provenance-world.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let world: World;

beforeAll(async () => {
  store = await openOwnStore('provenance');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  world = new World(store, `t${++tenants}`);
});
afterEach(async () => {
  const problems = await world.problems();
  if (problems.length > 0) throw new Error(problems.join('\n'));
});

/** Retracts, checks that a dry run had told the same, and gives what undoes it and compares. */
async function retracted(source: string) {
  const before = await world.snapshot();
  const logged = await events(store).countDocuments({ tenant: world.tenant });
  const told = await world.retract(source, true);
  expect(told).toMatchObject({ state: 'planned', doneAt: null });
  expect(await world.snapshot()).toEqual(before);
  expect(await events(store).countDocuments({ tenant: world.tenant })).toBe(logged);
  const retraction = await world.retract(source);
  expect(retraction).toMatchObject({ state: 'done', source, by: 'ops', reason: 'compromised' });
  expect(retraction.figures).toEqual(told.figures);
  expect(await world.problems()).toEqual([]);
  const undo = async () => {
    const undone = await world.base.undoRetraction(retraction.id, { by: 'ops' });
    expect(undone).toMatchObject({ state: 'undone', undoneBy: 'ops', figures: retraction.figures });
    expect(await world.snapshot()).toEqual(before);
    expect(await retractionEffects(store).countDocuments({ tenant: world.tenant })).toBe(0);
  };
  return { ...retraction, undo };
}

describe('sources', () => {
  it('are known of every item, with their times, and items of every source', async () => {
    const id = await world.share('code', 'Look at the diff', 'fix-1');
    await world.confirm(id, 'review', 'fix-2');
    const added = await world.base.addKnowledge({
      ...{ category: 'c', title: 't', content: { a: 1 }, by: 'ann' },
    });
    const sources = await world.base.sourcesOf(id);
    expect(sources.map(({ kind, ref, with: beside }) => [kind, ref, beside])).toEqual([
      ['agent', 'code', ['task:fix-1']],
      ['task', 'fix-1', ['agent:code']],
      ['agent', 'review', ['task:fix-2']],
      ['task', 'fix-2', ['agent:review']],
    ]);
    for (const { at, via, retractedBy } of sources) {
      expect(at).toBeInstanceOf(Date);
      expect({ via, retractedBy }).toEqual({ via: null, retractedBy: null });
    }
    expect(await world.base.itemsOf({ source: 'task:fix-2' })).toEqual([id]);
    expect(await world.base.itemsOf({ source: 'person:ann' })).toEqual([added.id]);
    const other = await world.share('code', 'Something else');
    const [first = '', second] = [id, other].sort();
    expect(await world.base.itemsOf({ source: 'agent:code', limit: 1 })).toEqual([first]);
    expect(await world.base.itemsOf({ source: 'agent:code', limit: 1, after: first })).toEqual([second]);
    await expect(world.base.sourcesOf('none')).rejects.toThrow(NotFoundError);
    await expect(world.base.itemsOf({ source: 'nonsense' })).rejects.toThrow(InvalidInputError);
  });
});

describe('retracting an agent', () => {
  it('archives what it alone said, and withdraws its votes, views and confirmations', async () => {
    const own = await world.share('bad', 'Only its word', 'fix-1');
    const shared = await world.share('bad', 'Others say so too', 'fix-1');
    await world.confirm(shared, 'good', 'fix-2');
    const others = await world.share('good', 'Not of it at all');
    await world.confirm(others, 'bad');
    await world.hub.voteUseful(others, 'bad', false);
    await world.hub.voteUseful(own, 'good');
    await world.hub.voteUseful(shared, 'bad');
    await world.view(others, 'bad');
    await world.view(others, 'good');
    const { id, figures, undo } = await retracted('agent:bad');
    expect(figures).toEqual({
      ...{ archived: 1, kept: 2, reverted: 0, unmerged: 0 },
      ...{ votes: 2, views: 1, confirmations: 1, usages: 0 },
    });
    expect(await world.base.get(own)).toMatchObject({ state: 'ARCHIVED', retractedBy: id, votes: 1 });
    expect(await world.base.get(shared)).toMatchObject({ state: 'EXPERIMENTAL', votes: 0, confirmations: 1 });
    expect(await world.base.get(others)).toMatchObject({ downvotes: 0, views: 1, confirmations: 0 });
    expect((await world.hub.queryKnowledge({})).map((item) => item.id).sort()).toEqual(
      [shared, others].sort(),
    );
    expect(
      await events(store).findOne({ tenant: world.tenant, itemId: own, act: 'retracted' }),
    ).toMatchObject({
      ...{ by: 'ops', detail: { from: 'EXPERIMENTAL', to: 'ARCHIVED', source: 'agent:bad', retraction: id } },
    });
    const standing = (await world.base.sourcesOf(shared)).filter(({ retractedBy }) => retractedBy === null);
    expect(standing.map(({ ref }) => ref)).toEqual(['good', 'fix-2']);
    await undo();
    expect(await world.base.retractions()).toMatchObject([{ id, state: 'undone' }]);
    expect(await world.base.retractions({ source: 'agent:good' })).toEqual([]);
  });

  it('withdraws use that only its own word tells of, and use that it reported by hand', async () => {
    const id = await world.share('good', 'Applied by many');
    for (let i = 0; i < 5; i++) await world.record({ id: `v${i}`, agent: 'bad', shown: [id], applied: [id] });
    const claimed = { success: false, source: 'agent' } as const;
    for (let i = 0; i < 3; i++)
      await world.record({ id: `c${i}`, agent: 'bad', shown: [id], applied: [id], outcome: claimed });
    await world.base.recordUsage(id, false, { by: 'bad' });
    await world.base.recordUsage(id, true, { by: 'good' });
    expect(await world.base.get(id)).toMatchObject({ usage: { applied: 10, successes: 6, shown: 8 } });
    const { figures, undo } = await retracted('agent:bad');
    expect(figures).toMatchObject({ archived: 0, usages: 4, views: 1 });
    expect(await world.base.get(id)).toMatchObject({
      ...{ state: 'VALIDATED', usage: { applied: 6, successes: 6, failures: 0, shown: 5 } },
    });
    expect((await rebuild(store, world.tenant)).changed).toEqual([]);
    expect(await world.base.get(id)).toMatchObject({ usage: { applied: 6, successes: 6 } });
    await undo();
    expect((await rebuild(store, world.tenant)).changed).toEqual([]);
  });

  it('takes its words back where it had overwritten those of others', async () => {
    const id = await world.share('good', 'Right at first');
    for (let i = 0; i < 5; i++) await world.base.recordUsage(id, true);
    const update = { newContent: 'wrong', changes: 'sabotage', by: 'bad', as: 'agent' } as const;
    await world.base.updateKnowledge(id, update);
    expect(await world.base.get(id)).toMatchObject({ version: 2, content: 'wrong', state: 'EXPERIMENTAL' });
    const { figures, undo } = await retracted('agent:bad');
    expect(figures).toMatchObject({ archived: 0, kept: 1, reverted: 1 });
    expect(await world.base.get(id)).toMatchObject({
      ...{ version: 3, content: (await world.base.getVersion(id, 1)).content },
      ...{ state: 'VALIDATED', usage: { successes: 5 } },
    });
    await undo();
    expect(await world.base.get(id)).toMatchObject({ version: 4, content: 'wrong', usage: { applied: 0 } });
  });

  it('leaves words that others wrote since, also when it is undone', async () => {
    const id = await world.share('good', 'First words');
    const edit = (by: string, newContent: string) =>
      world.base.updateKnowledge(id, { newContent, changes: 'x', by, as: 'agent' });
    await edit('bad', 'second words');
    await edit('good', 'third words');
    const first = await retracted('agent:bad');
    expect(first.figures).toMatchObject({ kept: 1, reverted: 0 });
    expect(await world.base.get(id)).toMatchObject({ version: 3, content: 'third words' });
    await first.undo();
    await edit('bad', 'fourth words');
    const { id: second } = await world.retract('agent:bad');
    expect(await world.base.get(id)).toMatchObject({ version: 5, content: 'third words' });
    await edit('good', 'fifth words');
    await world.base.undoRetraction(second, { by: 'ops' });
    expect(await world.base.get(id)).toMatchObject({ version: 6, content: 'fifth words' });
  });

  it('takes nothing new of it in by hand, and what its tasks discover only withdrawn', async () => {
    const id = await world.share('good', 'Known already');
    await world.share('bad', 'Of before');
    const { id: retraction } = await world.retract('agent:bad');
    const refusal = new RegExp(`agent:bad was retracted by ops on .* \\(compromised\\).*${retraction}`);
    await expect(world.share('bad', 'Of after')).rejects.toThrow(refusal);
    await expect(world.share('bad', 'Of after')).rejects.toThrow(ConflictError);
    await expect(world.hub.voteUseful(id, 'bad')).rejects.toThrow(refusal);
    await expect(world.base.recordUsage(id, true, { by: 'bad' })).rejects.toThrow(refusal);
    const update = { newContent: 'x', changes: 'x', by: 'bad', as: 'agent' } as const;
    await expect(world.base.updateKnowledge(id, update)).rejects.toThrow(refusal);
    const shown = async () => (await world.hub.queryKnowledge({})).map(({ title }) => title).sort();
    expect(await shown()).toEqual(['Known already']);
    const found = ['Known already', 'Wholly new'];
    const claimed = { success: true, source: 'agent' } as const;
    await world.record({
      id: 'late',
      agent: 'bad',
      shown: [id],
      applied: [id],
      outcome: claimed,
      discoveries: found,
    });
    expect(await shown()).toEqual(['Known already']);
    expect(await world.item(id)).toMatchObject({ views: 0, confirmations: 0, priority: 'MEDIUM' });
    expect(await world.base.itemsOf({ source: 'task:late' })).toHaveLength(2);
    await world.base.undoRetraction(retraction, { by: 'ops' });
    expect(await world.item(id)).toMatchObject({ views: 1 });
    expect(await world.base.get(id)).toMatchObject({ usage: { applied: 1, shown: 1, successes: 1 } });
    expect(await shown()).toEqual(['Known already', 'Known already', 'Of before', 'Wholly new']);
  });
});

describe('retracting a task', () => {
  it('withdraws what was said and applied in it, and keeps what its agents said elsewhere', async () => {
    const only = await world.share('code', 'Said in one task', 'bad-1');
    const twice = await world.share('code', 'Said in two tasks', 'bad-1');
    await world.confirm(twice, 'code', 'ok-1');
    const elsewhere = await world.share('test', 'Confirmed there', 'ok-1');
    await world.confirm(elsewhere, 'code', 'bad-1');
    for (let i = 0; i < 4; i++) await world.record({ id: `ok-${i}`, shown: [twice], applied: [twice] });
    const failed = { success: false, source: 'human' } as const;
    const unoffered = elsewhere;
    await world.record({ id: 'bad-1', shown: [twice], applied: [twice, unoffered], outcome: failed });
    await world.hub.markAsApplied(only, 'test', 'bad-1');
    await world.evolve();
    expect(await world.base.get(twice)).toMatchObject({
      state: 'VALIDATED',
      usage: { applied: 5, failures: 1 },
    });
    const { figures, undo } = await retracted('task:bad-1');
    expect(figures).toMatchObject({ archived: 1, kept: 2, votes: 0, views: 0, confirmations: 1, usages: 3 });
    expect(await world.base.get(only)).toMatchObject({ state: 'ARCHIVED', usage: { applied: 0 } });
    expect(await world.base.get(twice)).toMatchObject({ usage: { applied: 4, failures: 0, shown: 4 } });
    expect(await world.base.get(elsewhere)).toMatchObject({ confirmations: 0, usage: { applied: 0 } });
    await undo();
    expect((await rebuild(store, world.tenant)).changed).toEqual([]);
  });

  it('follows later words on it and executions that come later, until it is undone', async () => {
    const id = await world.share('code', 'Applied twice');
    const told = { success: false, source: 'agent' } as const;
    const executionId = await world.record({ id: 'bad', shown: [id], applied: [id], outcome: told });
    const { id: retraction } = await world.retract('task:bad');
    await world.correct(executionId, { success: true, source: 'human' });
    expect(await world.base.get(id)).toMatchObject({ usage: { applied: 0, successes: 0, failures: 0 } });
    const again = await interactions(store).findOne({ _id: executionId });
    expect(again?.taskId).toBe('bad');
    expect((await rebuild(store, world.tenant)).changed).toEqual([]);
    await world.base.undoRetraction(retraction, { by: 'ops' });
    expect(await world.base.get(id)).toMatchObject({ usage: { applied: 1, successes: 1, failures: 0 } });
  });

  it('lets items come to the states that the rest calls for, and back', async () => {
    const id = await world.share('code', 'Brought down');
    for (let i = 0; i < 5; i++) await world.record({ id: `ok-${i}`, shown: [id], applied: [id] });
    const failed = { success: false, source: 'verifier' } as const;
    for (let i = 0; i < 8; i++) await world.base.recordUsage(id, false, { by: 'saboteur', usageId: `s${i}` });
    await world.record({ id: 'bad', shown: [id], applied: [id], outcome: failed });
    expect((await world.base.get(id)).state).toBe('DEPRECATED');
    const { figures, undo } = await retracted('agent:saboteur');
    expect(figures.usages).toBe(8);
    expect(await world.base.get(id)).toMatchObject({
      state: 'VALIDATED',
      usage: { successes: 5, failures: 1 },
    });
    await undo();
  });
});

describe('other sources', () => {
  it('withdraws what was made from a learning', async () => {
    const share = shareSchema.parse({
      sourceAgent: 'journeyman',
      type: 'BEST_PRACTICE',
      title: 't',
      content: 'c',
    });
    const sources = [{ kind: 'learning' as const, ref: 'l1' }];
    const draft = { ...draftOf(share), trust: 'derived' as const, learningId: 'l1', channel: null, sources };
    await store.transaction((session) => insertItems(store, world.tenant, [draft], session));
    const { id, figures, undo } = await retracted('learning:l1');
    expect(figures).toMatchObject({ archived: 1, kept: 0 });
    expect(await world.base.get(draft.id)).toMatchObject({ state: 'ARCHIVED', retractedBy: id });
    await undo();
  });

  it('withdraws what a person entered', async () => {
    const added = await world.base.addKnowledge({
      ...{ category: 'c', title: 'of a person', content: { a: 1 }, by: 'eve' },
    });
    await world.base.updateKnowledge(added.id, { newContent: { a: 2 }, changes: 'x', by: 'ann' });
    const other = await world.base.addKnowledge({
      ...{ category: 'c', title: 'of hers alone', content: { a: 1 }, by: 'eve' },
    });
    const { figures, undo } = await retracted('person:eve');
    expect(figures).toMatchObject({ archived: 1, kept: 1, reverted: 0 });
    expect((await world.base.get(other.id)).state).toBe('ARCHIVED');
    await expect(
      world.base.updateKnowledge(added.id, { newContent: { a: 3 }, changes: 'x', by: 'eve' }),
    ).rejects.toThrow(ConflictError);
    await undo();
    const { figures: ofAnn, undo: undoAnn } = await retracted('person:ann');
    expect(ofAnn).toMatchObject({ archived: 0, kept: 1, reverted: 1 });
    expect(await world.base.get(added.id)).toMatchObject({ version: 3, content: { a: 1 } });
    await undoAnn();
  });

  it('refuses sources that are none, and retractions that are not there', async () => {
    await expect(world.retract('nobody')).rejects.toThrow(/source: "nobody" is not allowed/);
    await expect(world.base.undoRetraction('r_none', { by: 'ops' })).rejects.toThrow(NotFoundError);
    const { id, figures } = await world.retract('agent:nobody-knows');
    expect(Object.values(figures).every((count) => count === 0)).toBe(true);
    await expect(world.retract('agent:nobody-knows')).rejects.toThrow(
      /is retracted by ops since .*undo that first/,
    );
    await world.base.undoRetraction(id, { by: 'ops' });
    await expect(world.base.undoRetraction(id, { by: 'ops' })).rejects.toThrow(/was undone by ops/);
    expect((await world.retract('agent:nobody-knows')).id).not.toBe(id);
  });

  it('keeps to its tenant', async () => {
    const id = await world.share('bad', 'Of this tenant');
    const other = new World(store, `${world.tenant}-other`);
    const { figures } = await other.retract('agent:bad');
    expect(figures.archived).toBe(0);
    expect((await world.base.get(id)).state).toBe('EXPERIMENTAL');
    await world.share('bad', 'Taken in here still');
  });
});
