/** Limits of one agent that hold over all workers. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { type Harness, startHarness } from './harness.js';
import { killableWorker } from './killable-worker.js';

const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-limits-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const program = (ms: number, file: string) => [
  process.execPath,
  '-e',
  `const fs = require('node:fs');
   const note = (what) => fs.appendFileSync(${JSON.stringify(path.join(folder, file))}, what + ' ' + Date.now() + '\\n');
   note('+');
   setTimeout(() => { note('-'); console.log('{"success":true}'); }, ${ms});`,
];

/** Runs tasks over three workers; when each began and ended, in order. */
async function runOver(limits: object, file: string, tasks: number, ms: number) {
  const harness: Harness = await startHarness({
    withoutWorker: true,
    config: {
      agents: [
        {
          type: 'limited',
          kind: 'command',
          command: program(ms, file),
          taskQueue: `limits-${process.pid}-${file}`,
          limits: { scheduleToStartSeconds: 60, ...limits },
        },
      ],
    },
  });
  const settings = {
    config: harness.config,
    mongoUri: inject('mongoUri'),
    database: harness.database,
    temporalAddress: inject('temporalAddress'),
  };
  const others = await Promise.all([killableWorker(settings), killableWorker(settings)]);
  try {
    await harness.startWorker();
    const results = await Promise.all(
      Array.from({ length: tasks }, () => harness.client.executeTask({ description: 'Take your turn' })),
    );
    expect(results.filter(({ success }) => success === true)).toHaveLength(tasks);
  } finally {
    for (const worker of others) worker.kill();
    await harness.stop();
  }
  return (await readFile(path.join(folder, file), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => ({ begins: line.startsWith('+'), at: Number(line.slice(2)) }));
}

describe('over three workers', { timeout: 120_000 }, () => {
  it('no more calls run at once than the agent allows', async () => {
    const notes = await runOver({ maxConcurrent: 10, maxConcurrentTotal: 2 }, 'at-once', 12, 300);
    let running = 0;
    let most = 0;
    for (const { begins } of notes) {
      running += begins ? 1 : -1;
      most = Math.max(most, running);
    }
    expect(most).toBe(2);
    expect(notes.filter(({ begins }) => begins)).toHaveLength(12);
  });

  it('no more calls begin in a second than the agent allows', async () => {
    const starts = (await runOver({ maxConcurrent: 10, startsPerSecond: 2 }, 'a-second', 10, 10))
      .filter(({ begins }) => begins)
      .map(({ at }) => at);
    const [first = 0, last = 0] = [starts.at(0), starts.at(-1)];
    // A short burst is the server's to allow; the rate is what counts.
    expect((last - first) / 1_000).toBeGreaterThan(3);
  });
});
