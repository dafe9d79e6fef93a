/** What grows over Temporal's limits: contexts, earlier reports, and changes that the store could not take. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from '../workflow/harness.js';
import { type MongoDoor, openMongoDoor } from '../workflow/mongo-door.js';

let harness: Harness;
let door: MongoDoor;
const large = () => ({
  success: true,
  output: 'done',
  actions: Array.from({ length: 900 }, (_, i) => ({ type: 'edit', input: { path: `f${i}`, text: 'x'.repeat(700) } })),
  results: Array.from({ length: 900 }, () => ({ success: true })),
});
beforeAll(async () => {
  door = await openMongoDoor(inject('mongoUri'));
  harness = await startHarness({
    mongoUri: door.uri,
    agents: {
      lead: (task) => ({ output: task.role === 'lead-split' ? { parts: Array.from({ length: 20 }, (_, i) => i) } : 'whole' }),
      part: () => ({ output: 'part' }),
      a: large, b: large, c: large, d: large,
    },
    config: {
      workspaces: { root: await mkdtemp(path.join(tmpdir(), 'journeyman-review-root-')) },
      agents: ['x', 'y'].map((type) => ({
        type, kind: 'command', taskQueue: `review-sizes-${process.pid}-${type}`,
        command: ['node', '-e', `require('fs').writeFileSync('${type}.bin', require('crypto').randomBytes(700000)); console.log(JSON.stringify({success:true}))`],
      })),
    },
  });
});
afterAll(async () => {
  await door.open();
  await harness.stop();
  await door.close();
});
const ends = async (request: Partial<TaskRequest>, ms = 20_000) => {
  const task = await harness.client.startTask({ description: 'Do it', ...request });
  const result = await Promise.race([task.result().catch((error: unknown) => String(error)), sleep(ms, 'hangs' as const)]);
  if (typeof result === 'string') {
    const handle = harness.temporal.workflow.getHandle(task.workflowId);
    const { events } = await handle.fetchHistory();
    const failed = events?.findLast((event) => event.workflowTaskFailedEventAttributes != null)?.workflowTaskFailedEventAttributes;
    console.log('ended badly:', result, JSON.stringify({ cause: failed?.cause, message: failed?.failure?.message }), events?.length);
    if (result === 'hangs') await handle.terminate('review');
  }
  return result;
};
it('a context of 300 KB for twenty parts', async () => {
  const result = await ends({ plan: { strategy: 'hierarchical', agents: ['lead', 'part'] }, context: { prompt: 'x'.repeat(300_000) } });
  expect(result).toMatchObject({ success: true });
});
it('earlier reports of 700 KB', async () => {
  const result = await ends({ plan: { strategy: 'sequential', agents: ['a', 'b', 'c', 'd'], onFailure: 'stop' } });
  expect(result).toMatchObject({ success: true });
});
it('two changes of 700 KB while the store is away', async () => {
  const source = await mkdtemp(path.join(tmpdir(), 'journeyman-review-src-'));
  await writeFile(path.join(source, 'a.txt'), 'a\n');
  await door.refuse();
  const result = await ends({ plan: { strategy: 'parallel', agents: ['x', 'y'] }, workspace: { source, isolation: 'copy' } }, 40_000);
  await door.open();
  console.log('away', JSON.stringify(result).slice(0, 400));
  expect(result).toMatchObject({ success: true, recording: 'deferred' });
}, 90_000);
