/**
 * What ExecuteTaskWorkflow costs beside a bare workflow: both call the same agent, which does nothing, on the
 * same queue of the same worker. Ours analyses, looks up, chooses and records besides.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { max, median, min } from 'simple-statistics';
import { JourneymanClient } from '../src/client.js';
import { type Config, parseConfig } from '../src/config.js';
import type { LocalServers } from '../src/embedded/index.js';
import { planOffer } from '../src/plan-offer.js';
import { setUpSearchAttributes, setUpStore } from '../src/setup.js';
import type { AgentTask } from '../src/shared/agent-contract.js';
import type { PlannedAgent } from '../src/shared/task.js';
import { openStore } from '../src/store/store.js';
import { createWorker } from '../src/worker.js';
import type { Bench, BenchReport } from './bench.js';
import { onOwnServers } from './own-servers.js';
import { tell } from './tell.js';

const ROUNDS = 7;
const SEQUENTIAL = 30;
const CONCURRENT = 100;
const CONCURRENCY = 20;
const WARM_UP = 40;

const TENANT = 'bench';
const AGENT = 'idle';
const DESCRIPTION = 'Do nothing, and say at once that it is done';
const BARE_QUEUE = 'bench-bare';
const logger = new DefaultLogger('WARN');

/** Runs one task to its result. */
type Execute = () => Promise<unknown>;

/** Milliseconds at the median, one after another; tasks a second, many at once. */
interface Figures {
  latency: number;
  throughput: number;
}

/** Measures the overhead on servers of its own, which are gone afterwards. */
export const overhead: Bench = async () => {
  Runtime.install({ logger });
  const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-bench-'));
  try {
    return await onOwnServers(async (servers) =>
      summary(await measure(servers, await declareIdleAgent(folder))),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** A recorded agent with one answer: the hosted kind that does least. */
async function declareIdleAgent(folder: string): Promise<Config> {
  const file = path.join(folder, 'answer.jsonl');
  await writeFile(
    file,
    JSON.stringify({ description: DESCRIPTION, report: { success: true, output: 'done' } }),
  );
  return parseConfig({ agents: [{ type: AGENT, kind: 'recorded', file }] }, path.join(folder, 'bench'));
}

async function measure(
  { temporal, mongo }: LocalServers,
  config: Config,
): Promise<{ ours: Figures[]; bare: Figures[] }> {
  const connection = await Connection.connect({ address: temporal.address });
  const native = await NativeConnection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const store = openStore({ uri: mongo.uri });
  try {
    await setUpStore(store);
    await setUpSearchAttributes(connection, temporal.namespace);
    const worker = await createWorker({ config, store, connection: native, namespace: temporal.namespace });
    const bareWorker = await Worker.create({
      connection: native,
      namespace: temporal.namespace,
      taskQueue: BARE_QUEUE,
      workflowBundle: await bundleBare(),
    });
    const journeyman = await JourneymanClient.connect({ tenant: TENANT, config, temporal: client, store });
    const running = worker.run();
    try {
      return await bareWorker.runUntil(
        compare(
          () => journeyman.executeTask({ description: DESCRIPTION }),
          () => executeBare(client, config),
        ),
      );
    } finally {
      worker.shutdown();
      await running;
    }
  } finally {
    await Promise.all([store.close(), connection.close()]);
    await native.close();
  }
}

function executeBare(client: Client, config: Config): Promise<unknown> {
  const [agent] = planOffer(config).agents;
  if (agent === undefined) throw new Error('No agent is declared');
  const { capabilities: _, ...planned } = agent;
  const taskId = randomUUID();
  const task: AgentTask = {
    tenant: TENANT,
    taskId,
    executionId: `${TENANT}/${taskId}/${randomUUID()}`,
    idempotencyKey: `${TENANT}/${taskId}/${randomUUID()}/1`,
    agentType: AGENT,
    role: 'worker',
    description: DESCRIPTION,
    context: {},
    lessons: [],
    knowledge: [],
    news: [],
    earlier: [],
  };
  const args: [AgentTask, PlannedAgent] = [task, planned];
  return client.workflow.execute('BareWorkflow', {
    workflowId: `bare/${taskId}`,
    taskQueue: BARE_QUEUE,
    args,
  });
}

const bundleBare = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
    logger,
  });

/** Rounds of both, closely interleaved, so that whatever else the machine does falls on both. */
async function compare(ours: Execute, bare: Execute): Promise<{ ours: Figures[]; bare: Figures[] }> {
  const measured: { ours: Figures[]; bare: Figures[] } = { ours: [], bare: [] };
  for (const side of [ours, bare]) await secondsFor(side, WARM_UP);
  for (let round = 0; round < ROUNDS; round++) {
    const latencies: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    for (let run = 0; run < SEQUENTIAL; run++) {
      latencies.ours.push(await secondsFor(ours, 1));
      latencies.bare.push(await secondsFor(bare, 1));
    }
    // Each goes first in every other round.
    const seconds = { ours: 0, bare: 0 };
    const sides = [{ name: 'ours', execute: ours } as const, { name: 'bare', execute: bare } as const];
    for (const { name, execute } of round % 2 === 0 ? sides : sides.toReversed())
      seconds[name] = await secondsFor(execute, CONCURRENT);
    for (const { name } of sides)
      measured[name].push({
        latency: median(latencies[name]) * 1_000,
        throughput: CONCURRENT / seconds[name],
      });
    tell(`Round ${round + 1} of ${ROUNDS}: ${line(measured, round)}`);
  }
  return measured;
}

/** Seconds that so many tasks take, with at most CONCURRENCY at once. */
async function secondsFor(execute: Execute, tasks: number): Promise<number> {
  const began = performance.now();
  let started = 0;
  const lane = async (): Promise<void> => {
    while (started < tasks) {
      started += 1;
      await execute();
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, tasks) }, lane));
  return (performance.now() - began) / 1_000;
}

function line({ ours, bare }: { ours: Figures[]; bare: Figures[] }, round: number): string {
  const [a, b] = [ours[round], bare[round]];
  if (a === undefined || b === undefined) return '';
  return (
    `${a.latency.toFixed(1)} ms beside ${b.latency.toFixed(1)} ms, ` +
    `${a.throughput.toFixed(1)} tasks/s beside ${b.throughput.toFixed(1)}`
  );
}

/** Ratios are taken within a round, and their median over the rounds. */
function summary({ ours, bare }: { ours: Figures[]; bare: Figures[] }): BenchReport {
  const over = (figure: keyof Figures) => {
    const ratios = ours.map((each, round) => each[figure] / (bare[round]?.[figure] ?? Number.NaN));
    return { ratio: median(ratios), range: [min(ratios), max(ratios)] as const };
  };
  const middle = (side: Figures[]): Figures => ({
    latency: median(side.map(({ latency }) => latency)),
    throughput: median(side.map(({ throughput }) => throughput)),
  });
  const [latency, throughput] = [over('latency'), over('throughput')];
  const [oursMedian, bareMedian] = [middle(ours), middle(bare)];
  const span = ([low, high]: readonly [number, number]) => `${low.toFixed(2)} to ${high.toFixed(2)}`;
  return {
    figures: {
      latencyRatio: latency.ratio,
      latencyRatioRange: latency.range,
      throughputRatio: throughput.ratio,
      throughputRatioRange: throughput.range,
      rounds: ROUNDS,
      ours: { latencyMs: oursMedian.latency, tasksPerSecond: oursMedian.throughput },
      bare: { latencyMs: bareMedian.latency, tasksPerSecond: bareMedian.throughput },
    },
    text: [
      `latencyRatio ${latency.ratio.toFixed(2)} (${span(latency.range)}): ` +
        `${oursMedian.latency.toFixed(1)} ms beside ${bareMedian.latency.toFixed(1)} ms`,
      `throughputRatio ${throughput.ratio.toFixed(2)} (${span(throughput.range)}): ` +
        `${oursMedian.throughput.toFixed(1)} tasks/s beside ${bareMedian.throughput.toFixed(1)}`,
      `ExecuteTaskWorkflow beside a bare workflow; medians of ${ROUNDS} interleaved rounds`,
    ].join('\n'),
  };
}
