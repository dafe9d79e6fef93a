import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Slot, Slots } from '../../src/store/slots.js';
import { openStore, type Store } from '../../src/store/store.js';
import { openMongoDoor } from '../workflow/mongo-door.js';

let store: Store;
const database = `slots-${randomUUID().slice(0, 8)}`;
const never = new AbortController().signal;
const quick = { lease: 1_500, renewEvery: 300 };
let children: ChildProcess[] = [];
beforeAll(() => {
  setMaxListeners(0, never);
  store = openStore({ uri: inject('mongoUri'), database });
});
afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  children = [];
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

/** A process that holds a slot; `said` is all that it printed. */
async function holder(name: string, limit: number): Promise<{ child: ChildProcess; said: () => string }> {
  const script = join(import.meta.dirname, 'slot-holder.ts');
  const args = ['--import', 'tsx', script, inject('mongoUri'), database, name, String(limit)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  while (!said.includes('held')) {
    if (child.exitCode !== null) throw new Error(`the holder ended with ${child.exitCode}`);
    await sleep(20);
  }
  return { child, said: () => said };
}

describe('slots', () => {
  it('are never held by more than the limit, and all who ask get one', async () => {
    const workers = [new Slots(store), new Slots(store), new Slots(store)];
    let held = 0;
    let most = 0;
    let waited = 0;
    await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const slot = await workers[index % 3]?.acquire('crowd', 3, never, () => {
          waited += 1;
        });
        held += 1;
        most = Math.max(most, held);
        // All others ask while the first are at work.
        await expect.poll(() => waited, { timeout: 20_000 }).toBe(27);
        await sleep(20);
        expect(slot?.lost.aborted).toBe(false);
        held -= 1;
        await slot?.release();
      }),
    );
    expect(most).toBe(3);
    expect(waited).toBe(27);
    expect(await store.collection('slots').countDocuments({ _id: /^crowd\|/ as never })).toBe(3);
  });

  it('stay below the limit of each worker, whatever others allow', async () => {
    const slots = new Slots(store);
    const many = await Promise.all(
      Array.from({ length: 3 }, () => slots.acquire('mixed', 3, never, () => {})),
    );
    await many[0]?.release();
    await many[1]?.release();
    // Whichever number is left, a limit of two may take one or two, and a third must wait.
    const few: Slot[] = [];
    const gaveUp = AbortSignal.timeout(1_000);
    const asked = Array.from({ length: 3 }, () =>
      new Slots(store).acquire('mixed', 2, gaveUp, () => {}).then((slot) => few.push(slot)),
    );
    await Promise.allSettled(asked);
    expect(few.length).toBeGreaterThanOrEqual(1);
    expect(few.length).toBeLessThanOrEqual(2);
    const taken = await store
      .collection<{ _id: string; holder: string | null }>('slots')
      .find({ _id: 'mixed|2', holder: { $ne: null } })
      .toArray();
    expect(few.length + taken.length).toBe(taken.length === 1 ? 3 : 1);
    for (const slot of [...many, ...few]) await slot.release();
  });

  it('of one name are not those of another', async () => {
    const slots = new Slots(store);
    const one = await slots.acquire('one', 1, never, () => {});
    const other = await slots.acquire('other', 1, AbortSignal.timeout(1_000), () => expect.unreachable());
    expect([one.lost.aborted, other.lost.aborted]).toEqual([false, false]);
    await Promise.all([one.release(), other.release()]);
  });

  it('stay held for longer than their lease while their holder lives', async () => {
    const slots = new Slots(store, quick);
    const slot = await slots.acquire('long', 1, never, () => {});
    await expect(slots.acquire('long', 1, AbortSignal.timeout(2_500), () => {})).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(slot.lost.aborted).toBe(false);
    await slot.release();
    await (await slots.acquire('long', 1, AbortSignal.timeout(1_000), () => {})).release();
  });

  it('of a killed process are free after their lease', async () => {
    const { child } = await holder('killed', 1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const slots = new Slots(store, quick);
    const began = performance.now();
    const slot = await slots.acquire('killed', 1, AbortSignal.timeout(10_000), () => {});
    expect(performance.now() - began).toBeGreaterThan(500);
    expect(performance.now() - began).toBeLessThan(4_000);
    await slot.release();
  });

  it('of a process that stood still are lost to it, and it does not take them back', async () => {
    const { child, said } = await holder('paused', 1);
    child.kill('SIGSTOP');
    const slots = new Slots(store, quick);
    const slot = await slots.acquire('paused', 1, AbortSignal.timeout(10_000), () => {});
    expect(said()).toBe('held\n');
    child.kill('SIGCONT');
    const deadline = Date.now() + 5_000;
    while (!said().includes('lost') && Date.now() < deadline) await sleep(20);
    expect(said()).toBe('held\nlost\n');
    await sleep(500);
    expect(slot.lost.aborted).toBe(false);
    await slot.release();
  });

  it('are held on to while the store is away, and lost only when another has them by then', async () => {
    const door = await openMongoDoor(inject('mongoUri'));
    const behind = openStore({ uri: door.uri, database });
    try {
      const [slot, kept] = await Promise.all(
        ['away', 'kept'].map((name) => new Slots(behind, quick).acquire(name, 1, never, () => {})),
      );
      await door.refuse();
      const other = await new Slots(store, quick).acquire('away', 1, AbortSignal.timeout(10_000), () => {});
      await sleep(1_000);
      expect([slot?.lost.aborted, kept?.lost.aborted]).toEqual([false, false]);
      await door.open();
      if (slot?.lost.aborted === false)
        await once(slot.lost, 'abort', { signal: AbortSignal.timeout(10_000) });
      expect(other.lost.aborted).toBe(false);
      // Nobody took this one, and so its lease goes on.
      await expect(
        new Slots(store, quick).acquire('kept', 1, AbortSignal.timeout(3_000), () => {}),
      ).rejects.toMatchObject({ name: 'TimeoutError' });
      expect(kept?.lost.aborted).toBe(false);
      await Promise.all([slot?.release(), kept?.release(), other.release()]);
    } finally {
      await door.close();
      await behind.close();
    }
  });

  it('are given uncounted while the store is away', async () => {
    const door = await openMongoDoor(inject('mongoUri'));
    const behind = openStore({ uri: door.uri, database, deadlineMs: 300 });
    await door.refuse();
    try {
      const slots = new Slots(behind, quick);
      const began = performance.now();
      const given = await Promise.all(
        Array.from({ length: 5 }, () => slots.acquire('uncounted', 1, never, () => expect.unreachable())),
      );
      expect(performance.now() - began).toBeLessThan(3_500);
      await Promise.all(given.map((slot) => slot.release()));
    } finally {
      await door.close();
      await behind.close();
    }
  });

  it('are not waited for any longer by a call that was cancelled', async () => {
    const slots = new Slots(store);
    const slot = await slots.acquire('cancelled', 1, never, () => {});
    const ending = new AbortController();
    const reason = new Error('cancelled');
    await expect(slots.acquire('cancelled', 1, ending.signal, () => ending.abort(reason))).rejects.toBe(
      reason,
    );
    await slot.release();
    await expect(slots.acquire('cancelled', 1, ending.signal, () => {})).rejects.toBe(reason);
    await (await slots.acquire('cancelled', 1, AbortSignal.timeout(1_000), () => {})).release();
  });
});
