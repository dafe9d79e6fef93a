import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { knowledgeItems, knowledgeSources } from '../../src/knowledge/collections.js';
import { shareSchema } from '../../src/knowledge/inputs.js';
import { draftOf, insertItems } from '../../src/knowledge/insert-items.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { retractions } from '../../src/knowledge/provenance/retractions.js';
import { ensureChannels } from '../../src/knowledge/sharing/channels.js';
import { setUpStore } from '../../src/setup.js';
import { ConflictError } from '../../src/shared/errors.js';
import { openStore, type Store } from '../../src/store/store.js';
import { World } from './knowledge-provenance-world.js';

const database = `provenance-${randomUUID().slice(0, 8)}`;
let store: Store;
let tenants = 0;
let world: World;

beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database, deadlineMs: 20_000 });
  await setUpStore(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});
beforeEach(() => {
  world = new World(store, `t${++tenants}`);
});

/** Items of one agent, without the search for what says the same; every third has another source, too. */
async function many(count: number): Promise<void> {
  await ensureChannels(store, world.tenant);
  for (let from = 0; from < count; from += 200)
    await store.transaction(async (session) => {
      const drafts = Array.from({ length: Math.min(200, count - from) }, (_, at) =>
        draftOf(
          shareSchema.parse({
            ...{ id: `k${from + at}`, sourceAgent: 'bad', type: 'DISCOVERY', title: `t${from + at}` },
            ...{ content: `number ${from + at}` },
          }),
        ),
      );
      await insertItems(store, world.tenant, drafts, session);
    });
  for (let at = 0; at < count; at += 3) await world.confirm(`k${at}`, 'good');
}
const withdrawn = () =>
  knowledgeItems(store).countDocuments({ tenant: world.tenant, retractedBy: { $ne: null } });

/** Runs a retraction, or its undoing, in a process of its own, and kills that once it got somewhere. */
async function killed(what: string, isUnderWay: () => Promise<boolean>): Promise<void> {
  const script = join(import.meta.dirname, 'knowledge-provenance-retractor.ts');
  const args = ['--import', 'tsx', script, inject('mongoUri'), database, world.tenant, what];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  while (!(await isUnderWay())) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode} before it could be killed`);
    await sleep(5);
  }
  child.kill('SIGKILL');
  await ended;
  expect(child.signalCode).toBe('SIGKILL');
}
/** As if the minute had passed in which its process may still be alive. */
const forgotten = () =>
  retractions(store).updateMany({ tenant: world.tenant }, { $set: { heldUntil: new Date(0) } });

describe('a retraction', () => {
  it('goes on after its process was killed, and so does its undoing', { timeout: 240_000 }, async () => {
    await many(1_000);
    const before = await world.snapshot();
    const { figures: told } = await world.retract('agent:bad', true);
    expect(told).toMatchObject({ archived: 666, kept: 334 });
    await killed('agent:bad', async () => (await withdrawn()) > 0);
    const [left] = await world.base.retractions();
    expect(left).toMatchObject({ state: 'running' });
    expect(await withdrawn()).toBeLessThan(666);
    await expect(world.retract('agent:bad')).rejects.toThrow(/agent:bad is being retracted by ops since/);
    await forgotten();
    const done = await world.retract('agent:bad');
    expect(done).toMatchObject({ id: left?.id, state: 'done', figures: told });
    expect(await withdrawn()).toBe(666);
    await killed(done.id, async () => (await withdrawn()) < 666);
    expect(await withdrawn()).toBeGreaterThan(0);
    await expect(world.base.undoRetraction(done.id, { by: 'ops' })).rejects.toThrow(/Another run is working/);
    await expect(world.retract('agent:bad')).rejects.toThrow(/is being undone/);
    await forgotten();
    expect(await world.base.undoRetraction(done.id, { by: 'ops' })).toMatchObject({ state: 'undone' });
    expect(await world.snapshot()).toEqual(before);
  });

  it('is made once when two begin at once', async () => {
    await many(300);
    const both = await Promise.allSettled([world.retract('agent:bad'), world.retract('agent:bad')]);
    const refused = both.filter((each): each is PromiseRejectedResult => each.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toBeInstanceOf(ConflictError);
    expect(refused[0]?.reason).toMatchObject({
      message: expect.stringMatching(/agent:bad is (being )?retracted/),
    });
    const done = await world.base.retractions();
    expect(done).toMatchObject([{ state: 'done', figures: { archived: 200, kept: 100 } }]);
  });

  it('that failed is finished by the evolve run', async () => {
    await many(10);
    const broken = new KnowledgeBase(store, world.tenant, undefined, {
      executions: () => {
        throw new Error('the interactions cannot be read');
      },
    });
    const asked = { source: 'agent:bad', by: 'ops', reason: 'compromised' };
    await expect(broken.retract(asked)).rejects.toThrow(/cannot be read/);
    expect(await world.base.retractions()).toMatchObject([{ state: 'running', doneAt: null }]);
    await world.evolve();
    expect(await world.base.retractions()).toMatchObject([
      { state: 'done', figures: { archived: 6, kept: 4 } },
    ]);
    const without = new KnowledgeBase(store, world.tenant);
    await expect(without.retract({ ...asked, source: 'task:x' })).rejects.toThrow(/made without executions/);
  });

  it('reaches what was shared by a transaction that had begun before it', async () => {
    await many(3);
    const { id } = await world.retract('agent:bad');
    const late = { tenant: world.tenant, id: 'k1' };
    await knowledgeItems(store).updateOne(late, { $set: { state: 'EXPERIMENTAL', retractedBy: null } });
    await knowledgeSources(store).updateOne(late, { $set: { retractedBy: null } });
    await world.evolve();
    expect(await world.item('k1')).toMatchObject({ state: 'ARCHIVED', retractedBy: id });
  });
});
