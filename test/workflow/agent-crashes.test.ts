/** A worker dies while it streams an agent: the task ends once, nothing runs on, and what was spent counts. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import type { AgentHeartbeat } from '../../src/shared/agent-contract.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type LlmStub, startLlmStub } from '../fixtures/llm-stub.mjs';
import { isAlive } from '../integration/agents-is-alive.js';
import { type Harness, startHarness } from './harness.js';
import { killableWorker } from './killable-worker.js';
import { waitUntil } from './wait-until.js';

const fakeCli = resolve(import.meta.dirname, '../fixtures/fake-cli.mjs');
const folder = await mkdtemp(join(tmpdir(), 'journeyman-crashes-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What one message of the fake CLI uses. */
const message = { input: 420, output: 40 };
const price = { inputPerMillion: 1_000, outputPerMillion: 1_000 };

/** A folder for the agents to work on, and one for their workspaces. */
async function makeFolders() {
  const base = join(folder, randomUUID().slice(0, 8));
  const [source, root] = [join(base, 'source'), join(base, 'workspaces')];
  await mkdir(source, { recursive: true });
  await writeFile(join(source, 'list.txt'), 'one\n');
  return { base, source, root };
}

const heartbeatOf = async (harness: Harness, workflowId: string): Promise<AgentHeartbeat | undefined> => {
  const { raw } = await harness.temporal.workflow.getHandle(workflowId).describe();
  const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
  return payload == null ? undefined : defaultPayloadConverter.fromPayload(payload);
};

/** Runs a task whose worker is killed once the agent has spent something; another worker finishes it. */
async function crash(
  agent: object,
  root: string,
  request: TaskRequest,
  spent: (heartbeat: AgentHeartbeat) => boolean,
) {
  const harness = await startHarness({
    withoutWorker: true,
    config: {
      workspaces: { root },
      agents: [
        {
          type: 'agent',
          taskQueue: `crash-${randomUUID().slice(0, 8)}`,
          limits: { heartbeatSeconds: 2, startToCloseSeconds: 60 },
          ...agent,
        },
      ],
    },
  });
  try {
    const first = await killableWorker({
      config: harness.config,
      mongoUri: inject('mongoUri'),
      database: harness.database,
      temporalAddress: inject('temporalAddress'),
    });
    const task = await harness.client.startTask(request);
    await waitUntil('it has spent something', async () => {
      const heartbeat = await heartbeatOf(harness, task.workflowId);
      return heartbeat !== undefined && spent(heartbeat);
    });
    first.kill();
    await first.ended;
    await harness.startWorker();
    const result = await task.result();
    const records = await interactions(harness.store).find().toArray();
    const { events } = await harness.temporal.workflow.getHandle(task.workflowId).fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionCompletedEventAttributes)).toHaveLength(1);
    expect(records).toHaveLength(1);
    const [report] = records.flatMap(({ attempts }) => attempts.map((attempt) => attempt.report));
    if (report === undefined) throw new Error('no attempt was recorded');
    return { result, report };
  } finally {
    await harness.stop();
  }
}

// Tests of a kind run side by side: each mostly waits until a silence is noticed.
describe('a coding CLI', () => {
  const cli = (base: string, args: string[]) => [
    'sh',
    '-c',
    'echo $$ >> "$1/pids"; shift; exec "$@"',
    'sh',
    base,
    process.execPath,
    fakeCli,
    ...args,
  ];
  const pidsOf = async (base: string) =>
    (await readFile(join(base, 'pids'), 'utf8')).trim().split('\n').map(Number);
  const description = 'add the line "two" to list.txt';

  it.concurrent('that must not run twice: a recorded failure with what it had spent', {
    timeout: 90_000,
  }, async () => {
    const { base, source, root } = await makeFolders();
    const { result, report } = await crash(
      {
        kind: 'command',
        command: cli(base, ['--stop-after', '5', '--how', 'hang']),
        prompt: {},
        transcript: 'stream-json',
        price,
        env: { FAKE_CLI_HOME: base },
      },
      root,
      { description, workspace: { source, isolation: 'copy' } },
      ({ spent }) => spent.tokens.input >= 2 * message.input,
    );
    expect(result).toMatchObject({
      success: false,
      reason: "the agent's worker fell silent for 2 s; it may have crashed",
    });
    expect(report.tokens).toEqual({ input: 2 * message.input, output: 2 * message.output });
    expect(report.cost).toBeCloseTo(2 * 0.46);
    expect(result.cost).toBeCloseTo(2 * 0.46);
    const pids = await pidsOf(base);
    expect(pids).toHaveLength(1);
    await waitUntil('nothing runs on', () => !pids.some(isAlive));
  });

  it.concurrent('that can resume goes on where it was, in the same workspace', {
    timeout: 90_000,
  }, async () => {
    const { base, source, root } = await makeFolders();
    const { result, report } = await crash(
      {
        kind: 'command',
        command: cli(base, ['--stop-after', '3', '--how', 'hang']),
        resume: cli(base, ['--resume', '{{session}}']),
        prompt: {},
        transcript: 'stream-json',
        price,
        idempotent: true,
        env: { FAKE_CLI_HOME: base },
      },
      root,
      { description, workspace: { source, isolation: 'copy', apply: 'success' } },
      ({ spent, session }) => session !== undefined && spent.tokens.input >= message.input,
    );
    expect(result).toMatchObject({ success: true, change: { applied: true } });
    // Once, though it was called twice.
    expect(await readFile(join(source, 'list.txt'), 'utf8')).toBe('one\ntwo\n');
    // One message of each attempt; the second names its cost, that of the first is known by its tokens.
    expect(report.tokens).toEqual({ input: 2 * message.input, output: 2 * message.output });
    expect(report.cost).toBeCloseTo(0.46 + 0.01);
    expect(report.actions).toMatchObject([{ type: 'Edit' }]);
    const pids = await pidsOf(base);
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

describe("an LLM's tool loop", () => {
  const usage = { input: 1_000, output: 50 };
  const step = (name: string, args: object) => ({ calls: [{ name, arguments: args }], usage });

  async function llmCrash(idempotent: boolean) {
    const { source, root } = await makeFolders();
    const seen: string[] = [];
    let calls = 0;
    const stub: LlmStub = await startLlmStub(({ body }) => {
      calls += 1;
      seen.push(
        body.messages
          .filter(({ role }) => role === 'tool')
          .map(({ content }) => content)
          .join('\n'),
      );
      if (calls === 1) return step('write_file', { path: 'two.txt', content: 'half done' });
      if (calls === 2) return { silent: true };
      if (calls === 3) return step('list_files', {});
      return step('finish', { success: true, output: 'done', applied: [] });
    });
    try {
      const ended = await crash(
        {
          kind: 'llm',
          baseUrl: stub.baseUrl,
          model: 'stub',
          tools: { write: true },
          price,
          idempotent,
        },
        root,
        { description: 'Write the second file', workspace: { source, isolation: 'copy' } },
        ({ spent }) => spent.tokens.input >= usage.input && calls >= 2,
      );
      return { ...ended, calls, seen, root };
    } finally {
      await stub.close();
    }
  }

  it.concurrent('that must not run twice: a recorded failure with what it had spent', {
    timeout: 90_000,
  }, async () => {
    const { result, report, calls } = await llmCrash(false);
    expect(result.success).toBe(false);
    expect(calls).toBe(2);
    expect(report.tokens?.input).toBeGreaterThanOrEqual(usage.input);
    expect(report.tokens?.output).toBeGreaterThanOrEqual(usage.output);
    expect(result.cost).toBeGreaterThanOrEqual(1.05);
  });

  it.concurrent('that may run twice starts from a clean workspace, and both count', {
    timeout: 90_000,
  }, async () => {
    const { result, report, calls, seen, root } = await llmCrash(true);
    expect(result).toMatchObject({ success: true, output: 'done' });
    expect(calls).toBe(4);
    // The fourth request shows what the tool listed: nothing of the first attempt.
    expect(seen[3]).toContain('list.txt');
    expect(seen[3]).not.toContain('two.txt');
    expect(report.tokens?.input).toBeGreaterThanOrEqual(3 * usage.input);
    expect(report.iterations).toBeGreaterThanOrEqual(3);
    // What the killed worker left stays only as long as another attempt might take it up.
    expect(existsSync(root)).toBe(true);
    expect((await readdir(root)).filter((name) => name.includes('.'))).toEqual([]);
  });
});
