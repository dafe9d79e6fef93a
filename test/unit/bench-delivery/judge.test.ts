import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryLog, type NoteKind, sharedClock } from '../../../bench/delivery/delivery-log.js';
import { judge, type Verdict } from '../../../bench/delivery/judge.js';
import type { Down } from '../../../bench/delivery/subscriber-processes.js';

let folder: string;
let logs = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journeyman-judge-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What two subscribers of one channel with three items noted, in one process. */
async function verdictOf(notes: [NoteKind, number, number][], downs: Down[] = []): Promise<Verdict> {
  const path = join(folder, `log-${++logs}`);
  const log = new DeliveryLog(path);
  const began = sharedClock();
  for (const note of notes) await log.note(...note);
  log.close();
  const call = { at: began, returned: began };
  const job = { uri: '', database: '', tenant: '', agents: [], subscribers: [0, 1], log: path, pollMs: null };
  return judge([{ job, downs }], [[undefined, call, call, call]], () => 0);
}

const all: [NoteKind, number, number][] = [
  ['begun', 0, 0],
  ...[1, 2, 3].flatMap((sequence): [NoteKind, number, number][] => [
    ['got', 0, sequence],
    ['got', 1, sequence],
    ['acknowledged', 0, sequence],
    ['acknowledged', 1, sequence],
  ]),
];

describe('the judge of deliveries', () => {
  it('finds nothing wrong where nothing is', async () => {
    const verdict = await verdictOf(all);
    expect(verdict).toMatchObject({
      ...{ expected: 6, delivered: 6, lost: 0, duplicated: 0, redelivered: 0, outOfOrder: 0 },
    });
    expect(verdict.latency.count).toBe(6);
    expect(verdict.latency.quantile(1)).toBeLessThan(10_000);
  });

  it('finds what is lost', async () => {
    const missing = all.filter(
      ([kind, subscriber, sequence]) => kind !== 'got' || subscriber + sequence !== 3,
    );
    expect(await verdictOf(missing)).toMatchObject({ expected: 6, delivered: 4, lost: 2 });
  });

  it('tells what comes again after its acknowledgement from what comes again before', async () => {
    const again = await verdictOf([...all.slice(0, -2), ['begun', 0, 0], ['got', 0, 3], ['got', 1, 2]]);
    expect(again).toMatchObject({ delivered: 6, redelivered: 1, duplicated: 1, outOfOrder: 0 });
  });

  it('finds what is out of order within a life of a process', async () => {
    expect(await verdictOf([...all, ['got', 0, 2]])).toMatchObject({ outOfOrder: 1, duplicated: 1 });
  });

  it('leaves out the time in which a process was down', async () => {
    const now = sharedClock();
    const verdict = await verdictOf(all, [{ from: now - 1_000, until: now + 60_000 }]);
    expect(verdict.latency.quantile(1)).toBe(0);
    expect(verdict.downSubscriberSeconds).toBeCloseTo(122, 5);
  });
});
