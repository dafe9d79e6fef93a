/** Tasks that a store which is away must not stop. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Harness, startHarness } from '../workflow/harness.js';
import { type MongoDoor, openMongoDoor } from '../workflow/mongo-door.js';
import { waitUntil } from '../workflow/wait-until.js';

let harness: Harness;
let door: MongoDoor;
beforeAll(async () => {
  door = await openMongoDoor(inject('mongoUri'));
  const writes = (type: string, waitMs: number) => ({
    type, kind: 'command', taskQueue: `review-away-${process.pid}-${type}`,
    command: ['node', '-e', `require('fs').writeFileSync('${type}.txt', '${type}\\n'); setTimeout(() => console.log(JSON.stringify({success:true})), ${waitMs})`],
  });
  harness = await startHarness({
    mongoUri: door.uri,
    agents: { pause: () => sleep(6_000).then(() => ({ success: true })) },
    config: {
      workspaces: { root: await mkdtemp(path.join(tmpdir(), 'journeyman-review-root-')) },
      agents: [writes('first', 0), writes('second', 0), { ...writes('limited', 25_000), limits: { maxConcurrentTotal: 2 } }],
    },
  });
});
afterAll(async () => {
  await door.open();
  await harness.stop();
  await door.close();
});
it('an agent that is limited over all workers works on while the store is away', async () => {
  const task = await harness.client.startTask({ description: 'x', agents: ['limited'] });
  await waitUntil('it runs', async () => (await task.progress()).agents[0]?.state === 'running');
  await sleep(3_000);
  await door.refuse();
  const result = await task.result();
  await door.open();
  expect(result.reason).toBeUndefined();
  expect(result.success).toBe(true);
}, 90_000);
it('a later stage goes on from the change before it while the store is away', async () => {
  await sleep(3_000);
  const source = await mkdtemp(path.join(tmpdir(), 'journeyman-review-src-'));
  await writeFile(path.join(source, 'a.txt'), 'a\n');
  const task = await harness.client.startTask({ description: 'x', plan: { strategy: 'sequential', agents: ['first', 'pause', 'second'], onFailure: 'stop' }, workspace: { source, isolation: 'copy' } });
  await waitUntil('first is done', async () => (await task.progress()).agents[1]?.state === 'running');
  await sleep(2_000);
  await door.refuse();
  const result = await task.result();
  await door.open();
  expect(result.reason).toBeUndefined();
  expect(result.success).toBe(true);
}, 90_000);
