/** Values near what Temporal takes: each would stall or end its task if it went through as it is. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import { newsSignal } from '../../src/shared/messages.js';
import { jsonBytes } from '../../src/shared/sizes.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from './harness.js';
import { type MongoDoor, openMongoDoor } from './mongo-door.js';
import { waitUntil } from './wait-until.js';

let harness: Harness;
let door: MongoDoor;
/** What the last of the stages was given. */
let given: AgentTask | undefined;
let release = (): void => {};
const released = new Promise<void>((resolve) => {
  release = resolve;
});
const wordy = () => ({
  output: 'done',
  actions: Array.from({ length: 1_200 }, (_, index) => ({
    type: 'edit',
    input: { path: `f${index}`, text: 'x'.repeat(700) },
  })),
});
const fails = () => {
  throw new Error('x'.repeat(900_000));
};
beforeAll(async () => {
  door = await openMongoDoor(inject('mongoUri'));
  harness = await startHarness({
    mongoUri: door.uri,
    agents: {
      lead: (task) => ({
        output: task.role === 'lead-split' ? { parts: Array.from({ length: 20 }, (_, i) => i) } : 'whole',
      }),
      part: () => ({ output: 'part' }),
      fails,
      failsToo: fails,
      failsAlso: fails,
      a: wordy,
      b: wordy,
      c: wordy,
      d: (task) => {
        given = task;
        return wordy();
      },
      says: () => ({ output: 'x'.repeat(1_000_000) }),
      shouts: () => ({ output: { text: 'y'.repeat(1_000_000) } }),
      waits: () => released.then(() => ({})),
    },
    config: {
      workspaces: { root: await mkdtemp(path.join(tmpdir(), 'journeyman-large-root-')) },
      agents: ['x', 'y'].map((type) => ({
        type,
        kind: 'command',
        taskQueue: `large-${process.pid}-${type}`,
        command: [
          'node',
          '-e',
          `require('fs').writeFileSync('${type}.bin', require('crypto').randomBytes(900000)); console.log(JSON.stringify({success:true}))`,
        ],
      })),
    },
  });
});
afterAll(async () => {
  await door.open();
  await harness.stop();
  await door.close();
});

const ends = async (request: Partial<TaskRequest>) => {
  const task = await harness.client.startTask({ description: 'Do it', ...request });
  const result = await Promise.race([task.result(), sleep(25_000, 'hangs' as const)]);
  if (result === 'hangs') await harness.temporal.workflow.getHandle(task.workflowId).terminate('hangs');
  return result;
};

it('twenty parts with a context of 300 KB each are called', async () => {
  const result = await ends({
    plan: { strategy: 'hierarchical', agents: ['lead', 'part'] },
    context: { prompt: 'x'.repeat(300_000) },
  });
  expect(result).toMatchObject({ success: true, output: 'whole' });
}, 40_000);

it('later stages are told of earlier ones, however much those did', async () => {
  const plan: TaskRequest['plan'] = {
    strategy: 'sequential',
    agents: ['a', 'b', 'c', 'd'],
    onFailure: 'stop',
  };
  expect(await ends({ plan })).toMatchObject({ success: true });
  expect(given?.earlier.map(({ agentType, report }) => [agentType, report.output])).toEqual([
    ['a', 'done'],
    ['b', 'done'],
    ['c', 'done'],
  ]);
  expect(jsonBytes(given?.earlier)).toBeLessThanOrEqual(1_000_000);
}, 40_000);

it('failures that say too much are failures', async () => {
  const result = await ends({
    plan: { strategy: 'sequential', agents: ['fails', 'failsToo', 'failsAlso'] },
  });
  expect(result).toMatchObject({ success: false, reason: expect.stringMatching(/^x{100}/) });
}, 40_000);

it('outputs that are too large together keep what fits', async () => {
  const result = await ends({ plan: { strategy: 'parallel', agents: ['says', 'shouts', 'part'] } });
  expect(result).toMatchObject({
    success: true,
    output: { says: expect.stringMatching(/^x{500000}.*\[cut: too large to keep\]$/), part: 'part' },
  });
  expect(jsonBytes(result)).toBeLessThan(2_000_000);
}, 40_000);

it('a person is shown what fits of a result', async () => {
  const task = await harness.client.startTask({
    description: 'x',
    agents: ['says'],
    approval: { when: 'after' },
  });
  const shown = await waitUntil('it asks', async () => (await task.progress()).approval?.result);
  expect(shown?.output).toMatch(/^x{40000,}.*\[cut: too large to keep\]$/);
  await task.decide({ approved: true, by: 'ana' });
  expect((await task.result()).output).toHaveLength(1_000_000);
}, 40_000);

it('a context that no call can carry fails its agent, and does not stall its task', async () => {
  const result = await ends({ agents: ['part'], context: { text: '\u6f22'.repeat(640_000) } });
  expect(result).toMatchObject({
    success: false,
    reason: expect.stringMatching(/more than the \d+ that a call/),
  });
}, 40_000);

it('news that is no news, or too much of it, harms no task', async () => {
  const task = await harness.client.startTask({ description: 'x', agents: ['waits'] });
  await waitUntil('it runs', async () => (await task.progress()).agents[0]?.state === 'running');
  const handle = harness.temporal.workflow.getHandle(task.workflowId);
  await handle.signal('news');
  await handle.signal('news', { id: 7 });
  for (const id of ['one', 'two', 'three'])
    await handle.signal(newsSignal, {
      id,
      version: 1,
      type: 'WARNING',
      title: id,
      content: 'x'.repeat(140_000),
      state: 'EXPERIMENTAL',
      source: 'person',
    });
  const inbox = await waitUntil('the news', async () => {
    const news = await handle.query<{ id: string }[]>('inbox');
    return news.at(-1)?.id === 'three' ? news : undefined;
  });
  expect(inbox?.map(({ id }) => id)).toEqual(['two', 'three']);
  release();
  expect(await task.result()).toMatchObject({ success: true });
}, 40_000);

describe('while the store is away', () => {
  it('two changes of 900 KB do not keep a task from its end, nor its record from the store', async () => {
    const source = await mkdtemp(path.join(tmpdir(), 'journeyman-large-source-'));
    await writeFile(path.join(source, 'a.txt'), 'a\n');
    await door.refuse();
    const result = await ends({
      plan: { strategy: 'parallel', agents: ['x', 'y'] },
      workspace: { source, isolation: 'copy' },
    });
    await door.open();
    expect(result).toMatchObject({
      success: true,
      recording: 'deferred',
      change: { files: 1, diff: { inline: expect.any(String) } },
    });
    const { taskId } = result as { taskId: string };
    const record = await waitUntil(
      'the record',
      () => interactions(harness.store).findOne({ taskId }),
      30_000,
    );
    expect(record?.attempts.map(({ change }) => typeof change?.diff?.inline)).toEqual(
      expect.arrayContaining(['string', 'undefined']),
    );
  }, 90_000);
});
