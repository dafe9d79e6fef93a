/** A replay through the real ExecuteTaskWorkflow, worker and store, the file's agents as recorded agents. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { JourneymanClient } from '../client.js';
import { type Config, parseConfig } from '../config.js';
import { interactions } from '../learning/interactions.js';
import type { AgentReport } from '../shared/agent-contract.js';
import { InvalidInputError } from '../shared/errors.js';
import type { PlanChoice } from '../shared/task.js';
import type { Store } from '../store/store.js';
import { TaskFailedError } from '../task-handle.js';
import { createWorker } from '../worker.js';
import { type AnonymisedReplay, anonymise, type ReplayOutcome, requestOf } from './anonymised-replay.js';
import type { ReplayFile } from './replay-file.js';
import type { ReplayStep, SeedReplay } from './seed-replay.js';

/** Connections to the servers that the replay runs on; left open. */
export interface ReplayConnections {
  client: Client;
  worker: { connection: NativeConnection; namespace: string };
  /** Its indexes exist. */
  store: Store;
}

export interface WorkflowReplayOptions {
  /** A tenant with no record yet; what is recorded stays. */
  tenant: string;
  seed: number;
  /** USD a task. */
  budget?: number;
  rewardPerUsd?: number;
  /** Ends the replay; what was recorded stays. */
  signal?: AbortSignal;
  /** Told after each task. */
  onTask?: (done: number) => void;
}

/** Milliseconds that records may still be under way after the last task ended. */
const LATE_RECORDS_MS = 30_000;

/**
 * Replays a file once, one task after another.
 *
 * @throws InvalidInputError when the tenant has records already
 * @throws the reason of the signal when that ends it
 */
export async function replayThroughWorkflow(
  replay: ReplayFile,
  connections: ReplayConnections,
  { tenant, seed, signal, onTask, ...selection }: WorkflowReplayOptions,
): Promise<SeedReplay> {
  const { store } = connections;
  if ((await recordedOf(store, tenant)) > 0)
    throw new InvalidInputError(
      'tenant',
      tenant,
      'a tenant with no record yet: a replay begins with nothing known',
    );
  const view = anonymise(replay, seed);
  const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-replay-'));
  try {
    const config = await declareAgents(replay, view, folder, { tenant, selection });
    const worker = await createWorker({ config, store, ...connections.worker });
    const running = worker.run();
    try {
      const client = await JourneymanClient.connect({ tenant, config, temporal: connections.client, store });
      // A worker that fails ends the replay, which would wait for its tasks for ever; so does the signal.
      return await Promise.race([
        replayTasks(replay, client, signal, onTask),
        running.then(stoppedEarly),
        ...(signal === undefined ? [] : [aborted(signal)]),
      ]);
    } finally {
      worker.shutdown();
      await running.catch(() => {});
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const stoppedEarly = (): never => {
  throw new Error('The worker stopped before the replay was over');
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });

async function replayTasks(
  replay: ReplayFile,
  client: JourneymanClient,
  signal?: AbortSignal,
  onTask?: (done: number) => void,
): Promise<SeedReplay> {
  const results: (TaskFigures | null)[] = [];
  for (const task of replay.tasks) {
    signal?.throwIfAborted();
    results.push(await figuresOf(client, requestOf(task)));
    onTask?.(results.length);
  }
  const completed = results.filter((result) => result !== null).length;
  const recorded = await lateRecords(client, completed);
  const choices = await choicesOf(client);
  const steps = results.map((result, at): ReplayStep => {
    const choice = choices.get(replay.tasks[at]?.id ?? '');
    return {
      ...(result ?? { reward: 0, cost: null, success: null, plan: '', category: '' }),
      confidence: choice?.confidence ?? null,
      propensity: choice?.propensity ?? null,
    };
  });
  return { steps, completed, recorded, tenant: client.tenant };
}

type TaskFigures = Omit<ReplayStep, 'confidence' | 'propensity'>;

/** Runs a task. @returns what its agent was worth; null when the task ended without a result */
async function figuresOf(
  client: JourneymanClient,
  request: ReturnType<typeof requestOf>,
): Promise<TaskFigures | null> {
  try {
    const { output, success, plan, category } = await client.executeTask(request);
    const { reward = 0, cost = null } = (output ?? {}) as { reward?: number; cost?: number | null };
    return { reward, cost, success, plan, category };
  } catch (error) {
    if (error instanceof TaskFailedError) return null;
    throw error;
  }
}

/** What was chosen, by task, as far as it is recorded. */
async function choicesOf({ store, tenant }: JourneymanClient): Promise<Map<string, PlanChoice | null>> {
  const found = await store.run((options) =>
    interactions(store)
      .find({ tenant }, { projection: { taskId: 1, choice: 1 }, ...options })
      .toArray(),
  );
  return new Map(found.map(({ taskId, choice }) => [taskId, choice]));
}

/** Counts what is recorded; records that were deferred are awaited for a while. */
async function lateRecords({ store, tenant }: JourneymanClient, completed: number): Promise<number> {
  const deadline = performance.now() + LATE_RECORDS_MS;
  for (;;) {
    const recorded = await recordedOf(store, tenant);
    if (recorded >= completed || performance.now() > deadline) return recorded;
    await sleep(200);
  }
}

const recordedOf = (store: Store, tenant: string): Promise<number> =>
  store.run((options) => interactions(store).countDocuments({ tenant }, options));

/** A configuration of recorded agents, each with its answers in the folder and a queue of its own. */
async function declareAgents(
  replay: ReplayFile,
  view: AnonymisedReplay,
  folder: string,
  { tenant, selection }: { tenant: string; selection: { budget?: number; rewardPerUsd?: number } },
): Promise<Config> {
  const taskQueue = `journeyman-${tenant}`;
  const agents = view.agents.map((type) => ({
    type,
    kind: 'recorded',
    file: path.join(folder, `${type}.jsonl`),
    taskQueue: `${taskQueue}-${type}`,
  }));
  for (const { type, file } of agents) {
    const answers = replay.tasks.map((task) =>
      JSON.stringify({ taskId: task.id, report: reportOf(view.outcome(task, type)) }),
    );
    await writeFile(file, `${answers.join('\n')}\n`);
  }
  // What several agents make of a task together is not in the file.
  const config = { agents, temporal: { taskQueue }, selection: { ...selection, proposals: false } };
  return parseConfig(config, path.join(folder, 'replay.config.json'));
}

/** The reward goes along in the output, so that what is measured has come through the workflow. */
function reportOf({ reward, success, cost }: ReplayOutcome): Partial<AgentReport> {
  return { success, output: { reward, cost }, ...(cost === null ? {} : { cost }) };
}
