/** Records how agents run in workspaces, are judged, approved, capped, cancelled, and lose their workers. */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultPayloadConverter } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import type { AgentHeartbeat } from '../../src/shared/agent-contract.js';
import type { TaskHandle } from '../../src/task-handle.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from '../workflow/harness.js';
import { killableWorker } from '../workflow/killable-worker.js';
import { price, signOff } from '../workflow/platform-workflows.js';
import { waitUntil } from '../workflow/wait-until.js';
import { historyKeeper, type Keeper, type NamedHistory } from './keep-history.js';

const fakeCli = resolve(import.meta.dirname, '../fixtures/fake-cli.mjs');

/** A program that writes into its folder and answers by its role. */
const hosted = (folder: string, type: string, success = true) => ({
  type,
  kind: 'command',
  // Where a task names no workspace.
  cwd: folder,
  command: [
    process.execPath,
    '-e',
    `const { role } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    require('fs').writeFileSync('${type}-' + role + '.txt', role);
    const output = role === 'lead-split' ? { parts: ['left', 'right'] } : role === 'verifier' ? { winner: 1 } : 'yes';
    console.log(JSON.stringify({ success: ${success}, output, actions: [{ type: 'edit' }], results: [{ success: true }], cost: 0.25, tokens: { input: 40, output: 2 } }));`,
  ],
});

/** A coding program that hangs after its second message. */
const hanging = (folder: string, more: object = {}) => ({
  kind: 'command',
  command: [process.execPath, fakeCli, '--stop-after', '3', '--how', 'hang'],
  prompt: {},
  transcript: 'stream-json',
  price: { inputPerMillion: 1_000, outputPerMillion: 1_000 },
  env: { FAKE_CLI_HOME: folder },
  limits: { heartbeatSeconds: 2, startToCloseSeconds: 60 },
  ...more,
});

/** Declarations of these agents. */
export const agentsIn = (folder: string, queue: string): object[] => [
  hosted(folder, 'writer'),
  hosted(folder, 'editor'),
  hosted(folder, 'failing', false),
  { type: 'coder', ...hanging(folder) },
  ...['FulfilOrder', 'Refuse', 'Lengthy'].map((workflowType) => ({
    type: workflowType.toLowerCase(),
    kind: 'workflow',
    workflowType,
    taskQueue: `${queue}-workflows`,
    args: [{ id: '$.context.order', items: ['pen'] }, { express: true }],
    result: {
      success: '$.shipped',
      output: '$.summary.text',
      cost: '$.spent.usd',
      inputTokens: '$.spent.tokens[0]',
      outputTokens: '$.spent.tokens[1]',
    },
  })),
];

/** Tasks that run to their end by themselves, by the name of their file. */
export function tasksIn(folder: string): Record<string, Omit<TaskRequest, 'description'>> {
  const workspace = { source: join(folder, 'source'), isolation: 'copy' } as const;
  const programs = [
    { name: 'tests', command: ['true'] },
    { name: 'lint', command: ['sh', '-c', 'exit 3'] },
  ];
  const judge = { name: 'judge', agent: 'bad' };
  return {
    'approval-before-by-deadline': { agents: ['good'], approval: { when: 'before', deadlineSeconds: 0.2 } },
    'approval-after-by-deadline': {
      agents: ['good'],
      approval: { when: 'after', deadlineSeconds: 0.2, onDeadline: 'approve' },
    },
    'verifiers-of-own': { agents: ['writer'], verifiers: [...programs, judge] },
    'verifiers-of-others': { agents: ['good'], verifiers: [judge, ...programs] },
    'verifier-breaks-down': {
      agents: ['writer'],
      verifiers: [{ name: 'judge', agent: 'malformed' }, ...programs],
    },
    'caps-used-up': {
      plan: { strategy: 'sequential', agents: ['bad', 'failing', 'good'] },
      caps: { usd: 0.2 },
    },
    'isolated-foreign': { agents: ['good'], workspace, verify: ['true'] },
    'isolated-sequential-stop': {
      plan: { strategy: 'sequential', agents: ['writer', 'failing', 'editor'], onFailure: 'stop' },
      workspace,
    },
    'isolated-parallel': { plan: { strategy: 'parallel', agents: ['writer', 'editor'] }, workspace },
    'isolated-consensus': {
      plan: { strategy: 'consensus', agents: ['failing', 'editor'], verifier: 'writer' },
      workspace,
    },
    'isolated-hierarchical': {
      plan: { strategy: 'hierarchical', agents: ['writer', 'editor', 'editor'] },
      workspace: { source: join(folder, 'applied'), isolation: 'copy', apply: 'success' },
    },
  };
}

/** The folders that workspaces are made from. */
export async function makeSources(folder: string): Promise<void> {
  for (const source of ['source', 'applied']) {
    await mkdir(join(folder, source), { recursive: true });
    await writeFile(join(folder, source, 'list.txt'), 'one\n');
  }
}

const description = 'Fix the bug in the parser';
const codingTask = 'Fix the bug: add the line "two" to list.txt';

/** Tasks that wait for a person. */
export function approvals(harness: Harness, keep: Keeper): Promise<NamedHistory[]> {
  const decided = async (name: string, when: 'before' | 'after', approved: boolean) => {
    const task = await harness.client.startTask({
      taskId: name,
      description,
      agents: ['good'],
      approval: { when },
    });
    await waitUntil('it asks', async () => (await task.progress()).approval);
    await task.decide({ approved, by: 'ana', comment: 'so it is' });
    await task.result();
    return keep(name, task.workflowId);
  };
  return Promise.all([
    decided('approval-before-approved', 'before', true),
    decided('approval-before-rejected', 'before', false),
    decided('approval-after-rejected', 'after', false),
  ]);
}

/** An agent of our own that is cancelled at its work, and tells what it had done. */
export async function cancelledAtWork(harness: Harness, keep: Keeper, folder: string): Promise<NamedHistory> {
  const task = await harness.client.startTask({
    taskId: 'cancelled-with-outcome',
    description: codingTask,
    agents: ['coder'],
    workspace: { source: join(folder, 'source'), isolation: 'copy' },
  });
  await spends(harness, task);
  await task.cancel();
  await task.result().catch((error: unknown) => error);
  return keep('cancelled-with-outcome', task.workflowId);
}

/** Workflows as agents: one that a signal lets go on, one that is cancelled with its task. */
export async function workflowAgents(harness: Harness, keep: Keeper, queue: string): Promise<NamedHistory[]> {
  const { temporal, client } = harness;
  const worker = await Worker.create({
    connection: harness.connection,
    taskQueue: `${queue}-workflows`,
    workflowsPath: fileURLToPath(new URL('../workflow/platform-workflows.ts', import.meta.url)),
  });
  const call = async (name: string, agent: string) => {
    const task = await client.startTask({
      taskId: name,
      description,
      context: { order: 'o-7' },
      agents: [agent],
    });
    const child = await waitUntil('the child runs', async () => {
      const { raw } = await temporal.workflow.getHandle(task.workflowId).describe();
      return raw.pendingChildren?.[0]?.workflowId;
    });
    return { task, child: temporal.workflow.getHandle(child) };
  };
  return worker.runUntil(async () => {
    const fulfilled = await call('workflow-agent', 'fulfilorder');
    await fulfilled.child.executeUpdate(price, { args: [250] });
    await fulfilled.child.signal(signOff, 'ana');
    await fulfilled.task.result();
    const cancelled = await call('workflow-agent-cancelled', 'lengthy');
    await cancelled.task.cancel();
    await cancelled.task.result().catch((error: unknown) => error);
    const failed = await call('workflow-agent-fails', 'refuse');
    await failed.task.result();
    return [
      await keep('workflow-agent', fulfilled.task.workflowId),
      await keep('workflow-agent-cancelled', cancelled.task.workflowId),
      await keep('workflow-agent-fails', failed.task.workflowId),
    ];
  });
}

/** A worker that is killed while its agent works: the call is tried again where that is allowed. */
export async function workerKilled(
  servers: { mongoUri: string; temporalAddress: string },
  folder: string,
): Promise<NamedHistory[]> {
  const kept: NamedHistory[] = [];
  for (const idempotent of [false, true]) {
    const name = idempotent ? 'worker-killed-retried' : 'worker-killed';
    const harness = await startHarness({
      ...servers,
      withoutWorker: true,
      config: {
        workspaces: { root: join(folder, 'workspaces') },
        agents: [
          {
            type: 'coder',
            taskQueue: `killed-${randomUUID().slice(0, 8)}`,
            ...hanging(folder, {
              idempotent,
              resume: [process.execPath, fakeCli, '--resume', '{{session}}'],
            }),
          },
        ],
      },
    });
    try {
      const { config, database } = harness;
      const worker = await killableWorker({ config, database, ...servers });
      const task = await harness.client.startTask({
        taskId: name,
        description: codingTask,
        agents: ['coder'],
        workspace: { source: join(folder, 'source'), isolation: 'copy' },
      });
      await spends(harness, task);
      worker.kill();
      await worker.ended;
      await harness.startWorker();
      await task.result();
      kept.push(await historyKeeper(harness.temporal, folder)(name, task.workflowId));
    } finally {
      await harness.stop();
    }
  }
  return kept;
}

/** Waits until the task's agent has told that it spent something, and how its work can be taken up. */
const spends = (harness: Harness, task: TaskHandle): Promise<unknown> =>
  waitUntil('the agent spends', async () => {
    const { raw } = await harness.temporal.workflow.getHandle(task.workflowId).describe();
    const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
    if (payload == null) return false;
    const { spent, session } = defaultPayloadConverter.fromPayload<AgentHeartbeat>(payload);
    return spent.tokens.input > 0 && session !== undefined;
  });
