/** Workers that shut down while their agents work. */
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { createWorker } from '../../src/worker.js';
import { type Harness, startHarness } from './harness.js';
import { waitUntil } from './wait-until.js';

/** Says what it used, and goes on for ever. */
const lines = [
  { type: 'system', subtype: 'init', session_id: 's1', model: 'm', tools: [] },
  {
    type: 'assistant',
    session_id: 's1',
    message: {
      id: 'm1',
      role: 'assistant',
      content: [{ type: 'text', text: 'working' }],
      usage: { input_tokens: 1_000, output_tokens: 500 },
    },
  },
];
const program = `for (const line of ${JSON.stringify(lines)}) console.log(JSON.stringify(line)); setTimeout(() => {}, 60000)`;
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    config: {
      agents: [
        {
          type: 'cli',
          kind: 'command',
          taskQueue: `shut-down-${process.pid}`,
          command: ['node', '-e', program],
          transcript: 'stream-json',
          prompt: {},
          price: { inputPerMillion: 1_000, outputPerMillion: 1_000 },
        },
      ],
    },
    withoutWorker: true,
  });
});
afterAll(() => harness.stop());

async function host(agents: string[]): Promise<{ stop: () => Promise<void> }> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const { config, store } = harness;
  const worker = await createWorker({ config, store, connection, namespace: 'default', agents });
  const running = worker.run();
  const stop = async (): Promise<void> => {
    worker.shutdown();
    await running;
    await connection.close();
  };
  return { stop };
}

it('an agent that does not end in time has failed, and what it spent counts', async () => {
  const main = await host([]);
  const hosting = await host(['cli']);
  try {
    const task = await harness.client.startTask({ description: 'x', agents: ['cli'] });
    const handle = harness.temporal.workflow.getHandle(task.workflowId);
    await waitUntil('it spends', async () => {
      const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
      const details = pending?.heartbeatDetails?.payloads?.[0]?.data;
      return details != null && Buffer.from(details).toString().includes('"input":1000');
    });
    await hosting.stop();
    expect(await task.result()).toMatchObject({
      success: false,
      source: 'system',
      reason: "the agent's worker was shut down",
      cost: 1.5,
    });
    const record = await interactions(harness.store).findOne({ taskId: task.taskId });
    expect(record?.attempts).toEqual([
      expect.objectContaining({
        success: false,
        source: 'system',
        report: expect.objectContaining({ tokens: { input: 1_000, output: 500 }, output: 'working' }),
      }),
    ]);
  } finally {
    await main.stop();
  }
}, 90_000);
