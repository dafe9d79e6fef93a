import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { type Harness, startHarness } from '../workflow/harness.js';
import { seedLearnings } from '../workflow/seed-learnings.js';
import { waitUntil } from '../workflow/wait-until.js';
import { pythonMissing, pythonPackages } from './python-packages.js';

const missing = pythonMissing();
if (missing !== null) process.stderr.write(`SKIPPED: the agent in Python. ${missing}\n`);

describe.skipIf(missing !== null)(`an agent in Python${missing === null ? '' : ` (${missing})`}`, () => {
  const taskQueue = `python-${randomUUID().slice(0, 8)}`;
  let harness: Harness;
  let agent: ChildProcess;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'journeyman-python-'));
    harness = await startHarness({
      config: {
        agents: [
          {
            type: 'snake',
            kind: 'activity',
            taskQueue,
            limits: { heartbeatSeconds: 2 },
            capabilities: ['sql'],
          },
        ],
      },
    });
    await seedLearnings(harness.store, 'acme', 'bug_fix', 2);
    agent = spawn('python3', [join(import.meta.dirname, 'agent.py'), inject('temporalAddress'), taskQueue], {
      env: { ...process.env, PYTHONPATH: await pythonPackages(), PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ready = await Promise.race([
      once(agent.stdout as NodeJS.ReadableStream, 'data').then(() => true),
      once(agent, 'exit').then(() => false),
    ]);
    if (!ready) throw new Error('the agent in Python ended before it was ready');
  }, 300_000);
  afterAll(async () => {
    if (agent?.exitCode === null) {
      agent.stdin?.end();
      await once(agent, 'exit');
    }
    await harness.stop();
    await rm(folder, { recursive: true });
  });

  const description = 'Fix the bug in the parser';

  it('is given the task as plain JSON; its report is recorded field by field', async () => {
    const result = await harness.client.executeTask({
      description,
      agents: ['snake'],
      context: { table: 'prices', naïve: [true, null, 1e-3] },
    });
    expect(result).toMatchObject({ success: true, source: 'agent', cost: 0.125, plan: 'single(snake)' });
    expect(result.lessons).toHaveLength(2);
    const record = await interactions(harness.store).findOne({ _id: result.executionId });
    expect(record?.attempts).toHaveLength(1);
    const [attempt] = record?.attempts ?? [];
    expect(attempt).toMatchObject({ agentType: 'snake', role: 'worker', success: true, decisive: true });
    expect(attempt?.report).toEqual({
      success: true,
      output: {
        agentType: 'snake',
        context: { table: 'prices', naïve: [true, null, 1e-3] },
        description,
        earlier: [],
        idempotencyKey: `${result.executionId}/1`,
        knowledge: [],
        news: [],
        role: 'worker',
        taskId: result.taskId,
        tenant: 'acme',
      },
      actions: [{ type: 'search', input: { text: 'Zoë' } }, { type: 'edit' }],
      results: [
        { success: true, output: [1, 2.5, null] },
        { success: false, error: 'locked' },
      ],
      iterations: 3,
      errors: ['OSError: locked'],
      cost: 0.125,
      tokens: { input: 1_200, output: 340 },
      discoveries: [
        {
          title: 'The table is locked at night',
          content: 'Edit by day',
          type: 'WARNING',
          priority: 'HIGH',
          tags: ['table'],
        },
      ],
      applied: result.lessons,
    });
    // What it discovered reaches the others.
    await (await harness.client.maintain('knowledge')).result();
    expect(await harness.client.hub.queryKnowledge({ type: 'WARNING' })).toMatchObject([
      { title: 'The table is locked at night', source: 'snake' },
    ]);
  });

  it('a malformed report is refused with its field and value', async () => {
    const result = await harness.client.executeTask({
      description,
      agents: ['snake'],
      context: { act: 'malformed' },
    });
    expect(result).toMatchObject({
      success: false,
      reason: 'report.iterations: -1 is not allowed; expected a whole number, 0 or more',
      recording: 'recorded',
    });
  });

  it('what it raises is the reason of a recorded failure', async () => {
    const result = await harness.client.executeTask({
      description,
      agents: ['snake'],
      context: { act: 'raise' },
    });
    expect(result).toMatchObject({ success: false, reason: expect.stringContaining("no column 'price'") });
  });

  it('is told of a cancellation', async () => {
    const told = join(folder, 'told');
    const handle = await harness.client.startTask({
      description,
      agents: ['snake'],
      context: { act: 'wait', told },
    });
    await waitUntil('it waits', async () => {
      const { raw } = await harness.temporal.workflow.getHandle(handle.workflowId).describe();
      return raw.pendingActivities?.[0]?.heartbeatDetails != null;
    });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ type: 'Cancelled' });
    expect(existsSync(told)).toBe(true);
    expect(await interactions(harness.store).findOne({ taskId: handle.taskId })).toMatchObject({
      ending: 'cancelled',
      outcome: { success: null },
    });
  });
});
