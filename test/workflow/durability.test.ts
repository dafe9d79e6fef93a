import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { openStore } from '../../src/store/store.js';
import { isAlive } from '../integration/agents-is-alive.js';
import { startHarness } from './harness.js';
import { killableWorker } from './killable-worker.js';
import { openMongoDoor, type Watch } from './mongo-door.js';
import { waitUntil } from './wait-until.js';

/** Seconds after which MongoDB gives up a transaction whose process is gone; 60 by default. */
const TRANSACTION_LIFETIME = 10;

const folder = await mkdtemp(join(tmpdir(), 'journeyman-durability-'));
const admin = openStore({ uri: inject('mongoUri'), database: 'admin' });
const setLifetime = (seconds: number) =>
  admin.db.command({ setParameter: 1, transactionLifetimeLimitSeconds: seconds });
beforeAll(() => setLifetime(TRANSACTION_LIFETIME));
afterAll(async () => {
  await setLifetime(60);
  await admin.close();
  await rm(folder, { recursive: true });
});

/** Writes its process id beside the test's other files, and ends when the test says so. */
const agentSource = `
  const fs = require('node:fs');
  const { executionId, description } = JSON.parse(fs.readFileSync(process.env.JOURNEYMAN_TASK_FILE, 'utf8'));
  const base = process.argv[1] + '/' + description;
  fs.appendFileSync(base + '.calls', process.pid + ' ' + process.env.JOURNEYMAN_IDEMPOTENCY_KEY + '\\n');
  const wait = setInterval(() => {
    if (!fs.existsSync(base + '.go')) return;
    clearInterval(wait);
    console.log(JSON.stringify({ success: true, output: executionId }));
  }, 50);`;

const calls = async (name: string): Promise<{ pid: number; key: string }[]> => {
  const file = join(folder, `${name}.calls`);
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return lines.map((line) => ({ pid: Number(line.split(' ')[0]), key: line.split(' ')[1] ?? '' }));
};

interface Killed {
  name: string;
  /** Told of all traffic with MongoDB; calls `kill` when the moment has come. */
  watch?: (kill: () => void) => Watch;
  /** Kills once the agent runs. */
  whileExecuting?: boolean;
  idempotent?: boolean;
}

/** Runs one task on a worker that is killed at some moment, then on another that finishes it. */
async function runKilled({ name, watch, whileExecuting = false, idempotent = false }: Killed) {
  if (!whileExecuting) await writeFile(join(folder, `${name}.go`), '');
  let kill = (): void => {};
  const door = await openMongoDoor(
    inject('mongoUri'),
    watch?.(() => kill()),
  );
  const harness = await startHarness({
    withoutWorker: true,
    config: {
      agents: [
        {
          type: 'agent',
          kind: 'command',
          command: [process.execPath, '-e', agentSource, folder],
          idempotent,
          limits: { heartbeatSeconds: 2, startToCloseSeconds: 60 },
          taskQueue: `durability-${name}-${process.pid}`,
        },
      ],
    },
  });
  const direct = openStore({ uri: inject('mongoUri'), database: harness.database });
  try {
    const first = await killableWorker({
      config: harness.config,
      mongoUri: door.uri,
      database: harness.database,
      temporalAddress: inject('temporalAddress'),
    });
    let killedAt = 0;
    kill = () => {
      killedAt ||= performance.now();
      first.kill();
    };
    const handle = await harness.client.startTask({ taskId: name, description: name });
    if (whileExecuting) {
      await waitUntil('the agent runs', async () => (await calls(name)).length > 0);
      kill();
    }
    expect(await first.ended).toBe('SIGKILL');
    const recordedByFirst = await interactions(direct).countDocuments();
    if (whileExecuting) {
      const [{ pid } = { pid: 0 }] = await calls(name);
      await waitUntil("the killed worker's agent is gone", () => !isAlive(pid));
      await writeFile(join(folder, `${name}.go`), '');
    }
    await harness.startWorker();
    const result = await handle.result();
    await waitUntil('the record', async () => (await interactions(direct).countDocuments()) > 0, 60_000);
    // Long enough for a second record, if anybody were to write one.
    await sleep(500);
    const records = await interactions(direct).find().toArray();
    const history = await harness.temporal.workflow.getHandle(handle.workflowId).fetchHistory();
    const ends = (history.events ?? []).filter((event) => event.workflowExecutionCompletedEventAttributes);
    const arms = await direct.db
      .collection('counters')
      .aggregate<{ executions: number }>([
        { $match: { projection: 'arms' } },
        { $group: { _id: null, executions: { $sum: '$sums.executions' } } },
      ])
      .toArray();
    return { result, records, recordedByFirst, ends: ends.length, arms, calls: await calls(name) };
  } finally {
    await harness.stop();
    await door.close();
    await direct.close();
  }
}

/** Kills when the worker asks MongoDB this; the question never arrives. */
const asking =
  (command: string, collection: string) =>
  (kill: () => void): Watch => {
    const wanted = Buffer.from(`\u0002${command}\0`);
    const of = Buffer.from(`${collection}\0`);
    return (bytes, from) => {
      if (from !== 'client' || !bytes.includes(wanted) || !bytes.includes(of)) return true;
      kill();
      return false;
    };
  };

function expectOnce(run: Awaited<ReturnType<typeof runKilled>>, success = true) {
  expect(run.ends).toBe(1);
  expect(run.records).toHaveLength(1);
  expect(run.result.success).toBe(success);
  expect(run.records[0]).toMatchObject({ _id: run.result.executionId, outcome: { success } });
  expect(run.arms).toMatchObject([{ executions: 1 }]);
}

describe.concurrent('a worker is killed, and another finishes', { timeout: 100_000 }, () => {
  it('while analysing', async () => {
    const run = await runKilled({ name: 'analyse', watch: asking('find', 'tenants') });
    expectOnce(run);
    expect(run.calls).toHaveLength(1);
  });

  it('while looking up', async () => {
    const run = await runKilled({ name: 'look-up', watch: asking('find', 'learnings') });
    expectOnce(run);
    expect(run.records[0]?.missing).toEqual([]);
    expect(run.calls).toHaveLength(1);
  });

  it('while an agent runs that must not run twice: a recorded failure with the reason', async () => {
    const run = await runKilled({ name: 'execute', whileExecuting: true });
    expectOnce(run, false);
    expect(run.result.reason).toBe("the agent's worker fell silent for 2 s; it may have crashed");
    expect(run.calls).toHaveLength(1);
  });

  it('while an agent runs that may run twice: it runs again, with the same key', async () => {
    const run = await runKilled({ name: 'execute-again', whileExecuting: true, idempotent: true });
    expectOnce(run);
    expect(run.calls).toHaveLength(2);
    expect(run.calls[0]?.key).toBe(run.calls[1]?.key);
    expect(run.records[0]?.attempts).toHaveLength(1);
  });

  it('while recording, before anything is written', async () => {
    const run = await runKilled({ name: 'record', watch: asking('insert', 'interactions') });
    expectOnce(run);
    expect(run.recordedByFirst).toBe(0);
    expect(run.calls).toHaveLength(1);
  });

  it('while recording, when all is written and only the commit is missing', async () => {
    const run = await runKilled({
      name: 'record-uncommitted',
      watch: (kill) => (bytes, from) => {
        if (from !== 'client' || !bytes.includes('commitTransaction')) return true;
        kill();
        return false;
      },
    });
    expectOnce(run);
    expect(run.recordedByFirst).toBe(0);
    expect(run.calls).toHaveLength(1);
  });

  it('while recording, when all is committed and the worker does not know', async () => {
    const committing = new Set<number>();
    const run = await runKilled({
      name: 'record-committed',
      watch: (kill) => (bytes, from, connection) => {
        if (from === 'client' && bytes.includes('commitTransaction')) committing.add(connection);
        if (from === 'client' || !committing.has(connection)) return true;
        kill();
        return false;
      },
    });
    expectOnce(run);
    expect(run.recordedByFirst).toBe(1);
    expect(run.calls).toHaveLength(1);
  });
});
