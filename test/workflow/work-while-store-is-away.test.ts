/** Agents at work while the store goes away. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Harness, startHarness } from './harness.js';
import { type MongoDoor, openMongoDoor } from './mongo-door.js';
import { waitUntil } from './wait-until.js';

let harness: Harness;
let door: MongoDoor;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman-away-'));
  door = await openMongoDoor(inject('mongoUri'));
  const writes = (type: string, waitMs: number) => ({
    type,
    kind: 'command',
    taskQueue: `store-away-${process.pid}-${type}`,
    command: [
      'node',
      '-e',
      `require('fs').writeFileSync('${type}.txt', '${type}\\n'); setTimeout(() => console.log(JSON.stringify({success:true})), ${waitMs})`,
    ],
  });
  harness = await startHarness({
    mongoUri: door.uri,
    agents: { pause: () => sleep(5_000).then(() => ({ success: true })) },
    config: {
      workspaces: { root: path.join(folder, 'root') },
      agents: [
        writes('first', 0),
        writes('second', 0),
        { ...writes('limited', 22_000), cwd: folder, limits: { maxConcurrentTotal: 2 } },
      ],
    },
  });
});
afterAll(async () => {
  await door.open();
  await harness.stop();
  await door.close();
  await rm(folder, { recursive: true });
});

it('an agent that is limited over all workers works on', async () => {
  const task = await harness.client.startTask({ description: 'x', agents: ['limited'] });
  await waitUntil('it runs', async () => (await task.progress()).agents[0]?.state === 'running');
  await sleep(3_000);
  await door.refuse();
  const result = await task.result();
  await door.open();
  expect(result.reason).toBeUndefined();
  expect(result.success).toBe(true);
}, 90_000);

it('a verifier goes on from a change of before, and that goes into its source', async () => {
  // The store was away a moment ago, and the change is to be in it.
  await sleep(3_000);
  const source = path.join(folder, 'source');
  await mkdir(source);
  await writeFile(path.join(source, 'a.txt'), 'a\n');
  const task = await harness.client.startTask({
    description: 'x',
    agents: ['first'],
    workspace: { source, isolation: 'copy', apply: 'success' },
    verifiers: [
      { name: 'pause', agent: 'pause' },
      { name: 'second', agent: 'second' },
    ],
  });
  await waitUntil('first is done', async () => (await task.progress()).agents[1]?.state === 'running');
  await sleep(2_000);
  await door.refuse();
  const result = await task.result();
  await door.open();
  const { agents } = await task.progress();
  expect(agents[2]?.state).toBe('done');
  expect(result.change).toMatchObject({ applied: true });
}, 90_000);
